"""A scan whose processes are killed, and whose services fail, comes to what an undisturbed one comes to."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kyoo.serve.postgres.embedded import EmbeddedPostgres
from tests.e2e.library import episode
from tests.e2e.server import Server, all_gone, command_of, descendants
from tests.fakes.metadata import running as metadata
from tests.fakes.metadata.running import Services
from tests.fakes.metadata.world import Title
from tests.media import placed
from tests.queued import queue_conninfo

#: A sample of what is asked for, which takes long: `KILLED_FILES=2000 KILLED_SEEDS=10`.
FILES = int(os.environ.get("KILLED_FILES", "120"))
SEEDS = int(os.environ.get("KILLED_SEEDS", "1"))
#: Three files of four are episodes; nobody knows how long anything is.
SEASONS = (20, 20, 20)
SERIES = FILES * 3 // 4 // sum(SEASONS)
FILMS = FILES - SERIES * sum(SEASONS)
#: What is counted as progress: a file that is registered, and four for a show that was looked for.
WHOLE = FILES + 4 * (SERIES + FILMS)
#: Of the requests to services, those that fail.
FAILING = 0.15

WORLD = (
    *(
        Title(number, "serie", {"en": f"Serie of {number:03}"}, 1980 + number, seasons=SEASONS, runtime=0)
        for number in range(1, SERIES + 1)
    ),
    *(
        Title(
            1000 + number,
            "movie",
            {"en": f"Film of {number:03}", "fr": f"Film des {number:03}"},
            1950 + number % 70,
            runtime=0,
        )
        for number in range(FILMS)
    ),
)


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with metadata.serving(WORLD) as services:
        yield services


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One film under many names, which is looked into once: names are what is told apart here."""
    film = episode(1)
    folder: Path = tmp_path_factory.mktemp("killed") / "videos"
    for title in WORLD:
        own = folder / f"{title.name} ({title.year})"
        own.mkdir(parents=True)
        names = [
            f"{title.name} S{season:02}E{episode:02}.mp4"
            for season, episodes in enumerate(title.seasons, 1)
            for episode in range(1, episodes + 1)
        ] or [f"{own.name}.mp4"]
        for name in names:
            placed(film, own / name)
    return folder


def connected(server: Server) -> psycopg.Connection[Any]:
    conninfo = EmbeddedPostgres(server.data_dir / "postgres").conninfo()
    return psycopg.connect(queue_conninfo(conninfo), autocommit=True)


def values(connection: psycopg.Connection[Any], query: str) -> list[Any]:
    return [row[0] if len(row) == 1 else row for row in connection.execute(query.encode()).fetchall()]


PROGRESS = """
select (select count(*) from scanner.files where state <> 'found') + 4 * (select count(*) from scanner.matches)
"""
#: What a pause would bring in time: the test does not wait for it. Only once nothing else is to do, as some pauses are
#: there to gather work.
HASTE = """
update queue.procrastinate_jobs set scheduled_at = now()
where status = 'todo' and scheduled_at > now() and task_name ^@ 'scanner:'
  and not exists (select from queue.procrastinate_jobs where task_name ^@ 'scanner:'
                  and (status = 'doing' or (status = 'todo' and coalesce(scheduled_at, now()) <= now())));
update scanner.services set blocked_until = null, failures = 0
"""
LEFT = """
select (select count(*) from queue.procrastinate_jobs where status in ('todo', 'doing') and task_name ^@ 'scanner:')
    + (select count(*) from scanner.requests)
    + (select count(*) from scanner.matches where failed <> '{}')
"""
#: Everything that a scan comes to, without what is drawn by lot (ids) and the time it took.
STATES = {
    "files": """
        select f.path, f.state, f.error, f.rendering, s.kind, s.slug, f.probe_error is not null, f.relink, f.moved_from
        from scanner.files f left join scanner.shows s on s.id = f.show_id order by f.path
    """,
    "matches": """
        select s.kind, s.slug, m.state, m.ids::text, m.why from scanner.shows s
        left join scanner.matches m on m.show_id = s.id order by 1, 2
    """,
    "records": """
        select s.slug, r.provider, r.id, r.record::text from scanner.records r
        join scanner.shows s on s.id = r.show_id order by 1, 2, 3
    """,
    "shows": """
        select s.kind, s.slug, s.genres::text, s.status, s.start_air, s.end_air, s.external_id::text, s.entries_count,
            s.available_count, (select array_agg(
                concat_ws('|', language, name, description, aliases::text, tags::text, poster is not null)
                order by language) from api.show_translations t where t.show_pk = s.pk)::text
        from api.shows s order by 1, 2
    """,
    "entries": """
        select s.slug, e.key, e.slug, e.kind, e."order", e.air_date, e.content, e.external_id::text,
            (select array_agg(concat_ws('|', language, name, description) order by language)
             from api.entry_translations t where t.entry_pk = e.pk)::text,
            (select array_agg(v.path || ' ' || l.slug order by v.path) from api.entry_videos l
             join api.videos v on v.pk = l.video_pk where l.entry_pk = e.pk)::text
        from api.entries e join api.shows s on s.pk = e.show_pk order by 1, 2
    """,
    "videos": "select path, rendering, part, version, linked from api.videos order by path",
    "wishes": "select count(*) from api.wishes",
    "people": """
        select p.slug, (select array_agg(s.slug || ' ' || r.kind order by s.slug, r.kind) from api.roles r
                        join api.shows s on s.pk = r.show_pk where r.staff_pk = p.pk)::text
        from api.staff p order by 1
    """,
    "jobs that failed": "select task_name, args::text from queue.procrastinate_jobs where status = 'failed'",
}


def until_settled(server: Server) -> None:
    """Wait until nothing is left to do, without its pauses."""
    standstill = Standstill(server)
    quiet = 0
    while quiet < 3:
        time.sleep(0.5)
        with contextlib.suppress(psycopg.OperationalError), connected(server) as connection:
            connection.execute(HASTE)
            [left] = values(connection, LEFT)
            [progress] = values(connection, PROGRESS)
            quiet = quiet + 1 if left == 0 and progress == WHOLE else 0
            standstill.look(left, progress)
        standstill.look(*standstill.seen)


class Standstill:
    """Fails once nothing has changed for five minutes, however long all of it takes."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._since = time.monotonic()
        self.seen: tuple[Any, ...] = ()

    def look(self, *seen: Any) -> None:
        if seen != self.seen:
            self.seen, self._since = seen, time.monotonic()
        assert time.monotonic() < self._since + 300, f"Stuck at {seen}:\n{self._server.log.read_text()[-4000:]}"


def state(server: Server) -> dict[str, list[Any]]:
    with connected(server) as connection:
        return {name: values(connection, query) for name, query in STATES.items()}


def until_progress(server: Server, wanted: int) -> None:
    standstill = Standstill(server)
    progress = -1
    while progress < wanted:
        time.sleep(0.1)
        with contextlib.suppress(psycopg.OperationalError), connected(server) as connection:
            connection.execute(HASTE)
            [progress] = values(connection, PROGRESS)
        standstill.look(progress, wanted)


def kill(server: Server, whom: str) -> None:
    if whom == "main process":
        pids = server.descendants()
        server.stop(signal.SIGKILL)
        assert all_gone(pids) == []
        server.start()
        return
    program = {"worker": b"worker_main", "Postgres": b"bin/postgres"}[whom]
    for pid in server.descendants():
        with contextlib.suppress(OSError):
            if program in command_of(pid):
                os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def serving(library: Path, data: Path, services: Services) -> Iterator[Server]:
    server = Server(library, data)
    server.variables = services.variables
    try:
        server.start()
        yield server
    finally:
        pids = descendants(server.pid)
        with contextlib.suppress(ProcessLookupError):
            server.stop()
        assert all_gone(pids) == []


@pytest.fixture(scope="module")
def undisturbed(library: Path, services: Services, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    services.fail(0, 0)
    folder: Path = tmp_path_factory.mktemp("undisturbed")
    with serving(library, folder / "data", services) as server:
        until_settled(server)
        return state(server)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(SEEDS))
def test_it_comes_to_the_same(
    seed: int,
    undisturbed: dict[str, list[Any]],
    library: Path,
    services: Services,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    assert len(undisturbed["files"]) == FILES
    assert {row[2] for row in undisturbed["matches"]} == {"sure"}
    chance = random.Random(seed)
    services.fail(FAILING, seed)
    victims = ["worker", "main process", "Postgres", chance.choice(["worker", "main process", "Postgres"])]
    chance.shuffle(victims)
    # A short name: Postgres is found by the path of its socket, which may not be longer than 107 bytes.
    with serving(library, tmp_path_factory.mktemp("killed") / "data", services) as server:
        for moment, whom in zip(sorted(chance.sample(range(WHOLE), len(victims))), victims, strict=True):
            until_progress(server, moment)
            kill(server, whom)
        until_settled(server)
        found = state(server)
    for name, rows in undisturbed.items():
        assert found[name] == rows, (name, seed)
