"""One running ffmpeg: its output is cut into segments at the timeline's boundaries while it comes in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Protocol

import structlog

from kyoo.core.cage.processes import Process
from kyoo.core.errors import KyooError, NotFoundError
from kyoo.transcoder.ffmpeg.program import plain
from kyoo.transcoder.hls import fmp4
from kyoo.transcoder.hls.admission import BusyError
from kyoo.transcoder.hls.filling import ENDING, Filling
from kyoo.transcoder.hls.timeline import Timeline

log = structlog.get_logger()

#: Seconds without output after which ffmpeg counts as stuck.
STUCK = 60.0
#: How much an encoder whose first picture is there stands back, for those whose viewers still wait for theirs.
SERVED_NICENESS = 15
#: How much (s) earlier to seek after landing behind the wanted keyframe.
LEADS = (0.0, 2.0, 12.0)
#: How much (s) earlier the first picture may be decoded than it needs to be.
MOST_EARLY = 0.5
#: How much (s) earlier than its segment sound may begin.
AUDIO_TOLERANCE = 0.002
BIGGEST_BOX = 512 * 1024**2
LAST_LINES = 5


#: A player: the user's id, "" without one, and the id that the player gives itself.
ClientKey = tuple[str, str]


class EncoderError(KyooError):
    """ffmpeg failed by no fault of the file. Its last words are for the log: to viewers they mean nothing."""

    status = 500


class UnplayableError(EncoderError):
    """ffmpeg gave up on the file. Players do not try again, as they do after 500."""

    status = 422


class StoppedError(EncoderError):
    """The encoder was ended, by no fault of its file: whoever still waits for it asks again."""

    def __init__(self) -> None:
        super().__init__("The encoder was stopped")


class KilledError(EncoderError):
    """Something has killed ffmpeg, by no fault of its file if it happens once."""


class StuckError(EncoderError):
    """ffmpeg runs and makes nothing: its disk does not answer, or the machine is busy with all else."""

    status = 503

    def __init__(self) -> None:
        super().__init__(f"Nothing of this video could be read or encoded for {STUCK:.0f} s: try again in a moment")


class SeekMissedError(Exception):
    """Reading began behind the keyframe that was asked for."""


class Sink(Protocol):
    """Who takes the segments of an encoder."""

    def on_init(self, init: bytes) -> None: ...

    def on_begin(self, encoder: Encoder, number: int) -> bool:
        """Whether the encoder shall make segment `number`; False ends it."""

    def on_piece(self, number: int, piece: bytes) -> None: ...

    async def on_finish(self, number: int) -> None: ...

    def on_end(self, encoder: Encoder, error: KyooError) -> None:
        """The encoder has ended; segments it did not finish never come, because of `error`."""

    def has_readers(self, encoder: Encoder) -> bool: ...

    def end(self, encoder: Encoder) -> None:
        """Stop it, and give up what it has not finished."""


class Encoder:
    """`launch` starts an ffmpeg that begins at segment `first`, seeking `lead` seconds early.

    `shift` (s) is the container's time of the timeline's 0; `delay` (s) how long before it is shown a picture of the
    file is decoded at most, and `early` how much of that is more than this rendition needs: its pictures are decoded
    earlier, as players take the time of decoding for that of a segment's start. `filling` is what stands in for samples
    that are missing. A segment is given away in pieces while it is made, or whole (`in_pieces`). The encoder reads no
    further than `allow` lets it.
    """

    def __init__(
        self,
        launch: Callable[[float], Awaitable[Process]],
        timeline: Timeline,
        first: int,
        shift: float,
        sink: Sink,
        *,
        delay: float,
        early: float,
        filling: Filling | None,
        is_video: bool,
        is_heavy: bool = False,
        in_pieces: bool = True,
        user: str = "",
    ) -> None:
        #: What it counts for (admission.py).
        self.user, self.is_heavy = user, is_heavy
        #: When something of it was last asked for.
        self.asked = time.monotonic()
        self.first = first
        #: The first segment it has not begun.
        self.following = first
        self.started = time.monotonic()
        #: Since when nobody needs it.
        self.unneeded_since: float | None = None
        #: The client that it was started for before it asked for a segment.
        self.foreseen_for: ClientKey | None = None
        self._launch = launch
        self._timeline = timeline
        self._shift = shift
        self._delay = delay
        self._early = early
        self._filling = filling
        self._sink = sink
        self._is_video, self._in_pieces = is_video, in_pieces
        self._allowed = timeline.end(first)
        self._released = asyncio.Event()
        self._may_miss = False
        self._lines: list[str] = []
        self._header: fmp4.TrackHeader | None = None
        #: How lengths of units are written in a sample (fmp4.unit_length).
        self._unit = 0
        self._sequence = 0
        #: Until when what was taken is shown (ticks), and whether nothing can be shown before the next keyframe.
        self._shown = 0
        self._broken = False
        self._writing: int | None = None
        self._pending: list[fmp4.Sample] = []
        self._ftyp = b""
        self._opening = b""
        self._stop_requested = False
        self._error: KyooError = StoppedError()
        self._task: asyncio.Task[None] | None = None
        self.process: Process | None = None

    @property
    def position(self) -> int:
        """The segment in work."""
        return max(self.first, self.following - 1)

    @property
    def running(self) -> bool:
        return self._task is not None and not self._task.done()

    @property
    def stopping(self) -> bool:
        return self._stop_requested

    @property
    def is_read(self) -> bool:
        return self._sink.has_readers(self)

    @property
    def is_ahead(self) -> bool:
        return self.foreseen_for is not None or self._timeline.start(self.position) > self._allowed

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(self._on_done)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        report_crash(task)
        self._sink.on_end(self, self._error)

    def allow(self, until: float) -> None:
        """Let the encoder run up to `until` (s on the timeline), as somebody asks for it."""
        self.asked = time.monotonic()
        if until > self._allowed:
            self._allowed = until
            self._released.set()

    def hold(self) -> None:
        """Let it go no further until it is allowed to."""
        self._allowed = -1.0

    def end(self) -> None:
        """Stop it, and have whoever waits for it ask for another one."""
        self._sink.end(self)

    def stop(self) -> None:
        """End it; what it has not finished is given up."""
        if not self._stop_requested and self._task is not None:
            self._stop_requested = True
            self._task.cancel()

    async def ended(self) -> None:
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            for lead in LEADS:
                self._may_miss = lead == LEADS[-1]
                try:
                    await self._run_once(lead)
                except SeekMissedError:
                    continue
                break
            self._error = NotFoundError("The track ends before this segment")
        except BusyError as busy:
            self._error = busy
        except KyooError as failure:
            self._error = failure
            log.warning("an encoder failed", reason=failure.message)
        except fmp4.MalformedError as failure:
            self._error = UnplayableError("This track is damaged here")
            log.warning("an encoder failed", reason=str(failure))
        except OSError as failure:
            self._error = EncoderError(f"The encoder cannot be started: {failure.strerror}")
            log.warning("an encoder failed", reason=str(failure))

    async def _run_once(self, lead: float) -> None:
        self._pending, self._writing, self._header, self._shown = [], None, None, 0
        self._broken = False
        self.following = self.first
        self.process = process = await self._launch(lead)
        listener = asyncio.create_task(self._listen(process))
        wanted = True
        try:
            wanted = await self._read(process)
        finally:
            ending = asyncio.create_task(self._finish_process(process, listener))
            try:
                await asyncio.shield(ending)
            except asyncio.CancelledError:
                await ending
                raise
        if wanted:
            await self._check_exit(process)

    async def _finish_process(self, process: Process, listener: asyncio.Task[None]) -> None:
        if process.returncode is None and process.stdout.at_eof():
            # It has closed its output by itself: its exit code is worth waiting for.
            try:
                async with asyncio.timeout(2):
                    await process.wait()
            except TimeoutError:
                pass
        process.kill()
        await process.wait()
        await asyncio.gather(listener, return_exceptions=True)
        await process.close()

    async def _check_exit(self, process: Process) -> None:
        code, at_end = process.returncode, self._is_at_end
        # A damaged end makes ffmpeg complain after it has given all there is; being killed is another matter.
        if code == 0 or (at_end and code is not None and code > 0):
            if at_end:
                await self._go_on_to_end()
            if self._writing is not None:
                self._flush()
                await self._sink.on_finish(self._writing)
            return
        log.warning("ffmpeg stopped", code=code, words=" ".join(self._lines[-LAST_LINES:]))
        if code is not None and code > 0:
            raise UnplayableError("This track is damaged here, or of a kind that cannot be played")
        raise KilledError("The encoder was killed")

    async def _listen(self, process: Process) -> None:
        while line := await process.stderr.read(4096):
            self._lines.extend(text for said in line.decode(errors="replace").splitlines() if (text := plain(said)))
            del self._lines[:-LAST_LINES]

    async def _read(self, process: Process) -> bool:
        """Until the end of the output (True), or until a segment that is not wanted any more (False)."""
        moof = b""
        while True:
            await self._wait_for_leave()
            try:
                async with asyncio.timeout(STUCK):
                    kind, box = await read_box(process.stdout)
            except TimeoutError:
                raise StuckError from None
            if kind == b"":
                return True
            if kind == b"ftyp":
                self._ftyp = box
            elif kind == b"moov":
                self._header, self._unit = fmp4.read_header(box), fmp4.unit_length(box)
                self._sink.on_init(self._ftyp + fmp4.with_delay(box, self._lead))
            elif kind == b"moof":
                moof = box
            elif kind == b"mdat" and self._header is not None and not await self._take(moof, box):
                return False

    async def _wait_for_leave(self) -> None:
        while self._timeline.start(self.position) > self._allowed:
            self._released.clear()
            await self._released.wait()

    async def _take(self, moof: bytes, mdat: bytes) -> bool:
        assert self._header is not None
        for sample in fmp4.read_fragment(moof, mdat, self._header):
            for placed in self._filled(sample, self._header.timescale):
                if not await self._place(placed, self._header.timescale):
                    return False
        # How long the last one lasts is known when the next one is there, and that may change when it is decoded.
        if self._in_pieces:
            self._flush(keep=2)
        return True

    def _filled(self, sample: fmp4.Sample, scale: int) -> Iterator[fmp4.Sample]:
        """`sample`, after what stands in for those that are missing before it."""
        filling = self._filling
        if not fmp4.is_whole(sample.data, self._unit):
            # Damaged in the file: browsers would give up the film. What follows, up to a keyframe, was made of it.
            self._broken = True
            return
        if self._pending and sample.dts <= self._pending[-1].dts:
            # What follows a hole may have been decoded, by its own times, inside of it.
            sample = decoded_at(sample, self._pending[-1].dts + 1)
        if filling is not None and not sample.is_sync:
            late = self._pending and sample.dts - self._pending[-1].dts > (filling.usual + filling.allowed) * scale
            self._broken = self._broken or bool(late and filling.is_broadcast)
            if self._broken:
                # What it was to be made of is missing: until the next keyframe nothing can be decoded.
                return
        elif filling is not None:
            self._broken = False
            begin, allowed = self._shown, filling.allowed
            if not self._pending:
                begin, allowed = self._ticks(self._timeline.start(self.first), scale), filling.late
                if self._is_video and self.first and not self._may_miss and sample.pts - begin > allowed * scale:
                    raise SeekMissedError
            cuts = self._bounds_ahead(sample.pts, scale)
            if sample.pts - begin <= allowed * scale and len(cuts) > 1:
                # At least no segment may be without a picture.
                begin, allowed = cuts[0], 0.0
            if sample.pts - begin > allowed * scale:
                sample = decoded_at(sample, max(sample.dts, sample.pts - round(self._delay * scale)))
                yield from self._fill(filling, sample, begin, cuts, scale)
        self._last_until(sample.dts)
        yield sample
        usual = sample.duration if filling is None else round(filling.usual * scale)
        self._shown = max(self._shown, sample.pts + min(sample.duration, usual))

    def _fill(
        self, filling: Filling, sample: fmp4.Sample, begin: int, cuts: list[int], scale: int
    ) -> Iterator[fmp4.Sample]:
        """From `begin` to `sample`, as they are shown; a sample starts at each of `cuts`."""
        starts_up = filling.silence is not None and not self._sequence and not self.first and len(self._pending) == 1
        if starts_up:
            # The very first frame is the encoder's start-up: it belongs to the sound that follows.
            (first,) = self._pending
            self._pending = []
            begin, sample = first.dts, replace(first, dts=sample.dts - (begin - first.dts))
        self._last_until(begin - sample.offset)
        shifted = [cut - sample.offset for cut in cuts]
        yield from filling.samples(sample, begin - sample.offset, shifted, scale)
        if starts_up:
            yield sample

    @property
    def _is_at_end(self) -> bool:
        """Whether what was read is the whole track."""
        if self._header is None or self._is_video or self._filling is None:
            return self._writing is not None and self._writing == len(self._timeline) - 1
        return self._shown >= self._ticks(self._filling.end - ENDING, self._header.timescale)

    async def _go_on_to_end(self) -> None:
        """Fill what is left of the timeline: other tracks last longer."""
        if self._header is None or self._filling is None:
            return
        scale = self._header.timescale
        end = self._ticks(self._timeline.bounds[-1], scale)
        if self._filling.silence is None:
            if self._pending:
                last = self._pending[-1]
                self._pending[-1] = replace(last, duration=max(last.duration, end - last.pts))
            return
        begin = max(self._shown, self._ticks(self._timeline.start(self.first), scale))
        following = fmp4.Sample(end, 0, 0, self._header.flags, self._filling.silence)
        for sample in self._filling.samples(following, begin, self._bounds_ahead(end, scale), scale):
            await self._wait_for_leave()
            self._last_until(sample.dts)
            if not await self._place(sample, scale):
                return

    def _ticks(self, time: float, scale: int) -> int:
        return round((time + self._shift) * scale)

    def _bounds_ahead(self, pts: int, scale: int) -> list[int]:
        """Where the segments that are not begun yet start, up to `pts` (ticks)."""
        last = self._timeline.at(pts / scale - self._shift)
        return [self._ticks(self._timeline.start(number), scale) for number in range(self._next, last + 1)]

    @property
    def _next(self) -> int:
        """The next segment to begin."""
        return self.first if self._writing is None else self._writing + 1

    def _last_until(self, dts: int) -> None:
        """The durations of samples add up: the last one lasts until `dts`."""
        if not self._pending or dts <= self._pending[-1].dts:
            return
        last = self._pending[-1]
        if self._is_video and self._filling is not None and self._header is not None and len(self._pending) > 1:
            usual = round(self._filling.usual * self._header.timescale)
            late = min(last.pts, dts - usual)
            if late > last.dts + usual:
                # Decoded before pictures stand still and shown after: what stands still is the picture before it.
                last = decoded_at(last, late)
                self._pending[-2] = replace(self._pending[-2], duration=late - self._pending[-2].dts)
        self._pending[-1] = replace(last, duration=dts - last.dts)

    async def _place(self, sample: fmp4.Sample, scale: int) -> bool:
        time = sample.pts / scale - self._shift
        following = self._next
        if sample.is_sync and following < len(self._timeline):
            tolerance = self._timeline.tolerance(following) if self._is_video else AUDIO_TOLERANCE
            number = self._timeline.at(time + tolerance)
            # Segments in between have no sound of their own: a hole that cannot be filled.
            for begun in range(following, number + 1):
                if not await self._begin(begun):
                    return False
        if self._writing is not None and (self._is_video or sample.dts / scale >= self._shift - AUDIO_TOLERANCE):
            self._pending.append(sample)
        return True

    async def _begin(self, number: int) -> bool:
        self._flush()
        if self._writing is not None:
            await self._sink.on_finish(self._writing)
        self._writing = None
        if not self._sink.on_begin(self, number):
            return False
        self._writing, self.following = number, number + 1
        self._opening = fmp4.SEGMENT_TYPE
        return True

    @property
    def _lead(self) -> int:
        """`delay` in ticks, and a few more until its time in microseconds is rounded down anyway: libavformat compares
        one that it has rounded with one that it has rounded down."""
        assert self._header is not None
        scale = self._header.timescale
        ticks = round(self._delay * scale)
        while ticks and -ticks * 1_000_000 % scale * 2 >= scale:
            ticks += 1
        return ticks

    def _flush(self, keep: int = 0) -> None:
        """Hand on the samples held back but the last `keep`, as one fragment on the timeline's clock."""
        count = len(self._pending) - keep
        if count < 1 or self._writing is None:
            return
        assert self._header is not None
        zero = round(self._shift * self._header.timescale) - self._lead
        early = int(self._early * self._header.timescale)
        samples = fmp4.not_before(fmp4.decoded_earlier(self._pending[:count], early), zero)
        begin = (samples[0].dts - zero) / self._header.timescale
        if self._is_video and not self.first and not self._sequence and begin < MOST_EARLY:
            # Libavformat takes the first time of decoding for the start, and looks for each segment as much earlier.
            samples = fmp4.decoded_from(samples, zero)
        self._sequence += 1
        if self._sequence == 1 and self.process is not None:
            self.process.stand_back(SERVED_NICENESS)
        fragment = fmp4.write_fragment(self._header, self._sequence, samples, samples[0].dts - zero)
        self._sink.on_piece(self._writing, self._opening + fragment)
        self._pending, self._opening = self._pending[count:], b""


def decoded_at(sample: fmp4.Sample, dts: int) -> fmp4.Sample:
    """The same, shown when it was."""
    return sample if dts == sample.dts else replace(sample, dts=dts, offset=sample.pts - dts)


def report_crash(task: asyncio.Task[None]) -> None:
    """A fault of ours, not of the file or of ffmpeg."""
    if not task.cancelled() and task.exception() is not None:
        log.error("an encoder crashed", exc_info=task.exception())


async def read_box(stream: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The next box: its type and all its bytes; (b"", b"") at the end of the stream, even in the middle of a box."""
    try:
        head = await stream.readexactly(8)
        size = int.from_bytes(head[:4], "big")
        if size == 1:
            head += await stream.readexactly(8)
            size = int.from_bytes(head[8:], "big")
        if size < len(head) or size > BIGGEST_BOX:
            raise fmp4.MalformedError(f"a box of {size} bytes")
        return head[4:8], head + await stream.readexactly(size - len(head))
    except asyncio.IncompleteReadError:
        return b"", b""
