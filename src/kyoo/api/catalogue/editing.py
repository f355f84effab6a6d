"""The rules of editing by hand: what an edit changes, and what of it is locked. No SQL text and no HTTP here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb
from pydantic.alias_generators import to_camel

from kyoo.api import facts
from kyoo.api.catalogue import rearranging
from kyoo.api.catalogue.crediting import Staff, Studios, external_ids
from kyoo.api.catalogue.images import image_id
from kyoo.api.catalogue.pictures import Pictures
from kyoo.api.catalogue.seeding import Collection
from kyoo.api.models.edits import Edit, EditedKind
from kyoo.api.queries.catalogue import editing as queries
from kyoo.api.queries.catalogue import links
from kyoo.api.queries.catalogue.editing import ENTRY, Change, Target
from kyoo.api.queries.catalogue.images import ENTRY_PICTURE, FACE, POSTER, SEASON_PICTURE, SHOW_PICTURE, STUDIO_LOGO
from kyoo.api.watchlist import NOT_ENDED
from kyoo.core.database.postgres import Connection
from kyoo.core.errors import InvalidError, NotFoundError

Row = dict[str, Any]

TARGETS: dict[EditedKind, Target] = {
    "movie": queries.MOVIE,
    "serie": queries.SERIE,
    "collection": queries.COLLECTION,
    "season": queries.SEASON,
    "entry": queries.ENTRY,
    "extra": queries.EXTRA,
    "staff": queries.STAFF,
    "studio": queries.STUDIO,
}
PICTURES = ("poster", "thumbnail", "banner", "logo", "image")
PRIORITIES = {"show": SHOW_PICTURE, "season": SEASON_PICTURE, "staff": FACE, "studio": STUDIO_LOGO}
#: Columns that name something else.
RELATIONS = ("collection_pk",)
#: Columns that hold JSON, besides pictures.
DOCUMENTS = ("rating", "external_id")
#: Fields that are columns of another name.
COLUMNS = {
    ("movie", "air_date"): "start_air",
    ("movie", "collection"): "collection_pk",
    ("serie", "collection"): "collection_pk",
    ("extra", "kind"): "extra_kind",
}
FIELDS = {(kind, column): field for (kind, field), column in COLUMNS.items()}
#: Columns that others follow from.
DERIVED_FROM = {"min_age", "status", "content", "order"}
#: The texts of extras have no language but this one.
EXTRAS_LANGUAGE = "extra"
#: What the entry of a movie has of its show.
OF_MOVIE = {"start_air": "air_date", "runtime": "runtime", "external_id": "external_id"}
TEXTS_OF_MOVIE = ("name", "description", "tagline", "poster")


@dataclass(frozen=True)
class Edited:
    """`answer` is `{id, slug, locks}`; `pictures_wanted` whether there are pictures to download."""

    answer: Row
    pictures_wanted: bool


async def read(connection: Connection, kind: EditedKind, name: str) -> Row:
    """`{id, slug, locks, fields, translations}`; NotFoundError."""
    found = await _find(connection, kind, name, hold=False)
    own, texts = await queries.values(connection, TARGETS[kind], found["pk"])
    own |= texts.pop(EXTRAS_LANGUAGE, {})
    return {
        **await _answer(connection, kind, found),
        "fields": {_field(kind, column): value for column, value in own.items() if column not in RELATIONS},
        "translations": {
            language: {_field(kind, column): value for column, value in text.items()}
            for language, text in texts.items()
        },
    }


async def edit(connection: Connection, kind: EditedKind, name: str, change: Edit, public_url: str) -> Edited:
    """Change what `change` gives of one thing of the catalogue, in one transaction of the caller's.

    Raises NotFoundError, and InvalidError for a lock of something that it does not have or a new language without a
    name."""
    found = await _find(connection, kind, name, hold=True)
    target, pk = TARGETS[kind], found["pk"]
    pictures = Pictures(public_url)
    known_locks, text_locks = await queries.locks(connection, target, pk)
    own, texts, relations = _given(kind, change, [*text_locks], pictures)
    if target.owner in ("show", "studio"):
        for language, row in texts.items():
            if language not in text_locks and row and "name" not in row:
                raise InvalidError(f"The first translation into {language} needs a name", {"in": language})
    await pictures.record(connection)
    # Before the transaction may write what is locked: of the collection, people and studios, too.
    for relation in relations.values():
        if isinstance(relation, Collection):
            saved = await relation.save(connection, await queries.aired(connection, pk))
            own["collection_pk"] = saved["pk"]
        else:
            await relation.save(connection, pk)
    before = (await queries.values(connection, target, pk))[0] if DERIVED_FROM & own.keys() else {}
    await queries.begin(connection)
    if "locks" in change.model_fields_set:
        known_locks, text_locks = _given_locks(kind, change.locks, [*texts])
    else:
        known_locks = sorted({*known_locks, *own, *relations})
        text_locks = {language: sorted({*text_locks.get(language, ()), *row}) for language, row in texts.items()}
    changed = Change(own, known_locks)
    changes = {language: Change(row, text_locks[language]) for language, row in texts.items()}
    await _write(connection, target, pk, changed, changes)
    _show(pictures, target, pk, [own, *texts.values()])
    if kind == "movie" and (entry := await queries.entry_of_movie(connection, pk)) is not None:
        followed = _of_entry(changed, changes)
        await _write(connection, ENTRY, entry, *followed)
        _show(pictures, ENTRY, entry, [followed[0].values, *(text.values for text in followed[1].values())])
    await pictures.place(connection)
    await _refresh(connection, target, pk, before, own)
    await _tell(connection, kind, found, change)
    return Edited(await _answer(connection, kind, found), pictures.wanted)


async def _refresh(connection: Connection, target: Target, pk: int, before: Row, own: Row) -> None:
    """What is kept in other rows because it follows from what has changed of these columns."""
    changed = {column for column in before.keys() & own.keys() if before[column] != own[column]}
    if target.owner == "show" and "min_age" in changed:
        await links.refresh(connection, [pk], aged=True)
    if target is queries.SERIE and "status" in changed:
        ended = before["status"] in NOT_ENDED and own["status"] not in NOT_ENDED
        await rearranging.follow(connection, pk, ended=ended)
    if target is ENTRY and {"content", "order"} & changed:
        await rearranging.follow(connection, await queries.show_of(connection, "entry", pk), placed=[pk])


async def _tell(connection: Connection, kind: EditedKind, found: Row, change: Edit) -> None:
    fields = sorted(to_camel(field) for field in change.model_fields_set)
    if not fields:
        return
    match TARGETS[kind].owner:
        case "show":
            await facts.changed(connection, [found["pk"]], *fields)
        case "season" | "entry" as owner:
            await facts.changed(
                connection,
                [await queries.show_of(connection, owner, found["pk"])],
                "seasons" if owner == "season" else "entries",
            )
        case _:
            await facts.edited(connection, kind, found, fields)


def _given(
    kind: EditedKind, change: Edit, languages: list[str], pictures: Pictures
) -> tuple[Row, dict[str, Row], dict[str, Studios | Staff | Collection]]:
    """What an edit gives: columns of the row itself, of its translations (into `languages` and new ones), and what is
    related to it, by the name of its lock."""
    target = TARGETS[kind]
    own: Row = {}
    texts: dict[str, Row] = {language: {} for language in languages}
    relations: dict[str, Studios | Staff | Collection] = {}
    for field in change.model_fields_set - {"locks"}:
        column, value = COLUMNS.get((kind, field), field), getattr(change, field)
        if column == "translations":
            for language, text in value.items():
                given = text.model_dump(exclude_unset=True)
                row = {key: _value(pictures, target, key, item) for key, item in given.items()}
                texts.setdefault(language, {}).update(row)
        elif column == "studios":
            relations[column] = Studios(value, pictures, replace=True)
        elif column == "staff":
            relations[column] = Staff(value, pictures)
        elif column == "collection_pk" and value is not None:
            relations[column] = Collection(value, pictures)
        elif column in target.own:
            own[column] = _value(pictures, target, column, value)
        else:
            for language in languages:
                texts[language].setdefault(column, _value(pictures, target, column, value))
    return own, texts, relations


async def _find(connection: Connection, kind: EditedKind, name: str, *, hold: bool) -> Row:
    found = await queries.find(connection, TARGETS[kind], name, hold=hold)
    if found is None:
        raise NotFoundError(f"No {kind} found with the id or slug: {name}")
    return found


async def _answer(connection: Connection, kind: EditedKind, found: Row) -> Row:
    own, texts = await queries.locks(connection, TARGETS[kind], found["pk"])
    locked = [_field(kind, column) for column in own]
    for language, columns in texts.items():
        prefix = "" if language == EXTRAS_LANGUAGE else f"{language}."
        locked += [f"{prefix}{_field(kind, column)}" for column in columns]
    return {"id": str(found["id"]), "slug": found["slug"], "locks": sorted(locked)}


async def _write(connection: Connection, target: Target, pk: int, own: Change, texts: Mapping[str, Change]) -> None:
    await queries.write(connection, target, pk, _stored(own))
    for language, change in texts.items():
        await queries.write_texts(connection, target, pk, language, _stored(change))


def _show(pictures: Pictures, target: Target, pk: int, rows: Iterable[Mapping[str, Any]]) -> None:
    pictures.show(target.owner, pk, *(row.get(image) for row in rows for image in PICTURES))


def _of_entry(own: Change, texts: Mapping[str, Change]) -> tuple[Change, dict[str, Change]]:
    """What the hidden entry of a movie says and keeps, as its movie does."""
    values = {OF_MOVIE[column]: value for column, value in own.values.items() if column in OF_MOVIE}
    locked = [OF_MOVIE[column] for column in own.locked if column in OF_MOVIE]
    for text in texts.values():
        if "thumbnail" in text.values:
            values["thumbnail"] = text.values["thumbnail"]
    if any("thumbnail" in text.locked for text in texts.values()):
        locked.append("thumbnail")
    of_texts = {
        language: Change(
            {column: value for column, value in text.values.items() if column in TEXTS_OF_MOVIE},
            [column for column in text.locked if column in TEXTS_OF_MOVIE],
        )
        for language, text in texts.items()
    }
    return Change(values, locked), of_texts


def _given_locks(kind: EditedKind, wanted: list[str], languages: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    target = TARGETS[kind]
    own: set[str] = set()
    texts: dict[str, set[str]] = {language: set() for language in languages}
    for lock in wanted:
        language, dot, field = lock.rpartition(".")
        column = COLUMNS.get((kind, _snake(field)), _snake(field))
        if not dot and column in (*target.own, *target.lists):
            own.add(column)
        elif column in target.texts and (language in texts or not dot):
            for code in [language] if dot else languages:
                texts[code].add(column)
        else:
            raise InvalidError(f"Invalid locks: there is nothing to lock of the name {lock}", {"in": lock})
    return sorted(own), {language: sorted(columns) for language, columns in texts.items()}


def _field(kind: EditedKind, column: str) -> str:
    return to_camel(FIELDS.get((kind, column), column))


def _snake(field: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in field)


def _value(pictures: Pictures, target: Target, column: str, value: Any) -> Any:
    """The value as it is stored: a URL is the Image object that it becomes."""
    if column == "external_id":
        return external_ids(value)
    if column not in PICTURES:
        return value
    priority = PRIORITIES.get(target.owner, ENTRY_PICTURE)
    return pictures.picture(value, POSTER if target.owner == "show" and column == "poster" else priority)


def _stored(change: Change) -> Change:
    values = {
        column: Jsonb(value) if value is not None and column in (*PICTURES, *DOCUMENTS) else value
        for column, value in change.values.items()
    }
    return Change(values, change.locked)


def upload_source(content: bytes) -> str:
    """The URL that stands for an uploaded picture; the same picture has the same one."""
    return f"/api/images/{image_id(f'/uploads/{hashlib.sha256(content).hexdigest()}', '')}"
