"""What becomes of a show that a tracker knows, too: which plays, status and score each side lacks, under a rule. No
SQL, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from kyoo.api.trackers.base import Remote, Status
from kyoo.api.trackers.coordinates import ANIME, anime, episode, film, several

Rule = Literal["merge", "theirs", "ours"]
#: Two dates of one play: services date what they see themselves.
SAME_PLAY = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Play:
    pk: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """`facts` are those of the show with this entry in them."""

    pk: int
    id: str
    slug: str
    facts: dict[str, Any]
    plays: tuple[Play, ...]


@dataclass(frozen=True, slots=True)
class Show:
    """How a show stands here; `status` None: not in the list, which changed last at `listed_at`."""

    pk: int
    id: str
    slug: str
    kind: Literal["movie", "serie"]
    entries: tuple[Entry, ...]
    status: Status | None = None
    score: int | None = None
    listed_at: datetime | None = None


@dataclass(slots=True)
class Plan:
    """What is to be done here, and (`tell_…`) there."""

    add: list[tuple[Entry, datetime]] = field(default_factory=list)
    remove: list[tuple[Entry, Play]] = field(default_factory=list)
    status: Status | None = None
    score: int | None = None
    #: Of those to add, what was played there, not only marked: (entry, time).
    watched: set[tuple[int, datetime]] = field(default_factory=set)
    tell_plays: list[tuple[Entry, Play]] = field(default_factory=list)
    tell_status: bool = False
    tell_score: bool = False

    @property
    def changes_us(self) -> bool:
        return bool(self.add or self.remove) or self.status is not None or self.score is not None


def base_of(remote: Remote) -> dict[str, Any]:
    """What is remembered of a title, to see later which side changed."""
    return {"status": remote.status, "score": remote.score}


def plan(
    show: Show,
    remote: Remote,
    rule: Rule,
    *,
    providers: Sequence[str],
    dated: bool,
    base: Mapping[str, Any] | None,
    now: datetime,
    scores: bool = True,
    whole: bool = True,
) -> Plan:
    """`base` is what was remembered of the title, None the first time. `whole`: `remote` is all that is known there,
    so what is not in it is not there."""
    made = Plan()
    there = _placed(show, remote, providers)
    _plays(made, there, remote, rule, dated=dated, whole=whole, now=now)
    _status(made, show, remote, rule, base, seen=bool(there) and any(dates for _, dates in there))
    if scores:
        _score(made, show, remote, rule, base)
    return made


def means(remote: Remote, show: Show) -> bool:
    """Whether a title can be a show that has one of its ids: providers but those of anime count films and series apart,
    so that one number is two titles. A film may be an entry of a serie."""
    if remote.kind == show.kind:
        return True
    if remote.kind == "movie":
        films = (film(entry.facts) or {} for entry in show.entries if entry.facts["entry"]["kind"] == "movie")
        if any(remote.ids.get(name) == value for ids in films for name, value in ids.items()):
            return True
    external = show.entries[0].facts["show"]["ids"] if show.entries else {}
    return any(remote.ids.get(provider) in several(external, provider) for provider in ANIME)


def say_words(made: Plan, show: Show, remote: Remote, rule: Rule, *, seen: bool) -> None:
    """What a place that is asked once says of status and score; `seen`: something of it was watched there."""
    _status(made, show, remote, rule, None, seen=seen)
    _score(made, show, remote, rule, None)


def _placed(show: Show, remote: Remote, providers: Sequence[str]) -> list[tuple[Entry, list[datetime | None]]]:
    """The entries of ours that a title there has in it, with the dates at which they were watched there."""
    found = []
    for entry in show.entries:
        dates = _dates(entry, remote, providers)
        if dates is not None:
            found.append((entry, dates))
    return found


def _dates(entry: Entry, remote: Remote, providers: Sequence[str]) -> list[datetime | None] | None:
    """None when the title does not have the entry in it."""
    ids = film(entry.facts)
    if ids is not None:
        if not any(remote.ids.get(name) == value for name, value in ids.items()):
            return None
        if remote.progress is not None:
            return [remote.completed_at] if remote.progress > 0 else []
        return [play.at for play in remote.plays if play.number is None]
    if remote.progress is not None:
        for provider in providers:
            place = anime(entry.facts, provider)
            if place is not None and remote.ids.get(provider) == place.ids[provider]:
                return [None] if place.number <= remote.progress else []
        return None
    for provider in providers:
        place = episode(entry.facts, [provider])
        if place is not None and remote.ids.get(provider) == place.ids[provider]:
            seasons = (place.season,) if place.season is not None else (None, 1)
            return [play.at for play in remote.plays if play.number == place.number and play.season in seasons]
    return None


def _plays(
    made: Plan,
    there: Sequence[tuple[Entry, list[datetime | None]]],
    remote: Remote,
    rule: Rule,
    *,
    dated: bool,
    whole: bool,
    now: datetime,
) -> None:
    for entry, dates in there:
        ours = list(entry.plays)
        lacking: list[datetime | None] = []
        for at in dates:
            same = next((play for play in ours if at is not None and dated and abs(play.at - at) < SAME_PLAY), None)
            if same is not None:
                ours.remove(same)
            elif at is None or not dated:
                # It only says that it was watched.
                if entry.plays:
                    ours.clear()
                else:
                    lacking.append(at)
            else:
                lacking.append(at)
        if rule != "ours":
            made.add += [(entry, at or remote.completed_at or remote.updated_at or now) for at in lacking]
        if not whole:
            continue
        if rule == "theirs":
            made.remove += [(entry, play) for play in ours]
        elif dated or not dates:
            made.tell_plays += [(entry, play) for play in ours]


def _status(made: Plan, show: Show, remote: Remote, rule: Rule, base: Mapping[str, Any] | None, *, seen: bool) -> None:
    if remote.status is None or remote.status == show.status:
        made.tell_status = remote.status is None and show.status is not None and base is None and rule != "theirs"
        return
    if remote.status == "planned" and seen:
        # Listed to be seen again, which says nothing new of what was watched.
        return
    if _theirs(show.status is None, base, "status", show, remote, rule=rule):
        # What all plays together come to is worked out from them.
        if remote.status in ("watching", "completed") and made.add and show.kind == "movie":
            return
        made.status = remote.status
    else:
        made.tell_status = show.status is not None


def _score(made: Plan, show: Show, remote: Remote, rule: Rule, base: Mapping[str, Any] | None) -> None:
    if remote.score is None:
        made.tell_score = show.score is not None and base is None and rule != "theirs"
        return
    if show.score is not None and (show.score + 5) // 10 == (remote.score + 5) // 10:
        # All that a service with ten steps can hold.
        return
    if _theirs(show.score is None, base, "score", show, remote, rule=rule):
        made.score = remote.score
    else:
        made.tell_score = show.score is not None


def _theirs(absent: bool, base: Mapping[str, Any] | None, name: str, show: Show, remote: Remote, *, rule: Rule) -> bool:
    """Whether what is there counts: by the rule, else the side that changed since both agreed, else the newest."""
    if rule != "merge":
        return rule == "theirs"
    if base is not None and name in base and base[name] == getattr(remote, name):
        return False
    if absent:
        return True
    if remote.updated_at is None or show.listed_at is None:
        return base is not None
    return remote.updated_at > show.listed_at.astimezone(UTC)
