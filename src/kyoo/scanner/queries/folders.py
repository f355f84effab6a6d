"""What lies beside the videos, and what is wrong with a library root."""

from __future__ import annotations

from kyoo.core.database.postgres import Connection, execute, fetch_all
from kyoo.scanner.queries.files import below


async def known(connection: Connection, scopes: list[str]) -> dict[str, str]:
    """The folders at or below `scopes` with sidecar files: path → fingerprint."""
    bounds = [below(scope) for scope in scopes]
    rows = await fetch_all(
        connection,
        """
        select path, sidecars from scanner.folders where path = any(%(exact)s)
        union
        select f.path, f.sidecars from unnest(%(low)s::text[], %(high)s::text[]) as b(low, high)
        join scanner.folders f on f.path > b.low collate "C" and f.path < b.high collate "C"
        """,
        {"exact": scopes, "low": [low for low, _ in bounds], "high": [high for _, high in bounds]},
    )
    return {row["path"]: row["sidecars"] for row in rows}


async def store(connection: Connection, fingerprints: dict[str, str]) -> None:
    await execute(
        connection,
        """
        insert into scanner.folders (path, sidecars) select * from unnest(%s::text[], %s::text[])
        on conflict (path) do update set sidecars = excluded.sidecars
        """,
        [list(fingerprints), list(fingerprints.values())],
    )


async def delete(connection: Connection, paths: list[str]) -> None:
    await execute(connection, "delete from scanner.folders where path = any(%s)", [paths])


async def set_warning(connection: Connection, root: str, warning: str | None) -> None:
    """Written only when it changes."""
    await execute(
        connection,
        """
        insert into scanner.roots as r (path, warning) select %(root)s, %(warning)s
        where %(warning)s::text is not null or exists (select from scanner.roots where path = %(root)s)
        on conflict (path) do update set warning = excluded.warning, updated_at = now()
        where r.warning is distinct from excluded.warning
        """,
        {"root": root, "warning": warning},
    )
