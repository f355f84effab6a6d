"""Which renditions are being watched, and the end of encoders nobody needs any more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from kyoo.core.cage.processes import Process
from kyoo.core.errors import NotFoundError
from kyoo.transcoder.ffmpeg import commands
from kyoo.transcoder.ffmpeg.running import Ffmpeg
from kyoo.transcoder.hls.admission import Admission, BusyError
from kyoo.transcoder.hls.cutting import Cutting
from kyoo.transcoder.hls.encoder import ClientKey, Encoder, KilledError, StoppedError
from kyoo.transcoder.hls.filling import Filling
from kyoo.transcoder.hls.ladder import ORIGINAL, can_copy, filling_of_audio, video_rendition
from kyoo.transcoder.hls.rendition import Rendition, RenditionKey
from kyoo.transcoder.hls.segments import Segment, SegmentCache
from kyoo.transcoder.hls.timeline import Timeline, audio_timeline, copied_timeline, encoded_timeline
from kyoo.transcoder.media_files import KnownFile
from kyoo.transcoder.models.media import Media
from kyoo.transcoder.models.streams import Stream
from kyoo.transcoder.players.clients import Caller, Clients, Playhead
from kyoo.transcoder.players.streams import running_streams
from kyoo.transcoder.replicas import Load, Replicas

T = TypeVar("T")

log = structlog.get_logger()

#: Seconds between two looks at encoders that nobody needs.
SWEEP = 2.0
#: Seconds for which an encoder is held for a client that may come back, as players do that try a quality.
RETURN = 6.0
#: Seconds after which an unused rendition and its finished segments are forgotten.
RENDITION_IDLE = 3600.0
#: Seconds for which an encoder started ahead of any request may wait for one.
PREPARED = 15.0
#: Codecs whose copied segments are one fragment each: GStreamer 1.26 drops pictures after the start of some fragments
#: that begin without a keyframe, of HLS that ffmpeg cuts so, too.
WHOLE = frozenset({"av1", "vp9"})
#: How often something is tried when its encoder has to make way or is killed.
ATTEMPTS = 3


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


@dataclass
class Shared:
    rendition: Rendition
    file: KnownFile
    used: float = field(default_factory=time.monotonic)


class Sessions:
    def __init__(
        self,
        cache: SegmentCache,
        runner: Ffmpeg,
        program: commands.Program,
        admission: Admission,
        clients: Clients,
        *,
        encode_ahead: float,
        client_idle: float,
    ) -> None:
        self.clients = clients
        self._cache = cache
        self._ffmpeg = runner
        self._program = program
        self._admission = admission
        self._ahead = encode_ahead
        self._idle = client_idle
        self._shared: dict[RenditionKey, Shared] = {}
        self._sweeper: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._sweeper = asyncio.create_task(self._sweep_for_ever())

    async def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
        await asyncio.gather(*(shared.rendition.close() for shared in self._shared.values()))

    def timeline(self, media: Media, kind: str, track: int, quality: str) -> Timeline:
        """Raises NotFoundError for a track that is not there, and for a copy that cannot be made."""
        if kind == "video":
            if not 0 <= track < len(media.videos):
                raise NotFoundError("No such video track")
            video = media.videos[track]
            if quality != ORIGINAL:
                return encoded_timeline(video, copyable=can_copy(video)).until(media.end)
            if not video.keyframes:
                raise NotFoundError("This track cannot be copied")
            return copied_timeline(video).until(media.end)
        if not 0 <= track < len(media.audios):
            raise NotFoundError("No such audio track")
        audio, shown = media.audios[track], media.default_video
        filling = filling_of_audio(audio, quality)
        pictures = encoded_timeline(shown, copyable=can_copy(shown)) if shown is not None else None
        return audio_timeline(audio.end if filling is None else media.end, pictures)

    async def begin(
        self, wanted: Wanted, number: int, caller: Caller
    ) -> tuple[Segment, bytes, AsyncGenerator[bytes, None]]:
        """A segment, its first bytes and the rest, so that a failure is known before an answer begins. Raises
        NotFoundError for an unknown track or segment, BusyError when there is no room for an encoder."""

        async def begin() -> tuple[Segment, bytes, AsyncGenerator[bytes, None]]:
            segment = self._segment(wanted, number, caller)
            await segment.begun()
            pieces = segment.read()
            return segment, await anext(pieces, b""), pieces

        return await persistently(begin)

    def _segment(self, wanted: Wanted, number: int, caller: Caller) -> Segment:
        rendition = self._rendition(wanted)
        if not 0 <= number < len(rendition.timeline):
            raise NotFoundError("No such segment")
        client = self.clients.of(caller, wanted.file)
        client.reach(rendition.key, number, rendition.timeline)
        segment = rendition.segment(number, caller.user)
        self._no_longer_foreseen(wanted.kind, caller.key)
        # A new encoder is on its way already; whatever this client has left behind makes room for it.
        self.sweep()
        return segment

    def _foresee_nothing_else(self, wanted: Wanted, client: ClientKey) -> None:
        """Some players read every playlist before they choose: only the last one read is worth an encoder."""
        for key, shared in self._shared.items():
            for encoder in list(shared.rendition.encoders):
                other = key.kind == wanted.kind and key != wanted.key
                if other and encoder.foreseen_for == client and not shared.rendition.has_readers(encoder):
                    shared.rendition.end(encoder)

    def _no_longer_foreseen(self, kind: str, client: ClientKey) -> None:
        for key, shared in self._shared.items():
            for encoder in shared.rendition.encoders:
                if key.kind == kind and encoder.foreseen_for == client:
                    encoder.foreseen_for = None

    async def init(self, wanted: Wanted, caller: Caller | None) -> bytes:
        if caller is not None:
            self.foresee(wanted, caller)
        rendition, user = self._rendition(wanted), caller.user if caller is not None else ""
        return await persistently(lambda: rendition.init(user))

    def length(self, wanted: Wanted, number: int | None, caller: Caller | None) -> int | None:
        """How many bytes a segment has, or (None) the init segment; None until it is made. Raises NotFoundError, and
        ForbiddenError for a player that may not play."""
        if caller is not None:
            self.clients.admit(caller)
        timeline = self.timeline(wanted.file.media, wanted.kind, wanted.track, wanted.quality)
        if number is not None and not 0 <= number < len(timeline):
            raise NotFoundError("No such segment")
        shared = self._shared.get(wanted.key)
        return None if shared is None else shared.rendition.length(number)

    def foresee(self, wanted: Wanted, caller: Caller) -> None:
        """A client has read a playlist or an init segment: begin what it will ask for next."""
        rendition = self._rendition(wanted)
        playhead = self.clients.of(caller, wanted.file).playheads.get(wanted.kind)
        self._foresee_nothing_else(wanted, caller.key)
        if playhead is None:
            rendition.prepare(0, caller.key, caller.user)
        elif playhead.key != rendition.key and time.monotonic() - playhead.at < self._idle:
            rendition.prepare(rendition.timeline.at(playhead.end), caller.key, caller.user)

    def leave(self, client: ClientKey, message: str | None) -> None:
        """A player is gone, or (`message`) sent away; the encoders that nobody else lives on end, and what it waits for
        is asked for anew."""
        left = self.clients.leave(client)
        if message is not None:
            self.clients.send_away(client, message)
        for kind in left:
            self._no_longer_foreseen(kind, client)
        others = self._living()
        for playhead in left.values():
            if playhead.key not in self._shared:
                continue
            rendition = self._shared[playhead.key].rendition
            for encoder in list(rendition.encoders):
                if rendition.covers(encoder, playhead.number) and not users_of(rendition, encoder, others):
                    rendition.end(encoder)
        self.sweep()

    def _living(self) -> list[tuple[str, Playhead]]:
        """Where players are that have asked for something lately, and their users."""
        now = time.monotonic()
        return [
            (client.user, playhead)
            for client in self.clients.watching()
            for playhead in client.playheads.values()
            if now - playhead.at < self._idle
        ]

    def _rendition(self, wanted: Wanted) -> Rendition:
        shared = self._shared.get(wanted.key)
        if shared is None:
            shared = Shared(self._make(wanted), wanted.file)
            self._shared[wanted.key] = shared
        shared.file, shared.used = wanted.file, time.monotonic()
        return shared.rendition

    def _make(self, wanted: Wanted) -> Rendition:
        key, media = wanted.key, wanted.file.media
        timeline = self.timeline(media, wanted.kind, wanted.track, wanted.quality)
        cutting = self._cutting(wanted, timeline)

        def command(cut: commands.Cut) -> list[str]:
            if key.kind == "video":
                video = media.videos[key.track]
                rendition, hurried = video_rendition(video, key.quality), self._admission.is_crowded
                return commands.video_arguments(self._program, media, video, rendition, cut, hurried=hurried)
            audio = media.audios[key.track]
            return commands.audio_arguments(self._program, media, audio, key.quality, cut)

        async def launch(number: int, lead: float) -> Process:
            # The path of now: a file that was renamed while somebody watches goes on under its new name.
            path = self._shared[key].file.path
            return await self._ffmpeg.start(command(commands.Cut(timeline, number, lead)), path)

        return Rendition(
            key,
            cutting,
            launch,
            self._cache,
            self._admission,
            ahead=self._ahead,
            is_copy=key.quality == ORIGINAL,
        )

    def _cutting(self, wanted: Wanted, timeline: Timeline) -> Cutting:
        media = wanted.file.media
        if wanted.kind != "video":
            filling = filling_of_audio(media.audios[wanted.track], wanted.quality)
            return Cutting(timeline, media.start, is_video=False, filling=filling)
        video = media.videos[wanted.track]
        rendition = video_rendition(video, wanted.quality)
        delay = commands.media_delay(self._program, media)
        return Cutting(
            timeline,
            media.start,
            is_video=True,
            delay=delay,
            early=delay - commands.EARLY - commands.picture_delay(self._program, video, rendition),
            filling=Filling.of_video(video, rendition.frame_rate, is_broadcast=commands.is_unindexed(media)),
            in_pieces=not rendition.is_copy or video.codec not in WHOLE,
        )

    def sweep(self) -> None:
        """End every encoder that no client lives on; hold it while a client that changed the quality may come back."""
        now, playheads = time.monotonic(), self._living()
        for shared in self._shared.values():
            rendition = shared.rendition
            here = any(playhead.key == rendition.key for _, playhead in playheads)
            for encoder in list(rendition.encoders):
                users = users_of(rendition, encoder, playheads)
                foreseen = encoder.foreseen_for is not None and now - encoder.started < PREPARED
                if users or foreseen or encoder.is_read:
                    encoder.unneeded_since = None
                    if users and encoder.user not in users:
                        encoder.user = min(users)
                elif here or not any(may_return(playhead, rendition.key) for _, playhead in playheads):
                    # They have gone somewhere else in it, or away.
                    rendition.end(encoder)
                elif encoder.unneeded_since is None:
                    encoder.unneeded_since = now
                    encoder.hold()
                elif now - encoder.unneeded_since > RETURN:
                    rendition.end(encoder)
        self._admission.settle()

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            self.sweep()
            self.clients.forget()
            now = time.monotonic()
            for key, shared in list(self._shared.items()):
                if now - shared.used > RENDITION_IDLE and not shared.rendition.encoders:
                    shared.rendition.drop()
                    del self._shared[key]

    def is_used(self, content_id: str) -> bool:
        """Whether anybody watches a file here, or an encoder works on it."""
        encoded = any(key.content_id == content_id and one.rendition.encoders for key, one in self._shared.items())
        return encoded or any(client.file.content_id == content_id for client in self.clients.listed())

    def give_up(self, content_id: str) -> None:
        """Another transcoder has taken over a file: its players ask there."""
        for key in self.clients.of_file(content_id):
            self.clients.leave(key)
        self.sweep()

    def load(self) -> Load:
        """What other transcoders are told."""
        return Load(
            watching=tuple(self.clients.known_elsewhere()),
            heavy=self._admission.at_work(heavy=True),
            light=self._admission.at_work(heavy=False),
        )

    def hear(self, replicas: Replicas) -> None:
        """What others have to do has changed."""
        self._admission.work_elsewhere(replicas.encoders(heavy=True), replicas.encoders(heavy=False))
        for key in self.clients.gone_elsewhere():
            self.leave(key, None)

    def streams(self) -> list[Stream]:
        """Files that somebody watches or that are being encoded, by path."""
        files = {key.content_id: shared.file for key, shared in self._shared.items() if shared.rendition.encoders}
        return running_streams(files, [shared.rendition for shared in self._shared.values()], self.clients.listed())


async def persistently(work: Callable[[], Awaitable[T]]) -> T:
    """The result of `work`, which is done again when its encoder had to make way or was killed, and when a segment was
    dropped from the cache between two steps of ours."""
    for _ in range(ATTEMPTS - 1):
        with suppress(StoppedError, KilledError, FileNotFoundError):
            return await work()
    try:
        return await work()
    except KilledError:
        # By whoever runs out of memory, mostly.
        raise BusyError("Encoders are killed on this server: try again in a moment") from None
    except (StoppedError, FileNotFoundError):
        raise BusyError("The server encodes for others: try again in a moment") from None


def users_of(rendition: Rendition, encoder: Encoder, playheads: list[tuple[str, Playhead]]) -> set[str]:
    """Those with a player that lives on what `encoder` makes."""
    return {
        user
        for user, playhead in playheads
        if playhead.key == rendition.key and rendition.covers(encoder, playhead.number)
    }


def may_return(playhead: Playhead, key: RenditionKey) -> bool:
    """Whether a client has left the rendition `key` for another quality of the same track."""
    return (playhead.key.content_id, playhead.key.kind) == (key.content_id, key.kind) and playhead.key != key
