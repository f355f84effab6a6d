"""The trackers that the conformance suite looks at: each double as its user sees it, in the words of all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any, ClassVar

from kyoo.api.trackers.base import Status
from tests.fakes.trackers.anilist import FakeAniList
from tests.fakes.trackers.mal import FakeMal
from tests.fakes.trackers.mdblist import KEY, FakeMdbList
from tests.fakes.trackers.service import Fault, iso
from tests.fakes.trackers.simkl import FakeSimkl
from tests.fakes.trackers.trakt import FakeTrakt
from tests.trackers.world import ABYSS, ANILIST, FILM, IMDB, MAL, TMDB, TVDB, WIRE, Place, Title

Statuses = dict[tuple[Title, Status], Status | None]


class Account(ABC):
    """What the service's user sees, and does there by themselves."""

    name: ClassVar[str]
    fake: Any
    #: The serie of the world that the service can know, both for words and for episodes.
    serie: ClassVar[Title] = WIRE
    #: Whether it keeps the date of a play, and every play by itself.
    dated: ClassVar[bool] = True
    each: ClassVar[bool] = True
    #: How often something can be there that was watched again: more than once, if it counts.
    counts: ClassVar[bool] = True
    #: What a status is there, where it is not the same: None is none.
    other: ClassVar[Statuses] = {}
    #: The beginning of the paths that writes go to, and what is in all their bodies.
    write: ClassVar[tuple[str, str]] = ("/", '"')
    #: Answers with which the service says that its application, its account or an order is no longer good, for good.
    refusals: ClassVar[tuple[tuple[int, Any], ...]] = ((404, None), (422, None))

    @abstractmethod
    def __init__(self, fake: Any) -> None: ...

    @abstractmethod
    def learn(self) -> None:
        """Let the service know the world."""

    @abstractmethod
    def many(self, count: int, at: datetime) -> None:
        """So many films, which the user has watched: those with the ids from 1 on, at each provider."""

    @abstractmethod
    def times(self, title: Title, place: Place) -> int:
        """How often something was watched."""

    def dates(self, title: Title, place: Place) -> list[str]:
        """When; only asked of one that is `dated`."""
        raise AssertionError(f"{self.name} has no dates of plays")

    @abstractmethod
    def status(self, title: Title) -> Status | None: ...

    @abstractmethod
    def score(self, title: Title) -> int | None:
        """Of ten."""

    @abstractmethod
    def watch(self, title: Title, place: Place, at: datetime) -> None: ...

    @abstractmethod
    def say(self, title: Title, status: Status | None) -> None:
        """None: off the list."""

    @abstractmethod
    def rate(self, title: Title, score: int | None) -> None: ...

    def expire(self) -> None:
        """What it was linked with is over."""
        self.fake.end_tokens()

    def agree(self) -> None:
        """Before it is linked anew: what was given out before is over."""
        self.fake.codes.clear()

    def fault(self, status: int = 503, body: Any = None, **more: Any) -> Fault:
        """Of the next write."""
        path, part = self.write
        return Fault(path, status, body, containing=part, **more)


class OfTrakt(Account):
    name = "trakt"
    other: ClassVar[Statuses] = {
        **{(FILM, status): None for status in ("dropped", "watching", "completed", "rewatching")},
        **{(WIRE, status): None for status in ("watching", "completed", "rewatching")},
    }
    keys: ClassVar[dict[Title, tuple[str, int]]] = {FILM: ("movie", 1), WIRE: ("show", 2)}

    def __init__(self, fake: FakeTrakt) -> None:
        self.fake = fake

    def learn(self) -> None:
        self.fake.add("movie", 1, "Bubble", tmdb=TMDB[FILM], imdb=IMDB)
        self.fake.add("show", 2, "The Wire", tmdb=TMDB[WIRE], tvdb=TVDB)

    def many(self, count: int, at: datetime) -> None:
        for number in range(1, count + 1):
            self.fake.add("movie", number, f"Film {number}", tmdb=number)
            self.fake.play("movie", number, at)

    def dates(self, title: Title, place: Place) -> list[str]:
        kind, key = self.keys[title]
        return [
            play["watched_at"]
            for play in self.fake.plays
            if play.get(kind, {}).get("ids", {}).get("trakt") == key
            and (place is None or (play["episode"]["season"], play["episode"]["number"]) == place)
        ]

    def times(self, title: Title, place: Place) -> int:
        return len(self.dates(title, place))

    def status(self, title: Title) -> Status | None:
        kind, key = self.keys[title]
        if kind == "show" and key in self.fake.dropped:
            return "dropped"
        return "planned" if (kind, key) in self.fake.watchlist else None

    def score(self, title: Title) -> int | None:
        return self.fake.ratings.get(self.keys[title], (None, ""))[0]

    def watch(self, title: Title, place: Place, at: datetime) -> None:
        self.fake.play(*self.keys[title], at, *(place or ()))

    def say(self, title: Title, status: Status | None) -> None:
        self.fake.word(*self.keys[title], status)

    def rate(self, title: Title, score: int | None) -> None:
        self.fake.score(*self.keys[title], score)


class OfSimkl(Account):
    name = "simkl"
    #: What it shows of several plays is the last.
    each = False
    other: ClassVar[Statuses] = {
        (FILM, "watching"): "planned",
        (FILM, "rewatching"): "completed",
        (WIRE, "rewatching"): "watching",
    }
    keys: ClassVar[dict[Title, int]] = {FILM: 11, WIRE: 12}
    words: ClassVar[dict[Status, str]] = {"planned": "plantowatch"}

    def __init__(self, fake: FakeSimkl) -> None:
        self.fake = fake

    def learn(self) -> None:
        self.fake.add("movies", 11, "Bubble", tmdb=TMDB[FILM], imdb=IMDB)
        self.fake.add("shows", 12, "The Wire", seasons={1: 2, 2: 2}, tmdb=TMDB[WIRE], tvdb=TVDB)

    def many(self, count: int, at: datetime) -> None:
        for number in range(1, count + 1):
            self.fake.add("movies", number, f"Film {number}", tmdb=number)
            self.fake.watch(number, at, status="completed")

    def _entry(self, title: Title) -> dict[str, Any]:
        return self.fake.entries.get(self.keys[title], {"status": None, "rating": None, "plays": {}})

    def dates(self, title: Title, place: Place) -> list[str]:
        found: list[str] = self._entry(title)["plays"].get(place or (None, None), [])
        return found

    def times(self, title: Title, place: Place) -> int:
        return len(self.dates(title, place))

    def status(self, title: Title) -> Status | None:
        word = self._entry(title)["status"]
        return "planned" if word == "plantowatch" else word

    def score(self, title: Title) -> int | None:
        found: int | None = self._entry(title)["rating"]
        return found

    def watch(self, title: Title, place: Place, at: datetime) -> None:
        self.fake.watch(self.keys[title], at, *(place or ()), status="completed" if place is None else "watching")

    def say(self, title: Title, status: Status | None) -> None:
        self.fake.word(self.keys[title], self.words.get(status, status) if status else None)

    def rate(self, title: Title, score: int | None) -> None:
        self.fake.score(self.keys[title], score)


class OfCounting(Account):
    """Of a service that has a title for each season, and counts its episodes."""

    serie = ABYSS
    dated = each = False

    def titles(self, title: Title) -> list[int]:
        return [self.keys[FILM]] if title == FILM else [self.keys[1], self.keys[2]]

    keys: ClassVar[dict[Any, int]]

    @abstractmethod
    def entry(self, number: int) -> tuple[Status | None, int, int, int | None]:
        """Status, progress, repeats, score."""

    @abstractmethod
    def change(self, number: int, **more: Any) -> None:
        """`status`, `progress`, `score`."""

    def times(self, title: Title, place: Place) -> int:
        _, progress, repeats, _ = self.entry(self.keys[FILM] if place is None else self.keys[place[0]])
        return (1 + repeats) if progress >= (place or (0, 1))[1] else 0

    def status(self, title: Title) -> Status | None:
        """Of all its titles: that of the one that somebody has come to."""
        found = [self.entry(number)[0] for number in self.titles(title)]
        begun = [one for one in found if one not in (None, "planned")]
        if not begun:
            return next((one for one in found if one), None)
        return "watching" if begun[-1] == "completed" and len(begun) < len(found) else begun[-1]

    def score(self, title: Title) -> int | None:
        return next((score for number in self.titles(title) if (score := self.entry(number)[3])), None)

    def watch(self, title: Title, place: Place, at: datetime) -> None:
        del at
        number, count = (self.keys[FILM], 1) if place is None else (self.keys[place[0]], place[1])
        whole = place is None or count == 2
        progress = max(count, self.entry(number)[1])
        self.change(number, progress=progress, status="completed" if whole else "watching")

    def say(self, title: Title, status: Status | None) -> None:
        """Of the title that somebody is in."""
        if status is None:
            for number in self.titles(title):
                self.fake.remove(number)
            return
        present = next((n for n in self.titles(title) if self.entry(n)[0] != "completed"), self.titles(title)[-1])
        self.change(present, status=status)

    def rate(self, title: Title, score: int | None) -> None:
        for number in self.titles(title):
            if self.entry(number)[0] is not None:
                self.change(number, score=score)


class OfMal(OfCounting):
    name = "mal"
    keys = MAL
    write = ("/v2/anime/", "=")
    refusals = ((400, {"error": "bad_request", "message": "no"}),)
    words: ClassVar[dict[Status, str]] = {"planned": "plan_to_watch"}

    def __init__(self, fake: FakeMal) -> None:
        self.fake: FakeMal = fake

    def learn(self) -> None:
        self.fake.add(MAL[FILM], "Bubble", 1, media_type="movie")
        self.fake.add(MAL[1], "Abyss", 2)
        self.fake.add(MAL[2], "Abyss 2", 2)

    def many(self, count: int, at: datetime) -> None:
        for number in range(1, count + 1):
            self.fake.add(number, f"Film {number}", 1, media_type="movie")
            self.fake.entry(number, status="completed", num_episodes_watched=1, finish_date=iso(at)[:10])

    def entry(self, number: int) -> tuple[Status | None, int, int, int | None]:
        known = self.fake.list.get(number)
        if known is None:
            return None, 0, 0, None
        word = "rewatching" if known["is_rewatching"] else known["status"]
        status: Status = {"plan_to_watch": "planned", "on_hold": "watching"}.get(word, word)  # type: ignore[assignment]
        return status, known["num_episodes_watched"], known["num_times_rewatched"], known["score"] or None

    def change(self, number: int, **more: Any) -> None:
        names = {"progress": "num_episodes_watched"}
        changed = {names.get(name, name): value for name, value in more.items()}
        if "score" in changed:
            changed["score"] = changed["score"] or 0
        if "status" in changed:
            changed["status"] = self.words.get(changed["status"], changed["status"])
            changed["is_rewatching"] = False
        self.fake.entry(number, **changed)


class OfAniList(OfCounting):
    name = "anilist"
    keys = ANILIST
    write = ("/", "SaveMediaListEntry")
    refusals = ((400, {"errors": [{"message": "validation", "status": 400}], "data": None}),)
    words: ClassVar[dict[Status, str]] = {"planned": "PLANNING", "watching": "CURRENT", "rewatching": "REPEATING"}

    def __init__(self, fake: FakeAniList) -> None:
        self.fake: FakeAniList = fake

    def learn(self) -> None:
        self.fake.add(ANILIST[FILM], "Bubble", 1, format_="MOVIE")
        self.fake.add(ANILIST[1], "Abyss", 2)
        self.fake.add(ANILIST[2], "Abyss 2", 2)

    def many(self, count: int, at: datetime) -> None:
        day = {"year": at.year, "month": at.month, "day": at.day}
        for number in range(1, count + 1):
            self.fake.add(number, f"Film {number}", 1, format_="MOVIE")
            self.fake.entry(number, status="COMPLETED", progress=1, completedAt=day)

    def entry(self, number: int) -> tuple[Status | None, int, int, int | None]:
        known = self.fake.list.get(number)
        if known is None:
            return None, 0, 0, None
        back = {word: status for status, word in self.words.items()}
        status = back.get(known["status"], known["status"].lower())
        score = known["score"]
        return status, known["progress"], known["repeat"], (score + 5) // 10 if score else None

    def change(self, number: int, **more: Any) -> None:
        if "status" in more:
            more["status"] = self.words.get(more["status"], more["status"].upper())
        if "score" in more:
            more["score"] = 10 * (more["score"] or 0)
        self.fake.entry(number, **more)


class OfMdbList(Account):
    name = "mdblist"
    each = counts = False
    other: ClassVar[Statuses] = OfTrakt.other
    write = ("/", '"')

    def __init__(self, fake: FakeMdbList) -> None:
        self.fake: FakeMdbList = fake

    def expire(self) -> None:
        self.fake.keys.clear()

    def agree(self) -> None:
        self.fake.keys.add(KEY)

    def learn(self) -> None:
        self.fake.add("movie", TMDB[FILM], "Bubble", imdb=IMDB)
        self.fake.add("show", TMDB[WIRE], "The Wire", seasons={1: 2, 2: 2}, tvdb=TVDB)

    def many(self, count: int, at: datetime) -> None:
        for number in range(1, count + 1):
            self.fake.add("movie", number, f"Film {number}")
            self.fake.watch(number, at)

    def dates(self, title: Title, place: Place) -> list[str]:
        at = self.fake.seen.get(TMDB[title], {}).get(place or (None, None))
        return [at] if at else []

    def times(self, title: Title, place: Place) -> int:
        return len(self.dates(title, place))

    def status(self, title: Title) -> Status | None:
        if TMDB[title] in self.fake.dropped:
            return "dropped"
        return "planned" if TMDB[title] in self.fake.watchlist else None

    def score(self, title: Title) -> int | None:
        return self.fake.ratings.get(TMDB[title], (None, ""))[0]

    def watch(self, title: Title, place: Place, at: datetime) -> None:
        known = self.fake.seen.get(TMDB[title], {}).get(place or (None, None), "")
        if iso(at) > known:
            self.fake.watch(TMDB[title], at, *(place or ()))

    def say(self, title: Title, status: Status | None) -> None:
        self.fake.word("movie" if title == FILM else "show", TMDB[title], status)

    def rate(self, title: Title, score: int | None) -> None:
        self.fake.score(TMDB[title], score)


SUBJECTS: tuple[type[Account], ...] = (OfTrakt, OfSimkl, OfMal, OfAniList, OfMdbList)
