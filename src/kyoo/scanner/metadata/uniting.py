"""One title under several names: shows of the library that the providers know by one id become one.

Films by their id alone. Names of a season often lead to its serie, too, so series only when both are called what the
serie is called, in whatever language. What a person took apart stays so.
"""

from __future__ import annotations

from kyoo.core.database.postgres import Connection
from kyoo.scanner.local import file_names
from kyoo.scanner.queries import belonging, records, shows
from kyoo.scanner.shows.grouping import Show, contradicts, to_show


async def unite(connection: Connection, show: Show, ids: dict[str, str]) -> set[int]:
    """Bring the files of this show and of those that are the same together: all to the one that was there first.
    Returns it if it got files. `ids` are all that the show is known by."""
    same = [
        other
        for row in await shows.matched(connection, [{provider: value} for provider, value in ids.items()])
        if row["kind"] == show.kind and row["id"] != show.id
        for other in [to_show(row)]
        if not contradicts(ids, other.external_ids) and await _is_called_alike(connection, show, other)
    ]
    gained: set[int] = set()
    for other in same:
        await shows.lock(connection)
        first, second = sorted((show, other), key=lambda one: one.id or 0)
        if first.id is None or second.id is None or not await belonging.count_of_show(connection, first.id):
            continue
        if not await belonging.unite(connection, second.id, first.id):
            continue
        gained.add(first.id)
        if second.slug and not await belonging.count_of_show(connection, second.id):
            await shows.add_replaced(connection, first.id, f"{second.kind}:{second.slug}")
    return gained


async def _is_called_alike(connection: Connection, one: Show, other: Show) -> bool:
    if one.kind == "movie":
        return True
    called = {
        key
        for name in await records.names(connection, [one.id or 0, other.id or 0])
        for key in file_names.show_keys(name)[:1]
    }
    return all(file_names.show_keys(show.title)[0] in called for show in (one, other))
