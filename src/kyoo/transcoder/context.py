"""What the transcoder's routes and jobs work with: made once per process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from obstore.store import ObjectStore

from kyoo.core.blobs import open_store
from kyoo.core.files import LibraryRoots
from kyoo.core.http.service import Runtime
from kyoo.core.metrics import Source
from kyoo.transcoder.ffmpeg.commands import Program
from kyoo.transcoder.ffmpeg.running import Ffmpeg
from kyoo.transcoder.forwarding import Forwarding
from kyoo.transcoder.hls.admission import Admission
from kyoo.transcoder.hls.segments import Scratch, SegmentCache
from kyoo.transcoder.libav.pool import InspectionPool
from kyoo.transcoder.measures import measures
from kyoo.transcoder.media_files import MediaLibrary
from kyoo.transcoder.pictures import FilePictures
from kyoo.transcoder.players.away import Away
from kyoo.transcoder.players.clients import Clients
from kyoo.transcoder.players.limits import VisibleFiles
from kyoo.transcoder.players.reporting import Reporter
from kyoo.transcoder.players.sessions import Sessions
from kyoo.transcoder.replicas import Replicas
from kyoo.transcoder.settings import TranscoderSettings
from kyoo.transcoder.subtitles.extraction import Subtitles

#: Files looked into at once: one that hangs must not hold up all others. Each costs some 30 MB while it lasts.
PROBES = 2


@dataclass
class TranscoderContext:
    settings: TranscoderSettings
    runtime: Runtime
    ffmpeg: Ffmpeg
    inspections: InspectionPool
    library: MediaLibrary
    limits: VisibleFiles
    scratch: Scratch
    sessions: Sessions
    replicas: Replicas
    forwarding: Forwarding
    away: Away
    measures: Source
    reporter: Reporter
    store: ObjectStore
    subtitles: Subtitles
    pictures: FilePictures

    async def open(self) -> None:
        """Make the scratch folder, be ready to start ffmpeg and watch the encoders; jobs can do without."""
        await self.ffmpeg.open()
        await asyncio.to_thread(self.scratch.open)
        self.sessions.open()
        await self.replicas.open()
        await self.away.open()
        self.reporter.open()

    async def close(self) -> None:
        await self.away.close()
        await self.replicas.close()
        await self.forwarding.close()
        await self.reporter.close()
        await self.sessions.close()
        await self.subtitles.close()
        await self.pictures.close()
        await self.inspections.close()
        await self.ffmpeg.close()
        await asyncio.to_thread(self.scratch.close)


def create_context(settings: TranscoderSettings, runtime: Runtime) -> TranscoderContext:
    inspections = InspectionPool(PROBES, memory=settings.look_memory, decoders=settings.decoders)
    scratch = Scratch(settings.cache_root)
    ffmpeg = Ffmpeg(
        settings.ffmpeg_path(), memory=settings.ffmpeg_memory, devices=settings.devices, checked=settings.ffmpeg_check
    )
    program = Program(ffmpeg.program, settings.preset, settings.decoders)
    store = open_store(settings.store_location)
    cache, admission = SegmentCache(scratch, settings.cache_limit), Admission(*settings.bounds, settings.encoder_wait)
    clients = Clients(idle=settings.client_idle, paused=settings.client_paused)
    sessions = Sessions(
        cache,
        ffmpeg,
        program,
        admission,
        clients,
        encode_ahead=settings.encode_ahead,
        client_idle=settings.client_idle,
    )
    replicas = Replicas(runtime.database, runtime.address, runtime.leader)
    replicas.load, replicas.is_used, replicas.lost = sessions.load, sessions.is_used, sessions.give_up
    replicas.changed = lambda: sessions.hear(replicas)
    clients.elsewhere = replicas.watching
    reporter = Reporter(runtime.database, sessions.streams, replicas.is_elsewhere)
    clients.changed = reporter.look
    return TranscoderContext(
        settings=settings,
        runtime=runtime,
        ffmpeg=ffmpeg,
        inspections=inspections,
        library=MediaLibrary(runtime.database, LibraryRoots(settings.library), inspections, settings.probe_timeout),
        limits=VisibleFiles(runtime.peer),
        scratch=scratch,
        sessions=sessions,
        replicas=replicas,
        forwarding=Forwarding(),
        away=Away(runtime.database, clients),
        measures=measures(admission, clients, cache, replicas),
        reporter=reporter,
        store=store,
        subtitles=Subtitles(
            runtime.database, store, ffmpeg, program, largest=settings.subtitle_limit, look_memory=settings.look_memory
        ),
        pictures=FilePictures(runtime.database, store, settings.look_memory, settings.decoders),
    )
