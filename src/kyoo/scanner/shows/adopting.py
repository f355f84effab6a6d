"""Shows of the api that something else than the scanner has put there: the scanner makes its own record of them."""

from __future__ import annotations

from kyoo.core.errors import NotFoundError
from kyoo.scanner.api_client import Collection
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.local.file_names import show_keys
from kyoo.scanner.providers.records import ShowKind
from kyoo.scanner.queries import shows
from kyoo.scanner.shows.grouping import Show, to_show


async def known(context: ScannerContext, collection: Collection, slug: str) -> Show:
    """The scanner's record of a show of the api, made now if something else seeded the show."""
    kind: ShowKind = "movie" if collection == "movies" else "serie"
    found = await context.api.show(collection, slug)
    if found is None:
        raise NotFoundError(f"There is no {kind} {slug}")
    async with context.runtime.database.transaction() as connection:
        await shows.lock(connection)
        row = await shows.by_slug(connection, kind, found["slug"])
        if row is not None:
            return to_show(row)
        air = found.get("airDate") or found.get("startAir")
        year = int(air[:4]) if air else None
        ids = {
            provider: str(values[0]["dataId"])
            for provider, values in (found.get("externalId") or {}).items()
            if values and "dataId" in values[0]
        }
        show = Show(kind, found["name"], year, ids)
        show.id = await shows.insert(connection, kind, show.title, year, ids)
        show.slug = found["slug"]
        await shows.add_names(connection, [(kind, key, year, show.id) for key in show_keys(show.title)])
        await shows.set_seeded(
            connection, show.id, kind=kind, slug=found["slug"], api_id=found["id"], air=air, written=None
        )
        return show
