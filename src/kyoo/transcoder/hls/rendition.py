"""One track in one quality: its segments, and which encoders make them. Shared by all clients; knows none of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from kyoo.core.cage.processes import Process
from kyoo.core.errors import KyooError, NotFoundError
from kyoo.transcoder.hls.admission import Admission
from kyoo.transcoder.hls.cutting import Cutting
from kyoo.transcoder.hls.encoder import ClientKey, Encoder, Sink, StoppedError
from kyoo.transcoder.hls.segments import Segment, SegmentCache

#: A request this far (s of media) ahead of an encoder waits for it; further, a new one starts there.
REACH_ENCODED, REACH_COPIED = 6.0, 40.0
#: After a finished segment the first missing one within this (s) is begun in the background.
LOOK_AHEAD = 12.0


@dataclass(frozen=True)
class RenditionKey:
    """`kind` is "video" or "audio"; `track` counts inside its kind."""

    content_id: str
    kind: str
    track: int
    quality: str


@dataclass(frozen=True)
class Run:
    """Segments `first` to `last`, finished or (`running`) being made."""

    first: int
    last: int
    running: bool


class Rendition:
    """`launch(number, lead)` starts an ffmpeg that begins at a segment. `ahead` (s): how far an encoder may run
    in front of its furthest reader."""

    def __init__(
        self,
        key: RenditionKey,
        cutting: Cutting,
        launch: Callable[[int, float], Awaitable[Process]],
        cache: SegmentCache,
        admission: Admission,
        *,
        ahead: float,
        is_copy: bool,
    ) -> None:
        self.key = key
        self.timeline = cutting.timeline
        self.encoders: list[Encoder] = []
        self._launch = launch
        self._cache = cache
        self._admission = admission
        self._cutting = cutting
        self._ahead = ahead
        self._is_heavy = key.kind == "video" and not is_copy
        self._reach = REACH_COPIED if is_copy else REACH_ENCODED
        self._segments: dict[int, Segment] = {}
        self._owners: dict[int, Encoder] = {}
        self._init: bytes | None = None
        self._init_changed = asyncio.Event()
        self._init_error: KyooError | None = None
        self._init_encoder: Encoder | None = None
        self._init_waiters = 0

    @property
    def is_idle(self) -> bool:
        return not self.encoders and not self._segments

    def segment(self, number: int, user: str) -> Segment:
        """Segment `number`, finished or on its way; starts an encoder for `user` when none will soon make it."""
        if not 0 <= number < len(self.timeline):
            raise NotFoundError("No such segment")
        segment = self._segments.get(number)
        if segment is not None and segment.finished:
            self._cache.touch(segment)
            self._look_ahead(number, user)
            return segment
        owner = self._owners.get(number)
        if segment is None or owner is None:
            owner = self._near(number) or self._start(number, user)
            segment = Segment(number)
            self._segments[number] = segment
            self._owners[number] = owner
        owner.allow(self.timeline.end(number) + self._ahead)
        return segment

    def length(self, number: int | None) -> int | None:
        """The size of a finished segment, or (None) of the init segment."""
        if number is None:
            return None if self._init is None else len(self._init)
        segment = self._segments.get(number)
        return segment.size if segment is not None and segment.finished else None

    def prepare(self, number: int, client: ClientKey, user: str) -> None:
        """Start at segment `number`, which `client` will probably ask for, when nothing is there yet."""
        if number < len(self.timeline) and number not in self._segments and self._near(number) is None:
            self._start(number, user).foreseen_for = client

    async def init(self, user: str) -> bytes:
        """The init segment, from whichever encoder runs; else from one started for it and ended at once."""
        self._init_error = None
        self._init_waiters += 1
        try:
            while self._init is None:
                if self._init_error is not None:
                    raise self._init_error
                for encoder in self.encoders:
                    encoder.allow(self.timeline.end(encoder.first))
                if not self.encoders and self._init_encoder is None:
                    self._init_encoder = self._make(0, InitSink(self), user)
                    self._init_encoder.start()
                await self._init_changed.wait()
        finally:
            self._init_waiters -= 1
        return self._init

    def _near(self, number: int) -> Encoder | None:
        """The encoder that will make `number` soon."""
        for encoder in self.encoders:
            if encoder.stopping or encoder.following > number:
                continue
            distance = self.timeline.start(number) - self.timeline.start(encoder.following)
            between = range(encoder.following, number)
            blocked = any(other in self._segments and self._owners.get(other) is not encoder for other in between)
            if distance <= self._reach and not blocked:
                return encoder
        return None

    def _look_ahead(self, number: int, user: str) -> None:
        until = self.timeline.end(number) + LOOK_AHEAD
        for following in range(number + 1, len(self.timeline)):
            if self.timeline.start(following) > until:
                return
            owner = self._owners.get(following)
            if owner is not None:
                owner.allow(self.timeline.end(number) + self._ahead)
                return
            if following not in self._segments:
                encoder = self._near(following) or self._start(following, user)
                encoder.allow(self.timeline.end(number) + self._ahead)
                return

    def _start(self, number: int, user: str) -> Encoder:
        encoder = self._make(number, self, user)
        self.encoders.append(encoder)
        encoder.start()
        return encoder

    def _make(self, number: int, sink: Sink, user: str) -> Encoder:
        async def launch(lead: float) -> Process:
            await self._admission.enter(encoder)
            return await self._launch(number, lead)

        # What is copied has those pictures in any case.
        goes_on = self._is_heavy and (number - 1) in self._segments
        encoder = Encoder(launch, self._cutting, number, sink, is_heavy=self._is_heavy, goes_on=goes_on, user=user)
        return encoder

    def on_init(self, init: bytes) -> None:
        if self._init is None:
            self._init = init
            self._tell_init()

    def end_init(self) -> None:
        """The encoder that was started for the init segment has done its work."""
        if self._init_encoder is not None:
            self._init_encoder.stop()

    def _tell_init(self) -> None:
        self._init_changed.set()
        self._init_changed = asyncio.Event()

    def on_begin(self, encoder: Encoder, number: int) -> bool:
        owner = self._owners.get(number)
        if owner is not None and owner is not encoder:
            return False
        segment = self._segments.get(number)
        if segment is not None and segment.finished:
            return False
        if segment is None:
            self._segments[number] = Segment(number)
        self._owners[number] = encoder
        return True

    def on_piece(self, number: int, piece: bytes) -> None:
        self._segments[number].add(piece)

    async def on_finish(self, number: int) -> None:
        segment = self._segments[number]
        self._owners.pop(number, None)
        segment.finish()
        # Between two segments nobody waits for its encoder.
        self._admission.settle()
        await self._cache.keep(segment, lambda: self._forget(segment))

    def _forget(self, segment: Segment) -> None:
        if self._segments.get(segment.number) is segment:
            del self._segments[segment.number]

    def on_end(self, encoder: Encoder, error: KyooError) -> None:
        self._admission.leave(encoder)
        if encoder is self._init_encoder:
            self._init_encoder = None
        if encoder in self.encoders:
            self.encoders.remove(encoder)
        self._give_up(encoder, error)
        if self._init is None:
            if not encoder.stopping:
                self._init_error = error
            self._tell_init()

    def end(self, encoder: Encoder) -> None:
        """Stop an encoder. Whoever waits for it asks again and gets another one, as who comes while it ends."""
        encoder.stop()
        self._give_up(encoder, StoppedError())

    def _give_up(self, encoder: Encoder, error: KyooError) -> None:
        for number in [number for number, owner in self._owners.items() if owner is encoder]:
            del self._owners[number]
            self._segments.pop(number).fail(error)

    def has_readers(self, encoder: Encoder) -> bool:
        """Whether a request waits for something of this encoder."""
        return self._init_waiters > 0 or any(
            self._segments[number].readers for number, owner in self._owners.items() if owner is encoder
        )

    def covers(self, encoder: Encoder, number: int) -> bool:
        """Whether a client whose last segment is `number` lives on what `encoder` makes."""
        begin = self.timeline.start(number)
        ahead = self.timeline.start(encoder.first) - LOOK_AHEAD <= begin
        return ahead and begin <= self.timeline.end(encoder.position) + self._reach

    def runs(self) -> list[Run]:
        """Finished segments in runs, and the encoders' present work."""
        finished = sorted(number for number, segment in self._segments.items() if segment.finished)
        runs: list[Run] = []
        for number in finished:
            if runs and runs[-1].last == number - 1:
                runs[-1] = Run(runs[-1].first, number, running=False)
            else:
                runs.append(Run(number, number, running=False))
        active = [Run(encoder.first, encoder.position, running=True) for encoder in self.encoders]
        return [*active, *runs]

    def drop(self) -> None:
        """Forget every finished segment."""
        for segment in [one for one in self._segments.values() if one.finished]:
            self._cache.drop(segment)

    async def close(self) -> None:
        encoders = [*self.encoders, *([self._init_encoder] if self._init_encoder else [])]
        for encoder in encoders:
            encoder.stop()
        await wait_for_all(encoders)


class InitSink:
    """Takes nothing but the init segment; ends its encoder at the first segment."""

    def __init__(self, rendition: Rendition) -> None:
        self._rendition = rendition

    def on_init(self, init: bytes) -> None:
        self._rendition.on_init(init)
        self._rendition.end_init()

    def on_begin(self, encoder: Encoder, number: int) -> bool:  # noqa: ARG002
        return False

    def on_piece(self, number: int, piece: bytes) -> None:
        """Never called: no segment is begun."""

    async def on_finish(self, number: int) -> None:
        """Never called: no segment is begun."""

    def on_end(self, encoder: Encoder, error: KyooError) -> None:
        self._rendition.on_end(encoder, error)

    def has_readers(self, encoder: Encoder) -> bool:
        return self._rendition.has_readers(encoder)

    def end(self, encoder: Encoder) -> None:
        encoder.stop()


async def wait_for_all(encoders: Iterable[Encoder]) -> None:
    await asyncio.gather(*(encoder.ended() for encoder in encoders))
