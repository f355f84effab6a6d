"""Seeding: a movie or serie with all that belongs to it becomes rows, in one transaction.

Source: docs/protocol/api.md#seeding. The rules are here: identity, slugs, the order of the writes. The SQL is in
`queries/catalogue/` (`seed_*.py`, `links.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kyoo.api import facts
from kyoo.api.catalogue import rearranging, rematching
from kyoo.api.catalogue.crediting import Staff, Studios, external_ids, reference, translation_rows
from kyoo.api.catalogue.pictures import Pictures
from kyoo.api.models.seeds import (
    SeedCollection,
    SeedEntry,
    SeedEpisode,
    SeedExtra,
    SeedMovie,
    SeedMovieEntry,
    SeedMovieEntryTexts,
    SeedProduction,
    SeedSeason,
    SeedSerie,
    SeedShow,
    SeedShowTexts,
    SeedSpecial,
    SeedTexts,
)
from kyoo.api.queries.catalogue import links, seed_entries, seed_shows, wishes
from kyoo.api.queries.catalogue.images import ENTRY_PICTURE, POSTER, SEASON_PICTURE, SHOW_PICTURE
from kyoo.core.database.postgres import Connection
from kyoo.core.errors import ConflictError, InvalidError

Row = dict[str, Any]


class SlugTakenError(ConflictError):
    """The slug belongs to another show, which `details` names: `{id, slug}`."""


@dataclass(frozen=True)
class Seeded:
    """`answer` is the body of the response; `pictures_wanted` whether there are pictures to download."""

    created: bool
    answer: Row
    pictures_wanted: bool


async def seed_movie(connection: Connection, seed: SeedMovie, public_url: str) -> Seeded:
    """Create or update a movie; extras that the seed does not name stay. Raises SlugTakenError, and InvalidError for
    the slug `random` without a date or a slug given twice."""
    pictures = Pictures(public_url)
    texts = {language: _texts(language, text, pictures) for language, text in seed.translations.items()}
    own = texts.get(seed.original_language) or next(iter(texts.values()))
    rows = _Production(seed, texts, pictures)
    extras = [_extra(extra, place, pictures) for place, extra in enumerate(seed.extras, 1)]
    await pictures.record(connection)
    show = await rows.save(connection, "movie", {"start_air": seed.air_date, "end_air": None})
    entry = {
        "place": 0,
        "key": "movie",
        "slug": show["slug"],
        "kind": "movie",
        "content": "story",
        "order": 1,
        "air_date": seed.air_date and seed.air_date.isoformat(),
        "runtime": seed.runtime,
        "thumbnail": own["thumbnail"],
        "external_id": external_ids(seed.external_id),
        "translations": [
            {key: text[key] for key in ("language", "name", "description", "tagline", "poster")}
            for text in texts.values()
        ],
    }
    _refuse_duplicates("entry slug", (row["slug"] for row in (entry, *extras)))
    saved = await _save_entries(connection, show, "movie", [entry, *extras], pictures)
    movie, *others = saved
    wanted = [(movie["pk"], video) for video in seed.videos]
    wanted += [(row["pk"], extra.video) for row, extra in zip(others, seed.extras, strict=True)]
    made = await _link(connection, show, wanted)
    await _grant(connection, "movie", show, [movie["slug"], *(row["slug"] for row in others)])
    await _rearrange(connection, show, saved)
    await rows.finish(connection, show)
    videos = [{"slug": link["slug"]} for link in made if link["created"] and link["entry_pk"] == movie["pk"]]
    extra = {"extras": [reference(row) for row in others]} if others else {}
    return Seeded(show["created"], {**reference(show), "videos": videos, **extra, **rows.answer}, pictures.wanted)


async def seed_serie(connection: Connection, seed: SeedSerie, public_url: str) -> Seeded:
    """Create or update a serie; what the seed does not name stays, unless it is complete. Raises SlugTakenError, and
    InvalidError for the slug `random` without a date or an entry, season or extra given twice."""
    pictures = Pictures(public_url)
    texts = {language: _texts(language, text, pictures) for language, text in seed.translations.items()}
    rows = _Production(seed, texts, pictures)
    seasons = [_season(season, place, pictures) for place, season in enumerate(seed.seasons)]
    entries = [_entry(entry, place, pictures) for place, entry in enumerate(seed.entries)]
    extras = [_extra(extra, place, pictures) for place, extra in enumerate(seed.extras, len(entries))]
    _refuse_duplicates("season", (season["season_number"] for season in seasons))
    _refuse_duplicates("entry", (entry["key"] for entry in [*entries, *extras]))
    await pictures.record(connection)
    show = await rows.save(connection, "serie", {"start_air": seed.start_air, "end_air": seed.end_air})
    for season in seasons:
        number = season["season_number"]
        season["slug"] = f"{show['slug']}-s{number}" if number else f"{show['slug']}-specials"
    for entry in entries:
        entry["slug"] = entry["slug"] or _entry_slug(show["slug"], entry)
    _refuse_duplicates("entry slug", (entry["slug"] for entry in [*entries, *extras]))
    saved_seasons = await seed_entries.save_seasons(connection, show["pk"], seasons) if seasons else []
    for row, season in zip(saved_seasons, seasons, strict=True):
        for text in season["translations"]:
            pictures.show("season", row["pk"], text["poster"], text["thumbnail"], text["banner"])
    saved = await _save_entries(connection, show, show["slug"], [*entries, *extras], pictures)
    wanted = [(row["pk"], video) for row, entry in zip(saved, seed.entries, strict=False) for video in entry.videos]
    wanted += [(row["pk"], extra.video) for row, extra in zip(saved[len(entries) :], seed.extras, strict=True)]
    dropped = 0
    if seed.complete:
        kept = [entry["key"] for entry in [*entries, *extras]]
        numbers = [row["season_number"] for row in seasons]
        dropped = await seed_entries.drop_unnamed(connection, show["pk"], kept, numbers)
    made = await _link(connection, show, wanted)
    await _grant(connection, "serie", show, [row["slug"] for row in saved])
    await _rearrange(connection, show, saved, dropped)
    await seed_entries.schedule_refresh(connection, show["pk"])
    await rows.finish(connection, show)
    videos: dict[int, list[Row]] = {}
    for link in made:
        if link["created"]:
            videos.setdefault(link["entry_pk"], []).append({"slug": link["slug"]})
    return Seeded(
        show["created"],
        {
            **reference(show),
            "seasons": [reference(row) for row in saved_seasons],
            "entries": [{**reference(row), "videos": videos.get(row["pk"], [])} for row in saved[: len(entries)]],
            "extras": [reference(row) for row in saved[len(entries) :]],
            **rows.answer,
        },
        pictures.wanted,
    )


class Collection:
    """The collection of a show, on its way into rows."""

    def __init__(self, given: SeedCollection, pictures: Pictures) -> None:
        if given.slug == "random":
            raise InvalidError("The slug random is reserved")
        self._row = _show(given, "collection")
        self._texts = {code: _texts(code, text, pictures) for code, text in given.translations.items()}
        self._pictures = pictures

    async def save(self, connection: Connection, air: Row) -> Row:
        """Create it, or add what a show that is in it brings; `air` are the `start_air` and `end_air` of that show."""
        row = {**self._row, **air, "end_air": air["end_air"] or air["start_air"]}
        collection = await seed_shows.save_collection(connection, row, list(self._texts.values()))
        for text in self._texts.values():
            self._pictures.show("show", collection["pk"], *(text[image] for image in IMAGES))
        return collection


class _Production:
    """What movies and series have in common: the show itself, its collection, studios and staff."""

    def __init__(self, seed: SeedProduction, texts: dict[str, Row], pictures: Pictures) -> None:
        self._seed = seed
        self._texts = texts
        self._pictures = pictures
        self._collection = Collection(seed.collection, pictures) if seed.collection else None
        self._studios = Studios(seed.studios, pictures)
        self._staff = Staff(seed.staff, pictures)
        self._made: Row | None = None
        self.answer: Row = {"collection": None, "studios": [], "staff": []}

    async def save(self, connection: Connection, kind: str, air: Row) -> Row:
        """Write the show and its collection, unless that is locked: its columns, with `created`, `ended`, `aged`."""
        seed = self._seed
        row = {
            **_show(seed, kind),
            **air,
            "status": seed.status,  # type: ignore[attr-defined]
            "runtime": seed.runtime,
            "min_age": seed.min_age,
            "leaves_collection": "collection" in seed.model_fields_set and self._collection is None,
        }
        show = await self._save_show(connection, row)
        if self._collection and "collection_pk" not in show["locks"]:
            collection = await self._collection.save(connection, air)
            await seed_shows.put_into_collection(connection, show["pk"], collection["pk"])
            self.answer["collection"] = reference(collection)
            self._made = collection
        for text in self._texts.values():
            self._pictures.show("show", show["pk"], *(text[image] for image in IMAGES))
        return show

    async def _save_show(self, connection: Connection, row: Row) -> Row:
        """Under its slug, or under `<slug>-<year>` when the slug belongs to a show of another year."""
        slug, air = row["slug"], row["start_air"]
        dated = f"{slug}-{air.year}" if air else None
        if slug == "random":
            if dated is None:
                raise InvalidError("The slug random is reserved; with a date it would become random-<year>")
            slug, dated = dated, None
        translations = list(self._texts.values())
        for candidate in (slug, dated):
            if candidate and (show := await seed_shows.save_show(connection, {**row, "slug": candidate}, translations)):
                return show
        other = await seed_shows.find_show(connection, row["kind"], dated or slug)
        assert other is not None
        raise SlugTakenError(f"Another {row['kind']} has the slug {other['slug']}", reference(other))

    async def finish(self, connection: Connection, show: Row) -> None:
        """Write studios, staff and roles, but for those that somebody has locked, and where the pictures of all of it
        are."""
        if "studios" not in show["locks"]:
            self.answer["studios"] = await self._studios.save(connection, show["pk"])
        if "staff" in self._seed.model_fields_set and "staff" not in show["locks"]:
            self.answer["staff"] = await self._staff.save(connection, show["pk"])
        await self._pictures.place(connection)
        made = [row["pk"] for row in (show, self._made) if row is not None and row["created"]]
        await facts.added(connection, *made)
        if not show["created"]:
            await facts.changed(connection, [show["pk"]])


# ---------------------------------------------------------------------------------------------------- from seed to row

IMAGES = ("poster", "thumbnail", "banner", "logo")


def _show(seed: SeedShow, kind: str) -> Row:
    return {
        "kind": kind,
        "slug": seed.slug,
        "genres": seed.genres,
        "rating": seed.rating,
        "original_language": seed.original_language,
        "external_id": external_ids(seed.external_id),
    }


def _texts(language: str, text: SeedTexts, pictures: Pictures) -> Row:
    return {
        "language": language,
        "name": text.name,
        "latin_name": text.latin_name,
        "description": text.description,
        "tagline": text.tagline,
        "aliases": text.aliases,
        "tags": text.tags,
        "trailer_url": text.trailer if isinstance(text, SeedShowTexts) else None,
        **{
            image: pictures.picture(getattr(text, image), POSTER if image == "poster" else SHOW_PICTURE)
            for image in IMAGES
        },
    }


def _season(season: SeedSeason, place: int, pictures: Pictures) -> Row:
    return {
        "place": place,
        "season_number": season.season_number,
        "start_air": season.start_air and season.start_air.isoformat(),
        "end_air": season.end_air and season.end_air.isoformat(),
        "external_id": external_ids(season.external_id),
        "translations": translation_rows(
            season.translations,
            lambda text: {
                "name": text.name,
                "description": text.description,
                **{image: pictures.picture(getattr(text, image), SEASON_PICTURE) for image in IMAGES[:3]},
            },
        ),
    }


def _entry(entry: SeedEntry, place: int, pictures: Pictures) -> Row:
    row: Row = {
        "place": place,
        "slug": None,
        "kind": entry.kind,
        "content": entry.content,
        "order": entry.order,
        "air_date": entry.air_date and entry.air_date.isoformat(),
        "runtime": entry.runtime,
        "thumbnail": pictures.picture(entry.thumbnail, ENTRY_PICTURE),
        "external_id": external_ids(entry.external_id),
        "translations": translation_rows(
            entry.translations,
            lambda text: {
                "name": text.name,
                "description": text.description,
                "tagline": text.tagline if isinstance(text, SeedMovieEntryTexts) else None,
                "poster": pictures.picture(text.poster, ENTRY_PICTURE)
                if isinstance(text, SeedMovieEntryTexts)
                else None,
            },
        ),
    }
    match entry:
        case SeedEpisode():
            numbers = {"season_number": entry.season_number, "episode_number": entry.episode_number}
            return {**row, **numbers, "key": f"s{entry.season_number}e{entry.episode_number}"}
        case SeedSpecial():
            return {**row, "episode_number": entry.number, "key": f"sp{entry.number}"}
        case SeedMovieEntry():
            return {**row, "slug": entry.slug, "key": f"movie-{entry.slug or _place(entry.order)}"}


def _extra(extra: SeedExtra, place: int, pictures: Pictures) -> Row:
    return {
        "place": place,
        "key": f"extra-{extra.slug}",
        "slug": extra.slug,
        "kind": "extra",
        "extra_kind": extra.kind,
        "content": "story",
        "runtime": extra.runtime,
        "thumbnail": pictures.picture(extra.thumbnail, ENTRY_PICTURE),
        "external_id": {},
        "translations": [
            {"language": "extra", "name": extra.name, "description": None, "tagline": None, "poster": None}
        ],
    }


def _entry_slug(serie: str, entry: Row) -> str:
    if entry["kind"] == "movie":
        # The films of a serie: the first place of the watch order is the serie itself.
        return serie if entry["order"] == 1 else f"{serie}-{_place(entry['order'])}"
    return f"{serie}-{entry['key']}"


def _place(order: float) -> str:
    """A place of the watch order as part of a slug: 13.5 → 13-5."""
    return f"{order:g}".replace(".", "-").replace("+", "")


def _refuse_duplicates(what: str, keys: Iterable[Any]) -> None:
    seen: set[Any] = set()
    for key in keys:
        if key in seen:
            raise InvalidError(f"The {what} {key} is given twice", {"in": key})
        seen.add(key)


async def _save_entries(
    connection: Connection, show: Row, suffix: str, entries: Sequence[Row], pictures: Pictures
) -> list[Row]:
    saved = await seed_entries.save_entries(connection, show["pk"], suffix, [*entries]) if entries else []
    for row, entry in zip(saved, entries, strict=True):
        pictures.show("entry", row["pk"], entry["thumbnail"], *(text["poster"] for text in entry["translations"]))
    return saved


async def _grant(connection: Connection, kind: str, show: Row, entries: list[str]) -> None:
    """Link the files that were registered for what has only come now."""
    await wishes.lock(connection, [show["slug"]])
    waiting = await wishes.of_show(connection, kind, show["slug"], entries)
    if not waiting:
        return
    matched = await links.match(connection, [(row["video"], row["wish"]) for row in waiting])
    await _link(connection, show, [(row["entry_pk"], row["video"]) for row in matched])
    await wishes.grant(connection, [waiting[place]["pk"] for row in matched for place in row["places"]])


async def _link(connection: Connection, show: Row, pairs: list[tuple[int, UUID]]) -> list[Row]:
    made = await links.link(connection, pairs) if pairs else []
    linked = [link["video"] for link in made if link["created"]]
    await links.refresh(connection, [show["pk"]], linked, aged=show["aged"])
    if made:
        await rematching.follow(connection, [video for _, video in pairs], ())
    return made


async def _rearrange(connection: Connection, show: Row, saved: Sequence[Row], dropped: int = 0) -> None:
    """Nobody has a new show in a list, but for what has followed a file to it, which knows its entries."""
    placed = [row["pk"] for row in saved if row["placed"]]
    if not show["created"] and (placed or dropped or show["ended"]):
        added = [row["pk"] for row in saved if row["added"]]
        await rearranging.follow(connection, show["pk"], added=added, placed=placed, ended=show["ended"])
