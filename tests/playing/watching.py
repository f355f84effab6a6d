"""What a player shows and sounds of a file, held to what is in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.playing import measure
from tests.playing.files import BY_NAME, Awkward

#: How far (s) a flash may be from its beep, compared with the source.
SYNC = 0.04
#: How far (s) a picture or sound may be from its time: a picture, and what the player's clock is rounded to.
PLACE = 0.06
#: Two pictures of 12 a second, and their rounding (s).
LATE = 0.18
#: How far (s) from where it should a seek may land.
LANDING = 0.15
#: Pulses this near (s) to where a player stops, starts or lands may be there or not.
EDGE = 0.15
#: How long (s) a viewer stays behind a pulse, and comes before one, so that it is seen.
ROOM = 0.4
#: The longest that a viewer waits (s) for a second flash or a first beep.
LONGEST_STAY = 3.6
#: How near to the end (s) he seeks at least.
LONGEST_REST = 2.6


@dataclass(frozen=True)
class Truth:
    """A file on the clock of its playlist, in seconds."""

    file: Awkward
    path: Path
    flashes: list[float]
    beeps: list[float]
    #: When each picture is shown.
    shown: list[float]
    first: float | None
    end: float

    @property
    def pulses(self) -> list[float]:
        return self.flashes or self.beeps

    @property
    def stay(self) -> float:
        """How long a viewer watches before he seeks: two flashes and a beep, and all that is awkward in the middle."""
        wanted = [*[time for time in self.pulses if time > EDGE][:2], *self.beeps[:1]]
        return max(min(max(wanted, default=0.0) + ROOM, LONGEST_STAY, self.end * 0.45), self.file.through + ROOM)

    @property
    def seek(self) -> float:
        """Where to: before the last two flashes, and not to where he is already."""
        due = [time for time in self.pulses if time < self.end - EDGE]
        return max(self.stay + 0.6, self.end - LONGEST_REST, *(time - ROOM for time in due[-2:-1]))

    @property
    def phase(self) -> float:
        """How long after a full second the pulses are, most of them."""
        rests = sorted((time + 0.5) % 1 - 0.5 for time in self.beeps or self.flashes)
        return rests[len(rests) // 2] if rests else 0.0

    @property
    def lands(self) -> bool:
        """Whether another picture is shown where one seeks to: it may have ended before."""
        return bool(self.shown and self.shown[-1] >= self.seek)

    @property
    def landings(self) -> tuple[float, float]:
        """Between which pictures a seek lands: the one that is shown then, and the next, which some wait for."""
        before = [time for time in self.shown if time <= self.seek]
        after = [time for time in self.shown if time >= self.seek]
        return (before[-1] if before else self.seek, after[0] if after else self.seek)


@cache
def truth(name: str) -> Truth:
    file = BY_NAME[name]
    path = file.path()
    zero = measure.clock(path)
    kinds = measure.kinds(path)
    shown = [time - zero for time in measure.pictures(path)] if "video" in kinds else []
    flashes = [time - zero for time in measure.flashes(path)] if "video" in kinds else []
    beeps = [time - zero for time in measure.beeps(path)] if "audio" in kinds else []
    end = max([*shown, *beeps])
    return Truth(file, path, flashes, beeps, shown, shown[0] if shown else None, end)


@dataclass
class Seen:
    """What one viewing showed. Flashes and beeps are on the clock of the playlist, in seconds; `stretches` are what was
    watched, each from the first picture or sound to the last."""

    flashes: list[float]
    beeps: list[float]
    stretches: list[tuple[float, float]]
    first: float | None
    landed: float | None
    ended: bool
    #: Whether the player takes no notice of edit lists: pictures are as late as they are decoded before they are shown.
    is_without_edits: bool = False
    complaints: list[str] = field(default_factory=list)


def faults(seen: Seen, real: Truth) -> list[str]:
    """What a viewer would complain about; nothing when all is well."""
    found = list(seen.complaints)
    late = lateness(*((seen.beeps, real.beeps) if seen.beeps and real.beeps else (seen.flashes, real.flashes)))
    flashes, beeps = [time - late for time in seen.flashes], [time - late for time in seen.beeps]
    apart = sync(seen, real)
    if apart is None:
        # Pictures and sounds never come together: each has a lateness of its own.
        apart = lateness(flashes, real.flashes) if beeps else 0.0
    if seen.is_without_edits:
        excused = max(0.0, min(apart, LATE))
        apart, late = apart - excused, late + excused
        flashes = [time - excused for time in flashes]
    # Until a first picture that comes late, a player may show it already.
    flashes = [max(time, real.first or 0.0) for time in flashes]
    begin, end = real.file.lacking
    flashes, real_flashes = ([time for time in of if not begin < time < end] for of in (flashes, real.flashes))
    if not seen.ended:
        found.append("does not reach the end")
    if real.first is not None:
        if seen.first is None:
            return [*found, "shows nothing"]
        # Until a first picture that comes late, an earlier one or none is shown.
        if seen.first - late > real.first + PLACE:
            found.append(f"starts at {seen.first:.2f} s, not at {real.first:.2f} s")
    allowed, (earliest, latest) = max(LANDING, 2.5 * step(real)), real.landings
    if seen.landed is not None and not earliest - allowed < seen.landed < latest + allowed and real.file.judged:
        found.append(f"a seek to {real.seek:.2f} s lands at {seen.landed:.2f} s")
    if real.file.judged:
        tolerance = max(PLACE, real.file.tolerance)
        found += missing(flashes, real_flashes, seen.stretches, "flash", tolerance)
        found += missing(beeps, real.beeps, seen.stretches, "beep", tolerance)
        if abs(apart) > max(SYNC, real.file.tolerance):
            found.append(f"pictures are {1000 * apart:.0f} ms late against the sound")
    return found


def lateness(found: list[float], wanted: list[float]) -> float:
    """How much later (s) than it should all is played. Nobody sees up to LATE of it: some players take the time of
    decoding for that of showing, or the first picture for the film's 0."""
    late = sorted(time - min(wanted, key=lambda due: abs(due - time)) for time in found) if wanted else []
    return max(-LATE, min(late[len(late) // 2], LATE)) if late else 0.0


def step(real: Truth) -> float:
    """How long a picture lasts, about."""
    return (real.end - (real.first or 0.0)) / max(len(real.shown) - 1, 1)


def missing(
    found: Iterable[float], wanted: list[float], stretches: list[tuple[float, float]], what: str, tolerance: float
) -> list[str]:
    found = list(found)
    due = [time for time in wanted if any(begin + EDGE < time < end - EDGE for begin, end in stretches)]
    lost = [time for time in due if not any(abs(time - other) <= tolerance for other in found)]
    inside = [time for time in found if any(begin - EDGE < time < end + EDGE for begin, end in stretches)]
    extra = [time for time in inside if not any(abs(time - other) <= tolerance for other in wanted)]
    return [
        *([f"no {what} at {', '.join(f'{time:.2f}' for time in lost)} s"] if lost else []),
        *([f"a {what} at {', '.join(f'{time:.2f}' for time in extra)} s that is not in the file"] if extra else []),
    ]


def sync(seen: Seen, real: Truth) -> float | None:
    """How much later (s) than with its beep, and than in the file, a flash is shown: the median of all."""
    apart = []
    for flash in seen.flashes:
        beep = min(seen.beeps, key=lambda time: abs(time - flash), default=None)
        flashed = min(real.flashes, key=lambda time: abs(time - flash), default=None)
        beeped = min(real.beeps, key=lambda time: abs(time - flash), default=None)
        if beep is None or flashed is None or beeped is None or abs(beep - flash) > 0.5 or abs(beeped - flashed) > 0.5:
            continue
        # The very first sounds of a film swell.
        if flash > 0.5:
            apart.append((flash - beep) - (flashed - beeped))
    return sorted(apart)[len(apart) // 2] if apart else None
