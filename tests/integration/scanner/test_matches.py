"""Which title of the services a show is: looked up when it is identified, remembered, left open when nobody is sure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.fakes.catalogue import FakeCatalogue
from tests.integration.scanner.conftest import Kyoo

from kyoo.scanner.providers.base import UnavailableError
from kyoo.scanner.providers.records import EpisodeRecord, ShowRecord, Texts, Title


def record(name: str, year: int, identifier: str, *others: str, kind: str = "movie", **more: Any) -> ShowRecord:
    values = {
        "provider": "catalogue",
        "kind": kind,
        "id": identifier,
        "ids": {"imdb": f"tt{identifier}"},
        "texts": {"en": Texts(name=name)},
        "aliases": [Title(text=other) for other in others],
        "start": date(year, 3, 1),
    }
    return ShowRecord.model_validate(values | more)


@pytest.fixture
def service(kyoo: Kyoo) -> FakeCatalogue:
    found = FakeCatalogue(
        shows=[
            record("Dune", 1984, "841", runtime=137, popularity=10),
            record("Dune", 2021, "438631", runtime=155, popularity=90),
            record("Brother", 1997, "20992", "Брат", original_language="ru"),
            record("Harbour Nights", 2001, "34", kind="serie", episodes=[EpisodeRecord(season=1, number=1)]),
        ]
    )
    kyoo.context.providers.append(found)
    return found


async def ids(kyoo: Kyoo) -> dict[str, dict[str, str]]:
    rows = await kyoo.rows("select s.title, m.ids from scanner.matches m join scanner.shows s on s.id = m.show_id")
    return {row["title"]: row["ids"] for row in rows}


async def test_a_sure_title_is_remembered(kyoo: Kyoo, service: FakeCatalogue) -> None:
    kyoo.add("Dune (1984).mkv", "Брат (1997).mkv", "Harbour Nights/Harbour Nights S01E01.mkv")
    await kyoo.scan()
    assert await ids(kyoo) == {
        "Dune": {"catalogue": "841", "imdb": "tt841"},
        "Брат": {"catalogue": "20992", "imdb": "tt20992"},
        "Harbour Nights": {"catalogue": "34", "imdb": "tt34"},
    }
    service.asked.clear()
    kyoo.add("Harbour Nights/Harbour Nights S01E02.mkv")
    await kyoo.scan()
    assert service.asked == []


async def test_an_id_in_the_name_is_the_title(kyoo: Kyoo, service: FakeCatalogue) -> None:
    kyoo.add("Whatever {imdb-tt841}/Whatever {imdb-tt841}.mkv")
    await kyoo.scan()
    assert await ids(kyoo) == {"Whatever": {"catalogue": "841", "imdb": "tt841"}}
    assert not any(asked.startswith("search") for asked in service.asked)


async def test_the_length_decides_once_it_is_measured(kyoo: Kyoo, service: FakeCatalogue) -> None:
    assert service.kinds
    kyoo.add("Dune.mkv")
    kyoo.transcoder.durations["Dune.mkv"] = 155 * 60
    await kyoo.scan()
    rows = await kyoo.rows("select ids, why, candidates from scanner.matches")
    # Measured after it was first looked up: one remake is as long as the file, and far longer than the other.
    assert rows[0]["ids"] == {"catalogue": "438631", "imdb": "tt438631"}, rows


async def test_nobody_is_asked_without_services(kyoo: Kyoo) -> None:
    kyoo.add("Dune (1984).mkv")
    await kyoo.scan()
    assert await ids(kyoo) == {}
    assert await kyoo.titles() == ["Dune"]


async def test_a_service_that_is_down_delays_and_loses_nothing(kyoo: Kyoo, service: FakeCatalogue) -> None:
    service.failing = UnavailableError("catalogue", "down", retry_after=3000)
    kyoo.add("Dune (1984).mkv")
    kyoo.transcoder.durations["Dune (1984).mkv"] = 137 * 60
    await kyoo.scan()
    assert await kyoo.titles() == ["Dune"]
    (row,) = await kyoo.rows("select ids, why from scanner.matches")
    assert row["ids"] == {}
    assert row["why"].startswith("catalogue was not to be had")
    wait = await kyoo.value(
        "select extract(epoch from scheduled_at - now()) from queue.procrastinate_jobs "
        "where task_name = 'scanner:refresh' and status = 'todo'"
    )
    assert 2900 < wait <= 3000
    # What fails is not asked over and over.
    assert len(service.asked) <= 2
    service.failing = None
    await kyoo.change_queue("update queue.procrastinate_jobs set scheduled_at = now() where scheduled_at > now()")
    await kyoo.work()
    assert await ids(kyoo) == {"Dune": {"catalogue": "841", "imdb": "tt841"}}
