"""What was made of files that are gone leaves the store, and nothing else does."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.integration.transcoder.conftest import Service
from tests.integration.transcoder.test_subtitles import with_subtitles

from kyoo.core.database.postgres import Database, execute
from kyoo.transcoder.collecting import collect


def stored(service: Service) -> dict[str, int]:
    """How many objects the store has of each content."""
    root = Path(service.settings.metadata_root)
    found: dict[str, int] = {}
    for file in root.rglob("*.*"):
        if file.is_file():
            owner = file.relative_to(root).parts[0]
            found[owner] = found.get(owner, 0) + 1
    return found


async def use(service: Service, path: Path) -> str:
    """Have everything made of a file: its content id."""
    info = (await service.get(path, "info")).json()
    for tail in ("subtitle/0.srt", "cover.jpg", "thumbnails.png"):
        assert (await service.get(path, tail)).status_code == 200, tail
    return str(info["sha"])


async def pass_days(service: Service, database: Database, days: int) -> None:
    """Everything happened so many days earlier."""
    async with database.connection() as connection:
        await execute(
            connection, "update transcoder.paths set missing_since = missing_since - make_interval(days => %s)", [days]
        )
        await execute(
            connection, "update transcoder.media set created_at = created_at - make_interval(days => %s)", [days]
        )
    for file in Path(service.settings.metadata_root).rglob("*.*"):
        then = time.time() - days * 86400
        os.utime(file, (then, then))


async def test_what_was_made_of_a_file_outlives_it_for_a_month(service: Service, database: Database) -> None:
    gone = service.add(with_subtitles(), "gone.mkv")
    kept = service.library / "kept.mkv"
    # The same with another end: another content.
    kept.write_bytes(gone.read_bytes() + b"\0" * 4096)
    contents = {await use(service, gone), await use(service, kept)}
    everything = stored(service)
    assert set(everything) == contents
    context = service.app.state.context
    data = gone.read_bytes()
    gone.unlink()
    assert await collect(context) == 0
    await pass_days(service, database, 29)
    assert await collect(context) == 0
    # Back in time: a month begins anew.
    gone.write_bytes(data)
    assert await collect(context) == 0
    gone.unlink()
    assert await collect(context) == 0
    await pass_days(service, database, 29)
    assert await collect(context) == 0
    assert stored(service) == everything
    await pass_days(service, database, 2)
    assert await collect(context) > 3
    left = await use(service, kept)
    assert stored(service) == {left: everything[left]}
    # A file that comes back after all is as new.
    gone.write_bytes(data)
    assert await use(service, gone) in contents - {left}
    assert stored(service) == everything


async def test_a_disk_that_is_away_keeps_everything(service: Service, database: Database) -> None:
    path = service.add(with_subtitles())
    await use(service, path)
    everything = stored(service)
    context = service.app.state.context
    away = service.library.rename(service.library.with_name("away"))
    for _ in range(2):
        assert await collect(context) == 0
        await pass_days(service, database, 40)
        service.library.mkdir(exist_ok=True)
    assert await collect(context) == 0
    service.library.rmdir()
    away.rename(service.library)
    assert stored(service) == everything


async def test_a_copy_keeps_what_they_have_in_common(service: Service, database: Database) -> None:
    path = service.add(with_subtitles())
    copy = service.add(path, "copy.mkv")
    await use(service, path)
    await use(service, copy)
    everything = stored(service)
    path.unlink()
    context = service.app.state.context
    await collect(context)
    await pass_days(service, database, 40)
    assert await collect(context) == 0
    assert stored(service) == everything


async def test_a_replica_that_remembers_a_forgotten_file_makes_everything_again(
    service: Service, database: Database
) -> None:
    path = service.add(with_subtitles())
    content = await use(service, path)
    async with database.connection() as connection:
        await execute(connection, "delete from transcoder.media")
    await pass_days(service, database, 2)
    assert await collect(service.app.state.context) > 3
    assert stored(service) == {}
    # The service itself still remembers the file.
    assert await use(service, path) == content
