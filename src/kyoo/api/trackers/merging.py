"""What becomes of a show that a tracker knows, too: which plays, status and score each side lacks, under a rule. What
both agreed on last (`bases`) says which of them changed. No SQL, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from kyoo.api.trackers.base import Remote, Status, Tracker
from kyoo.api.trackers.coordinates import ANIME, anime, episode, film, several

Rule = Literal["merge", "theirs", "ours"]
Bases = Mapping[str, Mapping[str, Any]]
Kind = type[Tracker] | Tracker
#: Two dates of one play: services date what they see themselves.
SAME_PLAY = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Play:
    pk: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """`facts` are those of the show with this entry in them. `untold`: the tracker is still to be told of a play."""

    pk: int
    id: str
    slug: str
    facts: dict[str, Any]
    plays: tuple[Play, ...]
    untold: bool = False


@dataclass(frozen=True, slots=True)
class Show:
    """How a show stands here; `status` None: not in the list, which changed last at `listed_at`. `waiting`: the kinds
    of orders about it that the tracker is still to be told. `partly`: completed by its last entry, while others of it
    were not seen."""

    pk: int
    id: str
    slug: str
    kind: Literal["movie", "serie"]
    entries: tuple[Entry, ...]
    status: Status | None = None
    score: int | None = None
    listed_at: datetime | None = None
    waiting: frozenset[str] = frozenset()
    partly: bool = False


@dataclass(slots=True)
class Plan:
    """What is to be done here, there (`tell_…`, `unwatch`: slugs), and with what waits to be told (`obsolete`)."""

    add: list[tuple[Entry, datetime]] = field(default_factory=list)
    remove: list[tuple[Entry, Play]] = field(default_factory=list)
    status: Status | None = None
    #: What the show is, whatever the plays to add would come to by themselves: both sides say so, or one is told it.
    stands: Status | None = None
    score: int | None = None
    unlist: bool = False
    unscore: bool = False
    tell_plays: list[tuple[Entry, Play]] = field(default_factory=list)
    tell_status: bool = False
    tell_score: bool = False
    tell_removed: bool = False
    unwatch: list[str] = field(default_factory=list)
    obsolete: set[str] = field(default_factory=set)
    #: Of those to add, what was played there, not only marked: (entry, time).
    watched: set[tuple[int, datetime]] = field(default_factory=set)
    #: What both sides agree on from now on.
    bases: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def says(self) -> bool:
        return self.status is not None or self.score is not None or self.unlist or self.unscore

    @property
    def changes_us(self) -> bool:
        return bool(self.add or self.remove) or self.says


def key_of(ids: Mapping[str, str], providers: Sequence[str]) -> str | None:
    """What a title there is called in `bases`: its first id of the providers."""
    return next((f"{name}:{ids[name]}" for name in providers if name in ids), None)


def base_of(remote: Remote) -> dict[str, Any]:
    """What is remembered of a title: what it said."""
    said: dict[str, Any] = {}
    if remote.status is not None:
        said["status"] = remote.status
    if remote.score is not None:
        said["score"] = remote.score
    if remote.progress is not None:
        said["progress"] = remote.progress
    elif remote.plays:
        said["seen"] = sorted({(play.season or 0, play.number) for play in remote.plays if play.number is not None})
    return said


def plan(
    show: Show,
    remotes: Sequence[Remote],
    rule: Rule,
    *,
    tracker: Kind,
    bases: Bases,
    now: datetime,
    scores: bool = True,
    whole: bool = True,
    unwatch: bool = False,
) -> Plan:
    """`remotes` are the titles there that the show has in it. `whole`: they are all that is known there, so what is not
    in them is not there. `unwatch`: what is not seen here may be taken away there."""
    made = Plan()
    seen = False
    for remote in remotes:
        there = [(entry, dates) for entry in show.entries if (dates := _dates(entry, remote, tracker)) is not None]
        seen = seen or any(dates for _, dates in there)
        known = bases.get(key_of(remote.ids, tracker.providers) or "", {})
        _plays(made, there, remote, rule, tracker=tracker, known=known, whole=whole, now=now)
        if rule == "ours" and whole and unwatch:
            made.unwatch += [entry.slug for entry, dates in there if dates and not entry.plays]
        key = key_of(remote.ids, tracker.providers)
        if key is not None:
            made.bases[key] = {**bases.get(key, {}), **base_of(remote)}
    if rule == "theirs" and made.remove:
        made.obsolete.add("watched")
    _status(made, show, remotes, rule=rule, tracker=tracker, bases=bases, seen=seen, whole=whole)
    if scores:
        _score(made, show, remotes, rule=rule, tracker=tracker, bases=bases, whole=whole)
    comes_back = show.status is None and (made.score is not None or made.add)
    if comes_back:
        # To be taken off the list there, where services forget what was watched of it; and what it was before.
        made.obsolete |= {"status", "removed"}
    if comes_back and made.status is None and not (made.add and show.kind == "movie"):
        # As what it is there. The play of a film says that by itself.
        made.status = folded(show, {**bases, **made.bases}, tracker)
    return made


def say_words(made: Plan, show: Show, remote: Remote, rule: Rule, *, seen: bool) -> None:
    """What a place that is asked once says of status and score; `seen`: something of it was watched there."""
    made.bases[""] = base_of(remote)
    _status(made, show, [remote], rule=rule, tracker=Tracker, bases={}, seen=seen, whole=True)
    _score(made, show, [remote], rule=rule, tracker=Tracker, bases={}, whole=True)
    del made.bases[""]


# --- plays


def _dates(entry: Entry, remote: Remote, tracker: Kind) -> list[datetime | None] | None:
    """When an entry was watched there; None when the title does not have it in it."""
    ids = film(entry.facts)
    if ids is not None:
        if not any(remote.ids.get(name) == value for name, value in ids.items()):
            return None
        if remote.progress is not None:
            return [remote.completed_at] if remote.progress > 0 else []
        return [play.at for play in remote.plays if play.number is None]
    if remote.progress is not None:
        number = _number(entry, remote, tracker)
        return None if number is None else [None] if number <= remote.progress else []
    for provider in tracker.providers:
        place = episode(entry.facts, [provider])
        if place is not None and remote.ids.get(provider) == place.ids[provider]:
            seasons = (place.season,) if place.season is not None else (None, 1)
            return [play.at for play in remote.plays if play.number == place.number and play.season in seasons]
    return None


def _number(entry: Entry, remote: Remote, tracker: Kind) -> int | None:
    for provider in tracker.providers:
        place = anime(entry.facts, provider)
        if place is not None and remote.ids.get(provider) == place.ids[provider]:
            return place.number
    return None


def _was_seen(entry: Entry, remote: Remote, tracker: Kind, known: Mapping[str, Any]) -> bool:
    """Whether it was watched there already when both agreed last: what has no play here now, was unmarked here."""
    if remote.progress is not None:
        number = 1 if film(entry.facts) is not None else _number(entry, remote, tracker)
        return number is not None and number <= (known.get("progress") or 0)
    place = episode(entry.facts, tracker.providers)
    return place is not None and [place.season or 0, place.number] in [list(one) for one in known.get("seen") or ()]


def _plays(
    made: Plan,
    there: Sequence[tuple[Entry, list[datetime | None]]],
    remote: Remote,
    rule: Rule,
    *,
    tracker: Kind,
    known: Mapping[str, Any],
    whole: bool,
    now: datetime,
) -> None:
    for entry, dates in there:
        ours = list(entry.plays)
        lacking: list[datetime | None] = []
        # A row that came twice says nothing twice.
        for at in dict.fromkeys(dates):
            same = next((play for play in ours if at is not None and abs(play.at - at) < SAME_PLAY), None)
            if at is None or not tracker.dated:
                # It only says that it was watched.
                if not entry.plays:
                    lacking.append(at)
                ours.clear()
            elif same is not None:
                ours.remove(same)
            else:
                lacking.append(at)
        if lacking and not whole and not entry.plays and _was_seen(entry, remote, tracker, known):
            lacking.clear()
        if rule != "ours":
            told = [when for other, when in made.add if other.pk == entry.pk]
            when_unsaid = min(remote.completed_at or remote.updated_at or now, now)
            made.add += [
                (entry, at or when_unsaid)
                for at in lacking
                if not told or (at is not None and all(abs(when - at) >= SAME_PLAY for when in told))
            ]
        if not tracker.each and dates:
            # It holds the last play alone.
            last = max((at for at in dates if at is not None), default=None)
            newer = [play for play in ours if last is not None and play.at - last >= SAME_PLAY]
            ours = [max(newer, key=lambda play: play.at)] if newer and rule != "theirs" else []
        if not whole:
            continue
        if rule == "theirs":
            made.remove += [(entry, play) for play in ours]
        elif not entry.untold:
            made.tell_plays += [(entry, play) for play in ours]


# --- what is said


def folded(show: Show, bases: Bases, tracker: Kind) -> Status | None:
    """The status of a show of which a service may have several titles: that of the one that somebody has come to."""
    known = {key: base.get("status") for key, base in bases.items()}
    if len(known) < 2 and not any(key.partition(":")[0] in ANIME for key in known):
        return next(iter(known.values()), None)
    order = [key for key in _titles(show, tracker) if key.partition(":")[0] in {k.partition(":")[0] for k in known}]
    found = [known.get(key) for key in dict.fromkeys([*order, *known])]
    begun = [position for position, status in enumerate(found) if status not in (None, "planned")]
    if not begun:
        return "planned" if "planned" in found else None
    for status in ("rewatching", "watching"):
        if status in found:
            return status
    last = found[begun[-1]]
    return "watching" if last == "completed" and begun[-1] < len(found) - 1 else last


def _titles(show: Show, tracker: Kind) -> list[str]:
    """The keys of all titles that a show has at services that have one for each part, in the watch order."""
    found: list[str] = []
    for provider in tracker.providers:
        if provider not in ANIME:
            continue
        places = [place for entry in show.entries if (place := anime(entry.facts, provider)) is not None]
        found += [f"{provider}:{place.ids[provider]}" for place in places]
        ids = show.entries[0].facts["show"]["ids"] if show.entries else {}
        found += [f"{provider}:{identifier}" for identifier in several(ids, provider)]
    return list(dict.fromkeys(found))


def _status(
    made: Plan,
    show: Show,
    remotes: Sequence[Remote],
    *,
    rule: Rule,
    tracker: Kind,
    bases: Bases,
    seen: bool,
    whole: bool,
) -> None:
    first = not any(key in bases for key in made.bases)
    ours, was, theirs = show.status, folded(show, bases, tracker), folded(show, {**bases, **made.bases}, tracker)
    told, sayable = bool({"status", "removed"} & show.waiting), held(show, ours, tracker, seen=seen)
    if theirs is None:
        # Of what it cannot hold there is nothing to tell, and nothing there to take back. What both agreed on is gone
        # there, which `without` is for; what was told may have been undone by a play that was told later.
        agreed = held(show, was, tracker, seen=seen) == sayable
        made.tell_status = (
            sayable is not None and rule != "theirs" and not told and whole and (not agreed or rule == "ours")
        )
        if show.kind == "movie" and ours not in (None, "planned") and _is_older(made, show):
            made.stands = ours
        return
    if theirs == "planned" and seen:
        # Listed to be seen again, which says nothing new of what was watched.
        return
    made.stands = ours
    added = {entry.pk for entry, _ in made.add}
    partly = show.partly and any(not entry.plays and entry.pk not in added for entry in show.entries)
    # As what it is told there (outbox.py), too.
    alike = {sayable, held(show, "watching", tracker, seen=seen)} if partly else {sayable}
    if held(show, theirs, tracker, seen=seen) in alike:
        return
    changed = first or was != theirs
    own = told or held(show, was, tracker, seen=seen) not in alike if not first else told or ours is not None
    if rule == "theirs" or (rule == "merge" and changed and (not own or _is_newer(show, remotes))):
        made.obsolete |= {"status", "removed"}
        made.stands = theirs
        # A film that was seen is completed: its play says so.
        if not (theirs == "completed" and made.add and show.kind == "movie"):
            made.status = theirs
    elif (changed or rule == "ours" or (whole and own)) and not told:
        made.tell_status = ours is not None
        made.tell_removed = ours is None and rule == "ours"


def held(show: Show, status: Status | None, tracker: Kind, *, seen: bool = False) -> Status | None:
    """As what a status is read there again; `seen`: also of what was watched only there."""
    return tracker.held(show.kind, status, seen=seen or any(entry.plays for entry in show.entries))


def _score(
    made: Plan, show: Show, remotes: Sequence[Remote], *, rule: Rule, tracker: Kind, bases: Bases, whole: bool
) -> None:
    def base(remote: Remote) -> Mapping[str, Any] | None:
        return bases.get(key_of(remote.ids, tracker.providers) or "")

    told = "score" in show.waiting
    scored = [remote for remote in remotes if remote.score is not None]
    first = not any(base(remote) for remote in remotes)
    if not scored:
        # What both agreed on is gone there, which `without` is for.
        agreed = any(steps((base(remote) or {}).get("score")) == steps(show.score) for remote in remotes)
        made.tell_score = (
            show.score is not None and rule != "theirs" and not told and whole and (not agreed or rule == "ours")
        )
        return
    changed = [remote for remote in scored if steps((base(remote) or {}).get("score")) != steps(remote.score)]
    latest = max(changed or scored, key=lambda remote: remote.updated_at or datetime.min.replace(tzinfo=UTC))
    if steps(show.score) == steps(latest.score):
        return
    before = None if first else steps((base(latest) or {}).get("score"))
    own = told or (show.score is not None if first else steps(show.score) != before)
    if rule == "theirs" or (rule == "merge" and changed and (not own or _is_newer(show, [latest]))):
        made.score = latest.score
        made.obsolete.add("score")
    elif (changed or rule == "ours" or (whole and own)) and not told:
        made.tell_score = show.score is not None or not first


def steps(score: int | None) -> int | None:
    """Of ten, which is all that most services can hold."""
    return None if score is None else min(10, max(1, (score + 5) // 10))


def _is_newer(show: Show, remotes: Sequence[Remote]) -> bool:
    """Whether what changed there is newer than what changed here. What says no time is no newer."""
    theirs = max((remote.updated_at for remote in remotes if remote.updated_at is not None), default=None)
    if show.listed_at is None:
        return "removed" not in show.waiting
    return theirs is not None and theirs > show.listed_at.astimezone(UTC)


def _is_older(made: Plan, show: Show) -> bool:
    """Whether all plays to add are of before what changed here last."""
    return show.listed_at is not None and all(at < show.listed_at.astimezone(UTC) for _, at in made.add)


# --- what is no longer there


def without(show: Show, gone: Bases, rule: Rule, *, tracker: Kind, bases: Bases, scores: bool = True) -> Plan:
    """What becomes of a show of which titles lost what `gone` says of them: their status, their score. Plays stay, as
    their dates are nowhere else."""
    made = Plan()
    left = {
        key: {name: value for name, value in base.items() if name not in gone.get(key, {})}
        for key, base in bases.items()
    }
    made.bases = {key: left[key] for key in gone if key in left}
    was, now = folded(show, bases, tracker), folded(show, left, tracker)
    ours, before, after = (held(show, status, tracker) for status in (show.status, was, now))
    if after not in (before, ours):
        told = bool({"status", "removed"} & show.waiting)
        if rule == "ours":
            made.tell_status = show.status is not None and not told
        elif rule == "theirs" or (ours == before and not told):
            made.obsolete.add("status")
            has_been_seen = any(entry.plays for entry in show.entries)
            if now is not None:
                made.status = now
            elif has_been_seen and held(show, "watching", tracker) is None:
                # It has a list of what is planned, and none of what is watched.
                made.status = "completed" if show.kind == "movie" else "watching"
            else:
                made.unlist = True
    lost = {steps(base.get("score")) for base in gone.values() if base.get("score") is not None}
    if scores and lost and show.score is not None and not any(base.get("score") for base in left.values()):
        if rule == "ours":
            made.tell_score = "score" not in show.waiting
        elif rule == "theirs" or (steps(show.score) in lost and "score" not in show.waiting):
            made.unscore = not made.unlist
            made.obsolete.add("score")
    return made
