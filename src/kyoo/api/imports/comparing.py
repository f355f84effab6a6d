"""What becomes of a show that an import knows, too: which of its entries were watched there, and what that adds,
changes or takes away here under a rule. No SQL."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kyoo.api.imports.titles import Played, Title, same_play
from kyoo.api.trackers.base import Remote
from kyoo.api.trackers.coordinates import episode, film, title_ids
from kyoo.api.trackers.merging import Entry, Plan, Rule, Show, say_words

#: By these the episodes of a title are counted, the first that both sides know.
PROVIDERS = ("themoviedatabase", "tvdb", "imdb")


@dataclass(slots=True)
class Change:
    """What is to be done: `plan` for what the machinery of trackers does, too; `begun`: plays that were left off."""

    show: Show
    title: Title
    plan: Plan
    begun: list[tuple[Entry, Played]] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return self.plan.changes_us or bool(self.begun)


@dataclass(frozen=True, slots=True)
class Match:
    """A show that a title is. `exact`: by ids, so that numbers count by those ids only; `files`: its entries, by the
    ends of the paths of their files."""

    title: Title
    exact: bool
    files: Mapping[str, int] = field(default_factory=dict)


def compare(show: Show, match: Match, rule: Rule, last: Mapping[int, datetime], now: datetime) -> Change:
    """`last`: when each entry was played last here, to its end or not."""
    title = match.title
    change = Change(show, title, Plan())
    known = show.status is not None or show.score is not None or any(entry.plays for entry in show.entries)
    if rule == "ours" and known:
        return change
    placed = _placed(show, match)
    for entry, plays in placed:
        _finished(change, entry, [play for play in plays if play.finished], rule, now)
        _begun(change, entry, plays, last)
    if rule == "theirs" and title.plays:
        watched = {entry.pk for entry, _ in placed}
        others = (entry for entry in show.entries if entry.pk not in watched and _counted(entry, title))
        change.plan.remove += [(entry, play) for entry in others for play in entry.plays]
    if title.kind == show.kind:
        # A film that is an entry of a serie says nothing of the serie.
        said = Remote(title.kind, title.ids, status=title.status, score=title.score, updated_at=title.updated_at)
        say_words(change.plan, show, said, rule, seen=any(play.finished for play in title.plays))
    return change


def _counted(entry: Entry, title: Title) -> bool:
    return title.kind == "serie" or film(entry.facts) is not None or entry.facts["show"]["kind"] == "movie"


def _finished(change: Change, entry: Entry, plays: Sequence[Played], rule: Rule, now: datetime) -> None:
    ours = list(entry.plays)
    added: list[datetime] = []
    for play in sorted(plays, key=lambda play: play.at or now):
        at = play.at
        if at is None:
            # It only says that it was watched.
            if entry.plays or added:
                ours.clear()
                continue
            at = change.title.completed_at or change.title.updated_at or now
        elif any(same_play(at, other, day=play.day) for other in added):
            continue
        elif same := [one for one in ours if same_play(at, one.at, day=play.day)]:
            ours.remove(same[0])
            continue
        elif any(same_play(at, one.at, day=play.day) for one in entry.plays):
            continue
        added.append(at)
        change.plan.add.append((entry, at))
        if not play.seen:
            change.plan.watched.add((entry.pk, at))
    if rule == "theirs" and plays:
        change.plan.remove += [(entry, play) for play in ours]


def _begun(change: Change, entry: Entry, plays: Sequence[Played], last: Mapping[int, datetime]) -> None:
    """Where somebody left off there, unless they went on since: there or here."""
    dated = [play for play in plays if play.at is not None]
    newest = max(dated, key=lambda play: play.at or datetime.min.replace(tzinfo=UTC), default=None)
    if newest is None or newest.finished or newest.at is None or newest.percent <= 0:
        return
    here = last.get(entry.pk)
    if here is None or (here < newest.at and not same_play(here, newest.at, day=newest.day)):
        change.begun.append((entry, newest))


def _placed(show: Show, match: Match) -> list[tuple[Entry, list[Played]]]:
    """The entries that were watched there, with their plays."""
    title, found = match.title, dict[int, list[Played]]()
    entries = {entry.pk: entry for entry in show.entries}
    slugs = {entry.slug: entry.pk for entry in show.entries}
    numbers = _numbers(show, match) if title.kind == "serie" else {}
    films = _films(show, title) if title.kind == "movie" else []
    for play in title.plays:
        pk: int | None
        by_file = match.files.get(end_of(play.path)) if play.path else None
        if by_file in entries:
            pk = by_file
        elif title.kind == "movie":
            for one in films:
                found.setdefault(one, []).append(play)
            continue
        elif play.number is not None and (play.season, play.number) in numbers:
            pk = numbers[play.season, play.number]
        else:
            pk = slugs.get(play.slug or "") if not match.exact or play.season in (None, 0) else None
        if pk is not None:
            found.setdefault(pk, []).append(play)
    return [(entries[pk], plays) for pk, plays in found.items()]


def _films(show: Show, title: Title) -> list[int]:
    if show.kind == "movie":
        return [entry.pk for entry in show.entries]
    return [
        entry.pk
        for entry in show.entries
        if entry.facts["entry"]["kind"] == "movie"
        and any(title.ids.get(name) == value for name, value in (film(entry.facts) or {}).items())
    ]


def _numbers(show: Show, match: Match) -> dict[tuple[int | None, int], int]:
    """Entries by their season and number, as a provider counts that both sides know the title by; by our own numbers
    where none says otherwise."""
    ids = match.title.ids
    counted: dict[tuple[int | None, int], int] = {}
    for provider in PROVIDERS:
        if provider not in ids:
            continue
        for entry in show.entries:
            place = episode(entry.facts, [provider])
            if place is not None and place.ids[provider] == ids[provider]:
                counted.setdefault((place.season, place.number), entry.pk)
        if counted:
            return counted
    if match.exact and title_ids(show.entries[0].facts["show"]["ids"] if show.entries else {}).keys() & ids.keys():
        return {}
    for entry in show.entries:
        facts = entry.facts["entry"]
        if facts["kind"] == "episode" and facts["number"] is not None:
            counted.setdefault((facts["season"], facts["number"]), entry.pk)
    return counted


def end_of(path: str) -> str:
    """The folder and name of a file, which stay the same on another server."""
    parts = path.replace("\\", "/").split("/")
    return "/".join(parts[-2:])


def plain(name: str) -> str:
    """A name without what differs between spellings: marks, case, punctuation, a leading article."""
    text = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    words = "".join(c if c.isalnum() else " " for c in text if not unicodedata.combining(c)).split()
    if len(words) > 1 and words[0] in ("the", "a", "an"):
        words = words[1:]
    return "".join(words)
