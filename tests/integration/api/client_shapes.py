"""What existing clients insist on in an answer (docs/protocol/clients.md#answers): a missing member or a value of
another type is an error page. Members that a client does not know are ignored by it, and here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from kyoo.api.models.base import Content, ExtraKind, Genre, MovieStatus, RoleKind, SerieStatus, WatchStatus

Shape = Callable[[Any, str, "Report"], None]


@dataclass
class Report:
    """`faults` of answers by where they are; `empty` and `filled` are the nullable or optional members that were seen
    without and with a value."""

    faults: list[str] = field(default_factory=list)
    empty: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)


# ------------------------------------------------------------------------------------------------------------ building


def value(what: str, fits: Callable[[Any], bool]) -> Shape:
    def check(given: Any, where: str, report: Report) -> None:
        if not fits(given):
            report.faults.append(f"{where}: {given!r} is no {what}")

    return check


def text_like(what: str, pattern: str, parse: Callable[[str], Any] = str) -> Shape:
    def fits(given: Any) -> bool:
        if not isinstance(given, str) or not re.fullmatch(pattern, given):
            return False
        try:
            parse(given)
        except ValueError:
            return False
        return True

    return value(what, fits)


def one_of(alias: Any) -> Shape:
    return value("|".join(get_args(alias)), lambda given: given in get_args(alias))


def is_(constant: str) -> Shape:
    return value(constant, lambda given: given == constant)


@dataclass(frozen=True)
class Nullable:
    shape: Shape

    def __call__(self, given: Any, where: str, report: Report) -> None:
        if given is not None:
            self.shape(given, where, report)


@dataclass(frozen=True)
class Optional(Nullable):
    """May be missing; `null` counts as missing only where the shape is Nullable, too."""

    def __call__(self, given: Any, where: str, report: Report) -> None:
        self.shape(given, where, report)


@dataclass(frozen=True)
class ListOf:
    shape: Shape

    def __call__(self, given: Any, where: str, report: Report) -> None:
        if not isinstance(given, list):
            report.faults.append(f"{where}: {given!r} is no list")
            return
        for place, item in enumerate(given):
            self.shape(item, f"{where}[{place}]", report)


@dataclass(frozen=True)
class MapOf:
    shape: Shape

    def __call__(self, given: Any, where: str, report: Report) -> None:
        if not isinstance(given, dict):
            report.faults.append(f"{where}: {given!r} is no object")
            return
        for key, item in given.items():
            self.shape(item, f"{where}.{key}", report)


@dataclass(frozen=True)
class Object:
    """`name` is what the report calls it."""

    name: str
    members: Mapping[str, Shape]

    def __call__(self, given: Any, where: str, report: Report) -> None:
        if not isinstance(given, dict):
            report.faults.append(f"{where}: {given!r} is no {self.name}")
            return
        for key, shape in self.members.items():
            if isinstance(shape, Nullable):
                (report.empty if given.get(key) is None else report.filled).add(f"{self.name}.{key}")
            if key in given:
                shape(given[key], f"{where}.{key}", report)
            elif not isinstance(shape, Optional):
                report.faults.append(f"{where}: the {self.name} has no {key}")

    def extended(self, name: str, **members: Shape) -> Object:
        return Object(name, {**self.members, **members})

    def without(self, *members: str) -> Object:
        return Object(self.name, {key: shape for key, shape in self.members.items() if key not in members})


@dataclass(frozen=True)
class ByKind:
    shapes: Mapping[str, Object]

    def __call__(self, given: Any, where: str, report: Report) -> None:
        kind = given.get("kind") if isinstance(given, dict) else None
        if kind not in self.shapes:
            report.faults.append(f"{where}: the kind {kind!r} is none of {', '.join(self.shapes)}")
        else:
            self.shapes[kind](given, where, report)  # type: ignore[index]


@dataclass(frozen=True)
class AnyOf:
    shapes: tuple[Shape, ...]

    def __call__(self, given: Any, where: str, report: Report) -> None:
        reports = [Report() for _ in self.shapes]
        for shape, tried in zip(self.shapes, reports, strict=True):
            shape(given, where, tried)
        best = min(reports, key=lambda tried: len(tried.faults))
        report.faults += best.faults
        report.empty |= best.empty
        report.filled |= best.filled


# -------------------------------------------------------------------------------------------------------- simple types

text = value("text", lambda given: isinstance(given, str))
integer = value("integer", lambda given: type(given) is int)
number = value("number", lambda given: type(given) in (int, float))
flag = value("boolean", lambda given: isinstance(given, bool))
percent = value("percent", lambda given: type(given) is int and 0 <= given <= 100)
positive = value("number above 0", lambda given: type(given) is int and given > 0)
uuid = text_like("UUID", r"[0-9a-f-]{36}", UUID)
slug = text_like("slug", r"[a-z0-9-]+")
day = text_like("day", r"\d{4}-\d{2}-\d{2}", datetime.fromisoformat)
moment = text_like("moment", r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z", datetime.fromisoformat)
url = text_like("absolute URL", r"https?://\S+")

# ------------------------------------------------------------------------------------------------------------- objects

IMAGE = Nullable(
    Object("image", {"id": text_like("image id", r"[0-9a-f]{64}"), "source": text, "blurhash": text_like("hash", ".+")})
)
DATES: dict[str, Shape] = {"createdAt": moment, "updatedAt": moment}
EXTERNAL = Object("external id", {"dataId": text, "link": Nullable(text), "label": Optional(Nullable(text))})
EPISODE_EXTERNAL = Object(
    "episode id",
    {"serieId": text, "season": Nullable(integer), "episode": integer, "link": Nullable(text),
     "label": Optional(Nullable(text))},
)  # fmt: skip
SEASON_EXTERNAL = Object("season id", {"serieId": text, "season": integer, "link": Nullable(text)})

STUDIO = Object(
    "studio", {"id": uuid, "slug": slug, "name": text, "logo": IMAGE, "externalId": MapOf(ListOf(EXTERNAL)), **DATES}
)
STAFF = Object(
    "staff",
    {"id": uuid, "slug": slug, "name": text, "latinName": Nullable(text), "image": IMAGE,
     "externalId": MapOf(ListOf(EXTERNAL)), **DATES},
)  # fmt: skip
COLLECTION = Object(
    "collection",
    {
        "id": uuid, "slug": slug, "name": text,
        "original": Object("original", {"name": Nullable(text), "latinName": Nullable(text), "language": text}),
        "tagline": Nullable(text), "aliases": ListOf(text), "tags": ListOf(text), "description": Nullable(text),
        "rating": MapOf(percent), "startAir": Nullable(day), "endAir": Nullable(day), "genres": ListOf(one_of(Genre)),
        "externalId": MapOf(ListOf(EXTERNAL)), "poster": IMAGE, "thumbnail": IMAGE, "banner": IMAGE, "logo": IMAGE,
        **DATES,
    },
)  # fmt: skip
VIDEO_OF_ENTRY = Object(
    "embedded video",
    {"id": uuid, "slug": slug, "path": text, "rendering": text, "part": Nullable(positive), "version": integer},
)
PROGRESS = Object(
    "progress", {"percent": percent, "time": integer, "playedDate": Nullable(moment), "videoId": Nullable(uuid)}
)
_ENTRY = Object(
    "entry",
    {"id": uuid, "slug": slug, "order": number, "name": Nullable(text), "description": Nullable(text),
     "airDate": Nullable(day), "runtime": Nullable(integer), "thumbnail": IMAGE, "content": one_of(Content),
     "videos": ListOf(VIDEO_OF_ENTRY), "progress": PROGRESS, **DATES},
)  # fmt: skip
ENTRIES = {
    "episode": _ENTRY.extended(
        "episode", kind=is_("episode"), seasonNumber=integer, episodeNumber=integer,
        externalId=MapOf(ListOf(EPISODE_EXTERNAL)),
    ),
    "special": _ENTRY.extended(
        "special", kind=is_("special"), number=integer, externalId=MapOf(ListOf(EPISODE_EXTERNAL))
    ),
    "movie": _ENTRY.extended(
        "film", kind=is_("movie"), tagline=Nullable(text), poster=IMAGE,
        externalId=MapOf(ListOf(AnyOf((EXTERNAL, EPISODE_EXTERNAL)))),
    ),
}  # fmt: skip
ENTRY = ByKind(ENTRIES)
_SHOW = COLLECTION.extended(
    "show", runtime=Nullable(integer), trailerUrl=Nullable(text), studios=Optional(ListOf(STUDIO)),
    collection=Optional(Nullable(COLLECTION)),
)  # fmt: skip
MOVIE = _SHOW.without("startAir", "endAir").extended(
    "movie", status=one_of(MovieStatus), airDate=Nullable(day), isAvailable=flag,
    watchStatus=Nullable(
        Object(
            "status of a movie",
            {"status": one_of(WatchStatus), "score": Nullable(percent), "completedAt": Nullable(moment),
             "percent": percent},
        )
    ),
    videos=Optional(ListOf(VIDEO_OF_ENTRY)),
)  # fmt: skip
SERIE = _SHOW.extended(
    "serie", status=one_of(SerieStatus), entriesCount=integer, availableCount=integer,
    firstEntry=Optional(Nullable(ENTRY)), nextEntry=Optional(Nullable(ENTRY)),
    watchStatus=Nullable(
        Object(
            "status of a serie",
            {"status": one_of(WatchStatus), "score": Nullable(percent), "startedAt": Nullable(moment),
             "completedAt": Nullable(moment), "seenCount": integer},
        )
    ),
)  # fmt: skip
SHOW = ByKind({"movie": MOVIE, "serie": SERIE, "collection": COLLECTION})
ENTRY_WITH_SHOW = ByKind({kind: entry.extended(entry.name, show=SHOW) for kind, entry in ENTRIES.items()})
EXTRA = Object(
    "extra",
    {"id": uuid, "slug": slug, "kind": one_of(ExtraKind), "name": text, "runtime": Nullable(integer),
     "thumbnail": IMAGE, "progress": PROGRESS.without("videoId"), **DATES},
)  # fmt: skip
SEASON = Object(
    "season",
    {"id": uuid, "slug": slug, "seasonNumber": integer, "name": Nullable(text), "description": Nullable(text),
     "entriesCount": integer, "availableCount": integer, "startAir": Nullable(day), "endAir": Nullable(day),
     "externalId": MapOf(ListOf(SEASON_EXTERNAL)), "poster": IMAGE, "thumbnail": IMAGE, "banner": IMAGE, **DATES},
)  # fmt: skip
ENTRY_OR_SEASON = ByKind({**ENTRIES, "season": SEASON})
_ROLE = Object(
    "role",
    {"kind": one_of(RoleKind),
     "character": Nullable(Object("character", {"name": text, "latinName": Nullable(text), "image": IMAGE}))},
)  # fmt: skip
ROLE_OF_SHOW = _ROLE.extended("role", staff=STAFF)
ROLE_OF_STAFF = _ROLE.extended("role", show=SHOW)


def _guess(given: Any, where: str, report: Report) -> None:
    GUESS(given, where, report)


GUESS = Object(
    "guess",
    {"title": text, "kind": Optional(Nullable(value("kind", lambda kind: kind in ("episode", "movie", "extra")))),
     "extraKind": Optional(one_of(ExtraKind)), "years": ListOf(integer),
     "episodes": ListOf(Object("guessed episode", {"season": Nullable(integer), "episode": integer})),
     "externalId": MapOf(text), "from": text, "history": ListOf(_guess)},
)  # fmt: skip
VIDEO = Object(
    "video",
    {"id": uuid, "path": text, "rendering": text, "part": Nullable(positive), "version": integer, "guess": GUESS,
     **DATES},
)  # fmt: skip
BARE_ENTRY = ByKind({kind: entry.without("videos", "progress") for kind, entry in ENTRIES.items()})
NEIGHBOUR = Optional(Nullable(Object("neighbour", {"video": Nullable(slug), "entry": ENTRY})))
FULL_VIDEO = VIDEO.extended(
    "video", slugs=ListOf(slug), entries=ListOf(BARE_ENTRY), progress=PROGRESS, previous=NEIGHBOUR, next=NEIGHBOUR,
    show=Optional(Nullable(SHOW)),
)  # fmt: skip
STREAM = Object(
    "stream",
    {
        "id": text, "path": text, "duration": number, "show": Nullable(SHOW), "entries": ListOf(BARE_ENTRY),
        "viewers": ListOf(
            Object(
                "viewer",
                {
                    "user": Nullable(Object("user", {"id": uuid, "username": text})), "progress": Nullable(integer),
                    **{
                        track: Nullable(
                            Object("viewed track", {"index": integer, "quality": text, "head": integer})
                        )
                        for track in ("video", "audio")
                    },
                },
            )
        ),
        **{
            tracks: ListOf(
                Object(
                    "streamed track",
                    {
                        "index": integer, "quality": text,
                        "heads": ListOf(
                            Object(
                                "head",
                                {"start": number, "end": number, "startHead": integer, "endHead": integer,
                                 "isRunning": flag},
                            )
                        ),
                    },
                )
            )
            for tracks in ("videos", "audios")
        },
    },
)  # fmt: skip
GUESSES = Object(
    "guesses",
    {"paths": ListOf(text), "guesses": MapOf(MapOf(Object("guessed show", {"id": uuid, "slug": slug}))),
     "unmatched": ListOf(text)},
)  # fmt: skip


def page(shape: Shape) -> Shape:
    return Object("page", {"items": ListOf(shape), "this": url, "next": Nullable(url)})
