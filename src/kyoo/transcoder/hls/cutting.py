"""What ffmpeg makes of a track, sample by sample, on the timeline: what is missing is filled, and a segment begins at
each bound."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from kyoo.transcoder.hls import fmp4
from kyoo.transcoder.hls.filling import ENDING, Filling
from kyoo.transcoder.hls.timeline import Timeline

#: How much (s) earlier the first picture may be decoded than it needs to be.
MOST_EARLY = 0.5
#: How much (s) earlier than its segment sound may begin.
AUDIO_TOLERANCE = 0.002
#: How many samples are held back: how long the last one lasts is known when the next one is there, and that may change
#: when it is decoded. It may of each picture that is decoded before others are shown, so that more are held back then.
HELD, MOST_HELD = 2, 8


class SeekMissedError(Exception):
    """Reading began behind the keyframe that was asked for."""


@dataclass(frozen=True)
class Cutting:
    """`shift` (s) is the container's time of the timeline's 0; `delay` (s) how long before it is shown a picture of the
    file is decoded at most, and `early` how much of that is more than this rendition needs: its pictures are decoded
    earlier, as players take the time of decoding for that of a segment's start. `filling` is what stands in for samples
    that are missing. A segment is given away in pieces while it is made, or whole (`in_pieces`)."""

    timeline: Timeline
    shift: float
    is_video: bool
    delay: float = 0.0
    early: float = 0.0
    filling: Filling | None = None
    in_pieces: bool = True


@dataclass(frozen=True, slots=True)
class Begin:
    """Segment `number` begins. Where it is not wanted, nothing more is taken."""

    number: int


@dataclass(frozen=True, slots=True)
class Piece:
    """More of segment `number`."""

    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Finish:
    """Segment `number` is whole."""

    number: int


#: What a cutter makes, in their order.
Step = Begin | Piece | Finish


class Cutter:
    """Cuts what one ffmpeg makes from segment `first` on, once its header (`moov`) is there. `may_miss`: it may begin
    behind that segment's keyframe; else that is a SeekMissedError."""

    def __init__(self, cutting: Cutting, first: int, moov: bytes, *, may_miss: bool) -> None:
        self._timeline = cutting.timeline
        self._filling = cutting.filling and cutting.filling.fitting(moov)
        self._shift, self._delay, self._early = cutting.shift, cutting.delay, cutting.early
        self._is_video, self._in_pieces = cutting.is_video, cutting.in_pieces
        self._first = first
        self._may_miss = may_miss
        self._header = fmp4.read_header(moov)
        self._scale = self._header.timescale
        #: How lengths of units are written in a sample (fmp4.unit_length).
        self._unit = fmp4.unit_length(moov)
        #: The same box for the init segment.
        self.moov = fmp4.with_delay(moov, self._lead)
        self._sequence = 0
        self._held = HELD
        if self._is_video and self._filling is not None:
            reordered = round((self._delay - self._early) / self._filling.usual)
            self._held = max(HELD, min(1 + reordered, MOST_HELD))
        #: Until when what was taken is shown (ticks), and whether nothing can be shown before the next keyframe.
        self._shown = 0
        self._broken = False
        self._writing: int | None = None
        self._pending: list[fmp4.Sample] = []
        self._opening = b""

    def take(self, moof: bytes, mdat: bytes) -> Iterator[Step]:
        """Two boxes of the output, a fragment; raises MalformedError."""
        for sample in fmp4.read_fragment(moof, mdat, self._header):
            for placed in self._filled(sample):
                yield from self._placed(placed)
        if self._in_pieces:
            yield from self._pieces(keep=self._held)

    def close(self) -> Iterator[Step]:
        """The output has ended."""
        if self.is_at_end:
            yield from self._until_end()
        if self._writing is not None:
            yield from self._pieces()
            yield Finish(self._writing)

    def _filled(self, sample: fmp4.Sample) -> Iterator[fmp4.Sample]:
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
            late = (
                self._pending and sample.dts - self._pending[-1].dts > (filling.usual + filling.allowed) * self._scale
            )
            self._broken = self._broken or bool(late and filling.is_broadcast)
            if self._broken:
                # What it was to be made of is missing: until the next keyframe nothing can be decoded.
                return
        elif filling is not None:
            self._broken = False
            sample = yield from self._behind_hole(filling, sample)
        self._last_until(sample.dts)
        yield sample
        usual = sample.duration if filling is None else round(filling.usual * self._scale)
        self._shown = max(self._shown, sample.pts + min(sample.duration, usual))

    def _behind_hole(self, filling: Filling, sample: fmp4.Sample) -> Generator[fmp4.Sample, None, fmp4.Sample]:
        """What fills the time before `sample`, which is decoded by itself, if it comes late; returns it as it is to be
        decoded then."""
        begin, allowed = self._shown, filling.allowed
        if not self._pending:
            begin, allowed = self._opening_of(filling, sample.pts)
        cuts = self._bounds_ahead(sample.pts)
        is_filled = sample.pts - begin > allowed * self._scale
        if not is_filled and self._pending and self._has_next_in_hole(filling, sample.pts):
            # With a picture, as no segment may be without one.
            begin, is_filled = cuts[0], True
        # An encoder decodes it before the hole; what lasts until then is the picture before.
        is_encoded = self._is_video and bool(self._pending) and not self._timeline.is_copied
        if is_filled or (is_encoded and sample.pts - self._shown > self._late(filling)):
            sample = decoded_at(sample, max(sample.dts, sample.pts - round(self._delay * self._scale)))
        if is_filled:
            yield from self._fill(filling, sample, begin, cuts)
        return sample

    def _has_next_in_hole(self, filling: Filling, pts: int) -> bool:
        """Whether the next segment begins well before `pts` (ticks)."""
        if self._next >= len(self._timeline):
            return False
        timeline = self._timeline
        due = timeline.entry(self._next) if timeline.is_copied else timeline.start(self._next)
        return pts - self._ticks(due) > self._late(filling)

    def _late(self, filling: Filling) -> float:
        """Ticks after which a picture that should have been there is missing."""
        return 1.5 * filling.usual * self._scale

    def _opening_of(self, filling: Filling, pts: int) -> tuple[int, float]:
        """From when on (ticks) pictures are missed if the first one is shown at `pts`, and how much (s) later it may
        be. Raises SeekMissedError."""
        begin, entry = self._timeline.start(self._first), self._timeline.entry(self._first)
        late = pts - self._ticks(entry)
        if self._is_video and self._first and not self._may_miss and late > filling.late * self._scale:
            raise SeekMissedError
        if self._timeline.is_copied:
            # What is shown before its keyframe comes after it.
            return self._ticks(entry), filling.late
        return self._ticks(begin), filling.late if entry == begin else filling.usual / 2

    def _fill(self, filling: Filling, sample: fmp4.Sample, begin: int, cuts: list[int]) -> Iterator[fmp4.Sample]:
        """From `begin` to `sample`, as they are shown; a sample starts at each of `cuts`."""
        starts_up = filling.silence is not None and not self._sequence and not self._first and len(self._pending) == 1
        if starts_up:
            # The very first frame is the encoder's start-up: it belongs to the sound that follows.
            (first,) = self._pending
            self._pending = []
            begin, sample = first.dts, replace(first, dts=sample.dts - (begin - first.dts))
        self._last_until(begin - sample.offset)
        shifted = [cut - sample.offset for cut in cuts]
        yield from filling.samples(sample, begin - sample.offset, shifted, self._scale)
        if starts_up:
            yield sample

    @property
    def is_at_end(self) -> bool:
        """Whether what was read is the whole track."""
        if self._is_video or self._filling is None:
            return self._writing is not None and self._writing == len(self._timeline) - 1
        return self._shown >= self._ticks(self._filling.end - ENDING)

    def _until_end(self) -> Iterator[Step]:
        """Fill what is left of the timeline: other tracks last longer."""
        if self._filling is None:
            return
        end = self._ticks(self._timeline.bounds[-1])
        if self._filling.silence is None:
            if self._pending:
                last = self._pending[-1]
                self._pending[-1] = replace(last, duration=max(last.duration, end - last.pts))
            return
        begin = max(self._shown, self._ticks(self._timeline.start(self._first)))
        following = fmp4.Sample(end, 0, 0, self._header.flags, memoryview(b""))
        for sample in self._filling.samples(following, begin, self._bounds_ahead(end), self._scale):
            self._last_until(sample.dts)
            yield from self._placed(sample)

    def _ticks(self, time: float) -> int:
        return round((time + self._shift) * self._scale)

    def _bounds_ahead(self, pts: int) -> list[int]:
        """Where the segments that are not begun yet start, up to `pts` (ticks)."""
        last = self._timeline.at(pts / self._scale - self._shift)
        return [self._ticks(self._timeline.start(number)) for number in range(self._next, last + 1)]

    @property
    def _next(self) -> int:
        """The next segment to begin."""
        return self._first if self._writing is None else self._writing + 1

    def _last_until(self, dts: int) -> None:
        """The durations of samples add up: the last one lasts until `dts`."""
        if not self._pending or dts <= self._pending[-1].dts:
            return
        self._pending[-1] = replace(self._pending[-1], duration=dts - self._pending[-1].dts)
        if self._is_video and self._filling is not None:
            self._stand_still(round(self._filling.usual * self._scale))

    def _stand_still(self, usual: int) -> None:
        """Where the last picture lasts longer than `usual`: those that are shown behind such a hole are decoded behind
        it, too, and what lasts until then is a picture before it."""
        for place in range(len(self._pending) - 1, 0, -1):
            before, picture = self._pending[place - 1], self._pending[place]
            until = picture.dts + picture.duration
            late = min(picture.pts, until - usual)
            if late <= picture.dts + usual:
                return
            self._pending[place] = replace(decoded_at(picture, late), duration=until - late)
            self._pending[place - 1] = replace(before, duration=late - before.dts)
            if late == picture.pts:
                return

    def _placed(self, sample: fmp4.Sample) -> Iterator[Step]:
        """`sample` in its segment, after what ends and begins before it."""
        time = sample.pts / self._scale - self._shift
        following = self._next
        if sample.is_sync and following < len(self._timeline):
            tolerance = self._timeline.tolerance(following) if self._is_video else AUDIO_TOLERANCE
            number = self._timeline.at(time + tolerance)
            # Segments in between have no sound of their own: a hole that cannot be filled.
            for begun in range(following, number + 1):
                yield from self._begun(begun)
        if self._writing is not None and (self._is_video or sample.dts / self._scale >= self._shift - AUDIO_TOLERANCE):
            self._pending.append(sample)

    def _begun(self, number: int) -> Iterator[Step]:
        yield from self._pieces()
        if self._writing is not None:
            yield Finish(self._writing)
        self._writing = None
        yield Begin(number)
        self._writing, self._opening = number, fmp4.SEGMENT_TYPE

    @property
    def _lead(self) -> int:
        """`delay` in ticks, and a few more until its time in microseconds is rounded down anyway: libavformat compares
        one that it has rounded with one that it has rounded down."""
        ticks = round(self._delay * self._scale)
        while ticks and -ticks * 1_000_000 % self._scale * 2 >= self._scale:
            ticks += 1
        return ticks

    def _pieces(self, keep: int = 0) -> Iterator[Piece]:
        """The samples held back but the last `keep`, as one fragment on the timeline's clock."""
        count = len(self._pending) - keep
        if count < 1 or self._writing is None:
            return
        zero = round(self._shift * self._scale) - self._lead
        early = int(self._early * self._scale)
        samples = fmp4.not_before(fmp4.decoded_earlier(self._pending[:count], early), zero)
        begin = (samples[0].dts - zero) / self._scale
        if self._is_video and not self._first and not self._sequence and begin < MOST_EARLY:
            # Libavformat takes the first time of decoding for the start, and looks for each segment as much earlier.
            samples = fmp4.decoded_from(samples, zero)
        self._sequence += 1
        fragment = fmp4.write_fragment(self._header, self._sequence, samples, samples[0].dts - zero)
        opening, self._opening = self._opening, b""
        self._pending = self._pending[count:]
        yield Piece(self._writing, opening + fragment)


def decoded_at(sample: fmp4.Sample, dts: int) -> fmp4.Sample:
    """The same, shown when it was."""
    return sample if dts == sample.dts else replace(sample, dts=dts, offset=sample.pts - dts)
