"""Studios and staff of a movie or serie: what is given of them becomes rows, by a seed or by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kyoo.api.catalogue.pictures import Pictures
from kyoo.api.models.seeds import SeedStaff, SeedStudio
from kyoo.api.queries.catalogue import seed_shows
from kyoo.api.queries.catalogue.images import FACE, STUDIO_LOGO
from kyoo.core.database.postgres import Connection

Row = dict[str, Any]


class Studios:
    """The studios of a show, on their way into rows; with `replace`, its others go."""

    def __init__(self, given: Sequence[SeedStudio], pictures: Pictures, *, replace: bool = False) -> None:
        self._rows = _by_slug(_studio(studio, pictures) for studio in given)
        self._pictures = pictures
        self._replace = replace

    async def save(self, connection: Connection, show: int) -> list[Row]:
        """Write them and add them to the show: `{id, slug}` each."""
        if self._replace:
            await seed_shows.remove_studios(connection, show, [*self._rows])
        if not self._rows:
            return []
        saved = {row["slug"]: row for row in await seed_shows.save_studios(connection, show, [*self._rows.values()])}
        for slug, studio in self._rows.items():
            self._pictures.show("studio", saved[slug]["pk"], *(text["logo"] for text in studio["translations"]))
        return [reference(saved[slug]) for slug in self._rows]


class Staff:
    """The roles of a show and who plays them, on their way into rows."""

    def __init__(self, given: Sequence[SeedStaff], pictures: Pictures) -> None:
        self._people = _by_slug(_person(role, pictures) for role in given)
        self._roles = [_role(role, order, pictures) for order, role in enumerate(given)]
        self._pictures = pictures

    async def save(self, connection: Connection, show: int) -> list[Row]:
        """Write the people and replace the roles of the show: `{id, slug}` of each person."""
        saved = await seed_shows.save_staff(connection, show, [*self._people.values()], self._roles)
        people = {row["slug"]: row for row in saved["staff"]}
        for slug, person in self._people.items():
            self._pictures.show("staff", people[slug]["pk"], person["image"])
        for role in saved["roles"]:
            self._pictures.show("role", role["pk"], self._roles[role["order"]]["character_image"])
        return [reference(people[slug]) for slug in self._people]


def external_ids(given: dict[str, Any]) -> dict[str, Any]:
    """External ids as they are stored and read: with the members that they were given with, and a link."""
    return {
        provider: [{"link": None, **item.model_dump(by_alias=True, exclude_unset=True)} for item in items]
        for provider, items in given.items()
    }


def translation_rows(seed: dict[str, Any], row: Any) -> list[Row]:
    return [{"language": language, **row(text)} for language, text in seed.items()]


def reference(row: Row) -> Row:
    return {"id": str(row["id"]), "slug": row["slug"]}


def _by_slug(rows: Iterable[Row]) -> dict[str, Row]:
    return {row["slug"]: row for row in rows}


def _studio(studio: SeedStudio, pictures: Pictures) -> Row:
    return {
        "slug": studio.slug,
        "external_id": external_ids(studio.external_id),
        "translations": translation_rows(
            studio.translations,
            lambda text: {"name": text.name, "logo": pictures.picture(text.logo, STUDIO_LOGO)},
        ),
    }


def _person(role: SeedStaff, pictures: Pictures) -> Row:
    person = role.staff
    return {
        "slug": person.slug,
        "name": person.name,
        "latin_name": person.latin_name,
        "image": pictures.picture(person.image, FACE),
        "external_id": external_ids(person.external_id),
    }


def _role(role: SeedStaff, order: int, pictures: Pictures) -> Row:
    character = role.character
    return {
        "slug": role.staff.slug,
        "kind": role.kind,
        "order": order,
        "character_name": character and character.name,
        "character_latin_name": character and character.latin_name,
        "character_image": character and pictures.picture(character.image, FACE),
    }
