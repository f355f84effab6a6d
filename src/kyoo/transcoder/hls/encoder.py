"""One running ffmpeg: its output is cut into segments (cutting.py) while it comes in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

import structlog

from kyoo.core.cage.processes import Process
from kyoo.core.errors import KyooError, NotFoundError
from kyoo.transcoder.ffmpeg.program import plain
from kyoo.transcoder.hls import fmp4
from kyoo.transcoder.hls.admission import BusyError
from kyoo.transcoder.hls.cutting import Begin, Cutter, Cutting, Finish, Piece, SeekMissedError, Step

log = structlog.get_logger()

#: Seconds without output after which ffmpeg counts as stuck.
STUCK = 60.0
#: How much an encoder whose first picture is there stands back, for those whose viewers still wait for theirs.
SERVED_NICENESS = 15
#: How much (s) earlier to seek after landing behind the wanted keyframe.
LEADS = (0.0, 2.0, 12.0)
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
    """`launch` starts an ffmpeg that begins at segment `first`, seeking `lead` seconds early. `goes_on`: the segment
    before is there, so that every picture counts, also those that are made of what is before the keyframe. The encoder
    reads no further than `allow` lets it."""

    def __init__(
        self,
        launch: Callable[[float], Awaitable[Process]],
        cutting: Cutting,
        first: int,
        sink: Sink,
        *,
        is_heavy: bool = False,
        goes_on: bool = False,
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
        self._cutting, self._timeline = cutting, cutting.timeline
        self._sink = sink
        begins_early = self._timeline.entry(first) > self._timeline.start(first)
        self._leads = LEADS[1:] if goes_on and begins_early else LEADS
        self._allowed = self._timeline.end(first)
        self._released = asyncio.Event()
        self._lines: list[str] = []
        self._cutter: Cutter | None = None
        self._is_served = False
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
            for lead in self._leads:
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
        self._cutter, self.following = None, self.first
        self.process = process = await self._launch(lead)
        listener = asyncio.create_task(self._listen(process))
        wanted = True
        try:
            wanted = await self._read(process, may_miss=lead == LEADS[-1])
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
        code, at_end = process.returncode, self._cutter is not None and self._cutter.is_at_end
        # A damaged end makes ffmpeg complain after it has given all there is; being killed is another matter.
        if code == 0 or (at_end and code is not None and code > 0):
            if self._cutter is not None:
                await self._give(self._cutter.close())
            return
        log.warning("ffmpeg stopped", code=code, words=" ".join(self._lines[-LAST_LINES:]))
        if code is not None and code > 0:
            raise UnplayableError("This track is damaged here, or of a kind that cannot be played")
        raise KilledError("The encoder was killed")

    async def _listen(self, process: Process) -> None:
        while line := await process.stderr.read(4096):
            self._lines.extend(text for said in line.decode(errors="replace").splitlines() if (text := plain(said)))
            del self._lines[:-LAST_LINES]

    async def _read(self, process: Process, *, may_miss: bool) -> bool:
        """Until the end of the output (True), or until a segment that is not wanted any more (False)."""
        ftyp = moof = b""
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
                ftyp = box
            elif kind == b"moov":
                self._cutter = Cutter(self._cutting, self.first, box, may_miss=may_miss)
                self._sink.on_init(ftyp + self._cutter.moov)
            elif kind == b"moof":
                moof = box
            elif kind == b"mdat" and self._cutter is not None and not await self._give(self._cutter.take(moof, box)):
                return False

    async def _give(self, steps: Iterable[Step]) -> bool:
        """Whether the segments that begin are wanted; at the first that is not, the rest is left."""
        for step in steps:
            match step:
                case Begin(number):
                    await self._wait_for_leave()
                    if not self._sink.on_begin(self, number):
                        return False
                    self.following = number + 1
                case Piece(number, data):
                    self._stand_back()
                    self._sink.on_piece(number, data)
                case Finish(number):
                    await self._sink.on_finish(number)
        return True

    def _stand_back(self) -> None:
        """Once: its first picture is there."""
        if not self._is_served and self.process is not None:
            self.process.stand_back(SERVED_NICENESS)
        self._is_served = True

    async def _wait_for_leave(self) -> None:
        while self._timeline.start(self.position) > self._allowed:
            self._released.clear()
            await self._released.wait()


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
