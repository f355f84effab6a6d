"""What the transcoder's routes and jobs work with: made once per process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from obstore.store import ObjectStore

from kyoo.core.blobs import open_store
from kyoo.core.files import LibraryRoots
from kyoo.core.service import Runtime
from kyoo.transcoder.admission import Admission
from kyoo.transcoder.clients import Clients
from kyoo.transcoder.ffmpeg import Program
from kyoo.transcoder.libav.pool import LookPool
from kyoo.transcoder.library import MediaLibrary
from kyoo.transcoder.limits import Limits
from kyoo.transcoder.pictures import Pictures
from kyoo.transcoder.running import Ffmpeg
from kyoo.transcoder.segments import Scratch, SegmentCache
from kyoo.transcoder.sessions import Sessions
from kyoo.transcoder.settings import TranscoderSettings
from kyoo.transcoder.subtitles import Subtitles
from kyoo.transcoder.telling import Teller

#: Files looked into at once: one that hangs must not hold up all others. Each costs some 30 MB while it lasts.
PROBES = 2


@dataclass
class TranscoderContext:
    settings: TranscoderSettings
    runtime: Runtime
    ffmpeg: Ffmpeg
    looks: LookPool
    library: MediaLibrary
    limits: Limits
    scratch: Scratch
    sessions: Sessions
    teller: Teller
    store: ObjectStore
    subtitles: Subtitles
    pictures: Pictures

    async def open(self) -> None:
        """Make the scratch folder, be ready to start ffmpeg and watch the encoders; jobs can do without."""
        await self.ffmpeg.open()
        await asyncio.to_thread(self.scratch.open)
        self.sessions.open()
        self.teller.open()

    async def close(self) -> None:
        await self.teller.close()
        await self.sessions.close()
        await self.subtitles.close()
        await self.pictures.close()
        await self.looks.close()
        await self.ffmpeg.close()
        await asyncio.to_thread(self.scratch.close)


def create_context(settings: TranscoderSettings, runtime: Runtime) -> TranscoderContext:
    looks = LookPool(PROBES, memory=settings.look_memory, decoders=settings.decoders)
    scratch = Scratch(settings.cache_root)
    ffmpeg = Ffmpeg(
        settings.ffmpeg_path(), memory=settings.ffmpeg_memory, devices=settings.devices, checked=settings.ffmpeg_check
    )
    program = Program(ffmpeg.program, settings.preset, settings.decoders)
    store = open_store(settings.store_location)
    clients = Clients(idle=settings.client_idle, paused=settings.client_paused)
    sessions = Sessions(
        SegmentCache(scratch, settings.cache_limit),
        ffmpeg,
        program,
        Admission(*settings.bounds, settings.encoder_wait),
        clients,
        encode_ahead=settings.encode_ahead,
        client_idle=settings.client_idle,
    )
    teller = Teller(runtime.database, sessions.streams)
    clients.changed = teller.look
    return TranscoderContext(
        settings=settings,
        runtime=runtime,
        ffmpeg=ffmpeg,
        looks=looks,
        library=MediaLibrary(runtime.database, LibraryRoots(settings.library), looks, settings.probe_timeout),
        limits=Limits(runtime.peer),
        scratch=scratch,
        sessions=sessions,
        teller=teller,
        store=store,
        subtitles=Subtitles(
            runtime.database, store, ffmpeg, program, largest=settings.subtitle_limit, look_memory=settings.look_memory
        ),
        pictures=Pictures(runtime.database, store, settings.look_memory, settings.decoders),
    )
