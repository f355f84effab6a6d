"""Who watches what: clients, the renditions they share, and the end of encoders nobody needs any more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from kyoo.core.cage.processes import Process
from kyoo.core.errors import NotFoundError
from kyoo.core.files import text_of
from kyoo.core.tokens import NIL_UUID, Identity
from kyoo.transcoder import ffmpeg
from kyoo.transcoder.ladder import ORIGINAL, audio_bitrate, can_copy, video_rendition
from kyoo.transcoder.library import KnownFile
from kyoo.transcoder.models.media import Media
from kyoo.transcoder.models.streams import Head, Stream, StreamTrack, Viewer, ViewerTrack
from kyoo.transcoder.rendition import Rendition, RenditionKey
from kyoo.transcoder.running import Ffmpeg
from kyoo.transcoder.segments import Segment, SegmentCache
from kyoo.transcoder.timeline import Timeline, audio_timeline, video_timeline

log = structlog.get_logger()

#: Seconds between two looks at encoders that nobody needs.
SWEEP = 2.0
#: Seconds for which an encoder is held for a client that may come back, as players do that try a quality.
RETURN = 6.0
#: Seconds after which an unused rendition and its finished segments are forgotten.
RENDITION_IDLE = 3600.0
#: Seconds for which an encoder started ahead of any request may wait for one.
PREPARED = 15.0


@dataclass(frozen=True)
class Wanted:
    """One track of a file in one quality; `kind` is "video" or "audio", `track` counts inside it."""

    file: KnownFile
    kind: str
    track: int
    quality: str

    @property
    def key(self) -> RenditionKey:
        return RenditionKey(self.file.content_id, self.kind, self.track, self.quality)


@dataclass(frozen=True)
class Caller:
    """Who asks: one player, and the user if there is authentication."""

    client_id: str
    identity: Identity | None


@dataclass
class Place:
    """A client's last segment of one kind."""

    key: RenditionKey
    number: int
    at: float


@dataclass
class Client:
    id: str
    file: KnownFile
    profile: UUID | None = None
    session: UUID | None = None
    places: dict[str, Place] = field(default_factory=dict)
    seen: float = field(default_factory=time.monotonic)


@dataclass
class Shared:
    rendition: Rendition
    file: KnownFile
    used: float = field(default_factory=time.monotonic)


class Sessions:
    def __init__(
        self, cache: SegmentCache, runner: Ffmpeg, program: ffmpeg.Program, *, encode_ahead: float, client_idle: float
    ) -> None:
        self._cache = cache
        self._ffmpeg = runner
        self._program = program
        self._ahead = encode_ahead
        self._idle = client_idle
        self._shared: dict[RenditionKey, Shared] = {}
        self._clients: dict[str, Client] = {}
        self._sweeper: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._sweeper = asyncio.create_task(self._sweep_for_ever())

    async def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
        await asyncio.gather(*(shared.rendition.close() for shared in self._shared.values()))

    def timeline(self, media: Media, kind: str, track: int) -> Timeline:
        """Raises NotFoundError for a track that is not there."""
        if kind == "video":
            if not 0 <= track < len(media.videos):
                raise NotFoundError("No such video track")
            return video_timeline(media.videos[track], copyable=can_copy(media.videos[track]))
        if not 0 <= track < len(media.audios):
            raise NotFoundError("No such audio track")
        return audio_timeline(media.audios[track])

    def segment(self, wanted: Wanted, number: int, caller: Caller) -> Segment:
        """The segment, finished or on its way. Raises NotFoundError for an unknown track or segment."""
        rendition = self._rendition(wanted)
        if not 0 <= number < len(rendition.timeline):
            raise NotFoundError("No such segment")
        client = self._client(wanted.file, caller)
        client.places[wanted.kind] = Place(rendition.key, number, time.monotonic())
        segment = rendition.segment(number)
        self._no_longer_foreseen(wanted.kind, caller.client_id)
        # A new encoder is on its way already; whatever this client has left behind makes room for it.
        self.sweep()
        return segment

    def _foresee_nothing_else(self, wanted: Wanted, client_id: str) -> None:
        """Some players read every playlist before they choose: only the last one read is worth an encoder."""
        for key, shared in self._shared.items():
            for encoder in list(shared.rendition.encoders):
                other = key.kind == wanted.kind and key != wanted.key
                if other and encoder.foreseen_for == client_id and not shared.rendition.has_readers(encoder):
                    shared.rendition.end(encoder)

    def _no_longer_foreseen(self, kind: str, client_id: str) -> None:
        for key, shared in self._shared.items():
            for encoder in shared.rendition.encoders:
                if key.kind == kind and encoder.foreseen_for == client_id:
                    encoder.foreseen_for = None

    async def init(self, wanted: Wanted, caller: Caller | None) -> bytes:
        if caller is not None:
            self.foresee(wanted, caller)
        return await self._rendition(wanted).init()

    def foresee(self, wanted: Wanted, caller: Caller) -> None:
        """A client has read a playlist or an init segment: begin what it will ask for next."""
        rendition = self._rendition(wanted)
        self._foresee_nothing_else(wanted, caller.client_id)
        place = self._client(wanted.file, caller).places.get(wanted.kind)
        if place is None:
            rendition.prepare(0, caller.client_id)
        elif place.key != rendition.key and time.monotonic() - place.at < self._idle:
            old = self._shared.get(place.key)
            if old is not None:
                following = rendition.timeline.at(old.rendition.timeline.end(place.number))
                rendition.prepare(following, caller.client_id)

    def _client(self, file: KnownFile, caller: Caller) -> Client:
        client = self._clients.get(caller.client_id)
        if client is None or client.file.content_id != file.content_id:
            client = Client(caller.client_id, file)
            self._clients[caller.client_id] = client
        who = caller.identity
        client.file, client.seen = file, time.monotonic()
        if who is not None:
            client.profile = who.subject if who.subject != NIL_UUID else None
            client.session = who.session if who.session != NIL_UUID else None
        return client

    def _rendition(self, wanted: Wanted) -> Rendition:
        shared = self._shared.get(wanted.key)
        if shared is None:
            shared = Shared(self._make(wanted), wanted.file)
            self._shared[wanted.key] = shared
        shared.file, shared.used = wanted.file, time.monotonic()
        return shared.rendition

    def _make(self, wanted: Wanted) -> Rendition:
        key, media = wanted.key, wanted.file.media
        timeline = self.timeline(media, wanted.kind, wanted.track)
        delay = 0.0
        if wanted.kind == "video":
            video = media.videos[key.track]
            delay = ffmpeg.picture_delay(self._program, video, video_rendition(video, key.quality))

        def command(cut: ffmpeg.Cut) -> list[str]:
            if key.kind == "video":
                video = media.videos[key.track]
                return ffmpeg.video_arguments(self._program, media, video, video_rendition(video, key.quality), cut)
            audio = media.audios[key.track]
            bitrate = None if key.quality == ORIGINAL else audio_bitrate(audio, key.quality)
            return ffmpeg.audio_arguments(self._program, media, audio, bitrate, cut)

        async def launch(number: int, lead: float) -> Process:
            # The path of now: a file that was renamed while somebody watches goes on under its new name.
            path = self._shared[key].file.path
            return await self._ffmpeg.start(command(ffmpeg.Cut(timeline, number, lead)), path)

        return Rendition(
            key,
            timeline,
            launch,
            self._cache,
            shift=media.start,
            delay=delay,
            ahead=self._ahead,
            is_copy=key.quality == ORIGINAL,
        )

    def sweep(self) -> None:
        """Hold every encoder that no client lives on, and end it when none comes back."""
        now = time.monotonic()
        places = [
            place
            for client in self._clients.values()
            for place in client.places.values()
            if now - place.at < self._idle
        ]
        for shared in self._shared.values():
            rendition = shared.rendition
            numbers = [place.number for place in places if place.key == rendition.key]
            for encoder in list(rendition.encoders):
                needed = any(rendition.covers(encoder, number) for number in numbers)
                foreseen = encoder.foreseen_for is not None and now - encoder.started < PREPARED
                if needed or foreseen or rendition.has_readers(encoder):
                    encoder.unneeded_since = None
                elif encoder.unneeded_since is None:
                    encoder.unneeded_since = now
                    encoder.hold()
                elif now - encoder.unneeded_since > RETURN:
                    rendition.end(encoder)

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            self.sweep()
            now = time.monotonic()
            for client in [one for one in self._clients.values() if now - one.seen > max(RENDITION_IDLE, self._idle)]:
                del self._clients[client.id]
            for key, shared in list(self._shared.items()):
                if now - shared.used > RENDITION_IDLE and not shared.rendition.encoders:
                    shared.rendition.drop()
                    del self._shared[key]

    def streams(self) -> list[Stream]:
        """Files that somebody watches or that are being encoded, by path (video.md §12)."""
        now = time.monotonic()
        viewers = [client for client in self._clients.values() if client.places and now - client.seen < self._idle]
        files = {client.file.content_id: client.file for client in viewers}
        files |= {key.content_id: shared.file for key, shared in self._shared.items() if shared.rendition.encoders}
        return sorted(
            (
                self._stream(file, [one for one in viewers if one.file.content_id == identity])
                for identity, file in files.items()
            ),
            key=lambda stream: stream.path,
        )

    def _stream(self, file: KnownFile, viewers: list[Client]) -> Stream:
        def tracks(kind: str) -> list[StreamTrack]:
            return [
                StreamTrack(index=key.track, quality=key.quality, heads=heads(shared.rendition))
                for key, shared in self._shared.items()
                if key.content_id == file.content_id and key.kind == kind and not shared.rendition.is_idle
            ]

        return Stream(
            path=text_of(file.path),
            sha=file.content_id,
            duration=file.media.duration,
            videos=tracks("video"),
            audios=tracks("audio"),
            viewers=[
                Viewer(
                    client_id=client.id,
                    profile_id=str(client.profile) if client.profile else None,
                    session_id=str(client.session) if client.session else None,
                    video=viewer_track(client.places.get("video")),
                    audio=viewer_track(client.places.get("audio")),
                )
                for client in viewers
            ],
        )


def heads(rendition: Rendition) -> list[Head]:
    return [
        Head(
            start=rendition.timeline.start(run.first),
            end=rendition.timeline.end(run.last),
            start_head=run.first,
            end_head=run.last,
            is_running=run.running,
        )
        for run in rendition.runs()
    ]


def viewer_track(place: Place | None) -> ViewerTrack | None:
    return None if place is None else ViewerTrack(index=place.key.track, quality=place.key.quality, head=place.number)


async def first_piece(segment: Segment) -> tuple[bytes, AsyncIterator[bytes]]:
    """The first bytes of a segment and the rest, so that a failure is known before an answer begins."""
    await segment.begun()
    pieces = segment.read()
    return await anext(pieces, b""), pieces
