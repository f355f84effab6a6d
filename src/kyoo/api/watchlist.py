"""The rules of the watch list: what a play, or a word of its owner, changes of a show's place in it.

Source: docs/protocol/api.md#watch-state. No SQL, no HTTP. A movie's `seen_count` is its percent, and its only entry is
its next one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from kyoo.api.models.base import WatchStatus

#: From this percent on a play has finished its entry; for the database `api.is_finished` says so.
FINISHED = 95
#: The statuses of a serie of which something new is expected.
NOT_ENDED = ("airing", "planned")


@dataclass(frozen=True, slots=True)
class Show:
    """`first` is its first story entry, `total` the number of its entries that are no extras."""

    pk: int
    kind: Literal["movie", "serie"]
    status: str
    first: int | None
    total: int

    @property
    def has_ended(self) -> bool:
        """Whether nothing new is expected: who has seen the last entry has seen it all."""
        return self.kind == "movie" or self.status not in NOT_ENDED


@dataclass(frozen=True, slots=True)
class Listed:
    """A show's place in a profile's watch list; the fields are the columns of `api.watchlist`."""

    show_pk: int
    status: WatchStatus
    score: int | None = None
    seen_count: int = 0
    next_entry_pk: int | None = None
    started_at: datetime | None = None
    last_played_at: datetime | None = None
    completed_at: datetime | None = None
    seen_since: datetime | None = None
    set_aside_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlayedEntry:
    """A play of an entry, the story entry that follows it, and how many entries of the show have been seen by now."""

    entry_pk: int
    percent: int
    at: datetime
    next_pk: int | None
    seen: int

    @property
    def finished(self) -> bool:
        return self.percent >= FINISHED


def after_play(listing: Listed | None, show: Show, play: PlayedEntry) -> Listed:
    """The place of a show after a play of it. Plays must be given in the order they were played."""
    known = listing or Listed(show.pk, "watching")
    seen_count = play.percent if show.kind == "movie" else play.seen
    if known.last_played_at is not None and play.at < known.last_played_at:
        # Told late (an import): what was played since decides what is next.
        earliest = min(known.started_at or play.at, play.at)
        return replace(known, started_at=earliest, seen_count=known.seen_count if show.kind == "movie" else seen_count)
    completes = play.finished and play.next_pk is None and show.has_ended
    status: WatchStatus = "completed" if completes else "watching"
    if known.status in ("completed", "rewatching") and not completes:
        status = known.status
    return replace(
        known,
        status=status,
        seen_count=seen_count,
        next_entry_pk=None if status == "completed" else play.next_pk if play.finished else play.entry_pk,
        started_at=known.started_at or play.at,
        last_played_at=play.at,
        set_aside_at=None,
        completed_at=known.completed_at or (play.at if completes else None),
    )


@dataclass(frozen=True, slots=True)
class Word:
    """What the owner of a list says of a show; None = not said. `score` counts only when `scores` is set, since a
    score can be taken back."""

    status: WatchStatus
    scores: bool = False
    score: int | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None


def after_word(
    listing: Listed | None, show: Show, word: Word, *, now: datetime, resume: int | None, seen: int
) -> Listed:
    """The place of a show after its owner spoke. `resume` is the story entry after the furthest one seen, `seen` the
    number of entries seen; they decide where a serie goes on that was watched before it was listed."""
    entered = listing is None or listing.status != word.status
    known = listing or Listed(
        show.pk,
        word.status,
        seen_count=seen if show.kind == "serie" else 0,
        started_at=None if word.status == "planned" else now,
        last_played_at=word.completed_at if show.kind == "movie" else word.started_at,
    )
    completed_at = word.completed_at or known.completed_at
    if word.status == "completed" and word.completed_at is None and (entered or completed_at is None):
        completed_at = now
    changed = replace(
        known,
        status=word.status,
        score=word.score if word.scores else known.score,
        started_at=word.started_at or known.started_at,
        completed_at=completed_at,
        set_aside_at=None,
    )
    if word.status == "completed" and entered:
        return replace(changed, seen_count=100 if show.kind == "movie" else show.total, next_entry_pk=None)
    if word.status == "rewatching" and entered:
        return replace(changed, seen_count=0, next_entry_pk=show.first, seen_since=now)
    if word.status in ("watching", "rewatching") and changed.next_entry_pk is None:
        starts = show.kind == "movie" or seen == 0 or (resume is None and show.has_ended)
        return replace(changed, next_entry_pk=show.first if starts else resume)
    return changed


def after_score(listing: Listed | None, show: Show, score: int | None, *, now: datetime, seen: int) -> Listed:
    """The place of a show after its owner scored it, which changes nothing else; who scores what is not in the list
    says to have seen it."""
    if listing is not None:
        return replace(listing, score=score)
    return after_word(None, show, Word("completed", scores=True, score=score), now=now, resume=None, seen=seen)


def after_marks(listing: Listed, show: Show, *, now: datetime, resume: int | None) -> Listed:
    """The place of a serie after entries were marked as seen, in any order: it goes on after the furthest one."""
    if resume is None and show.has_ended:
        return replace(listing, status="completed", next_entry_pk=None, completed_at=listing.completed_at or now)
    return listing if listing.status == "completed" else replace(listing, next_entry_pk=resume)


def after_unmarks(listing: Listed, *, first: int | None, seen: int) -> Listed:
    """The place of a serie after entries were marked as not seen, `first` being the earliest of the story: it goes on
    there; a serie of which nothing is seen any more is planned."""
    if not seen:
        return Listed(listing.show_pk, "planned", score=listing.score)
    status: WatchStatus = "watching" if listing.status == "completed" else listing.status
    return replace(listing, status=status, seen_count=seen, next_entry_pk=first or listing.next_entry_pk)


def after_leaving(listing: Listed, *, resume: int | None, seen: int) -> Listed:
    """The place of a serie some plays of which turned out to be of another show: it goes on after what is left."""
    return replace(listing, seen_count=seen, next_entry_pk=resume)


@dataclass(frozen=True, slots=True)
class Rearranged:
    """What the owner of a list finds of a show whose entries came, moved or went, or that has `ended`. `seen` and
    `resume` as for `after_word`. `overtaken`: what is next, or a story entry between that and what was seen, is new in
    its place, and what is next is not being watched. `reopens`: the first story entry that came after they had
    completed the show."""

    seen: int
    resume: int | None
    overtaken: bool
    reopens: int | None
    ended: bool


def after_entries(listing: Listed, show: Show, now_there: Rearranged, *, now: datetime) -> Listed:
    """The place of a show after its entries came, moved or went: entries that come between what was seen and what was
    next, or are moved there, are next; what is no story any more is not. New episodes give who caught up a next entry
    again, and re-open what was completed before they came. Who has seen all of a serie has completed it once nothing
    new is expected."""
    is_watching = listing.status in ("watching", "rewatching")
    if show.kind == "serie":
        counted = min(listing.seen_count, show.total) if listing.status == "completed" else now_there.seen
        listing = replace(listing, seen_count=counted)
    if listing.status == "completed":
        status: WatchStatus = "completed" if now_there.reopens is None else "watching"
        return replace(listing, status=status, next_entry_pk=now_there.reopens)
    if is_watching and now_there.ended and now_there.seen and now_there.resume is None:
        completed_at = listing.completed_at or listing.last_played_at or now
        return replace(listing, status="completed", next_entry_pk=None, completed_at=completed_at)
    if is_watching and (listing.next_entry_pk is None or now_there.overtaken):
        return replace(listing, next_entry_pk=now_there.resume)
    return listing
