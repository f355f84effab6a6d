"""Files become films and series that the providers describe, whatever state the providers are in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from tests.fakes.metadata.anilist import anilist
from tests.fakes.metadata.faults import Faulty
from tests.fakes.metadata.tvmaze import tvmaze
from tests.fakes.metadata.wikimedia import wikimedia
from tests.integration.scanner.conftest import Kyoo
from tests.providers.lines import line
from tests.providers.subjects import anilist_over, tvmaze_over, wikidata_over

from kyoo.core.database.postgres import execute
from kyoo.scanner import work
from kyoo.scanner.metadata import refreshing

PLOT_OF_WIKIPEDIA, PLOT_OF_TVMAZE = "Ships come in.", "Harbour Nights: Ships come in."


class Services:
    """The services without a key; each fails when its `fault` is set."""

    def __init__(self) -> None:
        self.tvmaze, self.wikidata, self.anilist = Faulty(tvmaze()), Faulty(wikimedia()), Faulty(anilist())

    def providers(self) -> list[Any]:
        return [
            tvmaze_over(line(self.tvmaze)),
            wikidata_over(line(self.wikidata)),
            anilist_over(line(self.anilist)),
        ]


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def described(start: Callable[..., Kyoo], services: Services) -> Kyoo:
    kyoo = start(providers=services.providers())
    kyoo.transcoder.usual = 42 * 60
    return kyoo


async def the(kyoo: Kyoo, collection: str, slug: str, language: str = "en") -> dict[str, Any]:
    response = await kyoo.client.get(
        f"/api/{collection}/{slug}",
        params={"with": "studios"},
        headers={"Accept-Language": language},
    )
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def match_of_the_serie(kyoo: Kyoo) -> dict[str, Any]:
    [match] = await kyoo.rows(
        "select m.* from scanner.matches m join scanner.shows s on s.id = show_id where kind = 'serie'"
    )
    return match


async def entries(kyoo: Kyoo, slug: str) -> list[dict[str, Any]]:
    return await kyoo.items(f"/api/series/{slug}/entries", limit=250)


async def test_a_film_is_described_in_every_language_without_a_key(described: Kyoo) -> None:
    described.add("The Quiet Lamp (1994)/The.Quiet.Lamp.1994.mkv")
    await described.scan()
    film = await the(described, "movies", "the-quiet-lamp")
    assert film["name"] == "The Quiet Lamp"
    assert film["description"] == "A lamp says nothing."
    assert film["airDate"] == "1994-05-01"
    assert film["genres"] == ["drama", "science-fiction"]
    assert film["externalId"]["imdb"][0]["dataId"] == "tt0000001"
    assert film["rating"] == {"rottentomatoes": 81} or film["rating"]["rottentomatoes"] == 81
    french = await the(described, "movies", "the-quiet-lamp", "fr")
    assert french["name"] == "La lampe muette"
    assert french["description"] == "Une lampe ne dit rien."
    assert len(await described.rows("select * from scanner.files where state = 'identified'")) == 1


async def test_a_serie_has_all_its_episodes_and_the_files_stand_in_theirs(described: Kyoo) -> None:
    described.add(
        "Harbour Nights/Season 1/Harbour Nights S01E02.mkv", "Harbour Nights/Season 2/Harbour Nights S02E04.mkv"
    )
    await described.scan()
    serie = await the(described, "series", "harbour-nights")
    assert serie["status"] == "finished"
    assert serie["startAir"] == "2008-01-01"
    assert serie["studios"][0]["name"] == "Channel Ebb"
    found = await entries(described, "harbour-nights")
    regular = [entry for entry in found if entry["kind"] == "episode"]
    assert [(entry["seasonNumber"], entry["episodeNumber"]) for entry in regular] == [
        (1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (2, 4),
    ]  # fmt: skip
    assert [entry["name"] for entry in regular if entry["videos"]] == ["Part 1.2", "Part 2.4"]
    assert [entry["number"] for entry in found if entry["kind"] == "special"] == [1, 2]


async def test_a_title_of_another_year_is_not_taken(described: Kyoo) -> None:
    described.add("Harbour Nights (1971)/Harbour.Nights.1971.S01E01.mkv")
    await described.scan()
    serie = await the(described, "series", "harbour-nights")
    assert serie["description"] is None
    [match] = await described.rows("select * from scanner.matches")
    assert match["state"] == "unsure"
    assert match["candidates"][0]["name"] == "Harbour Nights"
    assert match["candidates"][0]["reasons"]


@pytest.mark.parametrize("fault", ["500", "slow", "limited", "html", "no object", "error body", "401"])
async def test_a_provider_that_fails_delays_and_loses_nothing(described: Kyoo, services: Services, fault: str) -> None:
    services.tvmaze.fault = fault
    described.add(
        "The Quiet Lamp (1994)/The.Quiet.Lamp.1994.mkv",
        "Harbour Nights/Harbour Nights S01E01.mkv",
    )
    await described.scan()
    # The others have not waited for it.
    assert (await the(described, "movies", "the-quiet-lamp"))["description"]
    serie = await the(described, "series", "harbour-nights")
    assert serie["description"] == PLOT_OF_WIKIPEDIA
    assert [entry["name"] for entry in await entries(described, "harbour-nights") if entry["name"]] == []
    [match] = await described.rows(
        "select m.* from scanner.matches m join scanner.shows s on s.id = show_id where kind = 'serie'"
    )
    assert match["failed"] == ["tvmaze"]
    # It is asked again by itself.
    [waiting] = await described.rows(
        "select * from queue.procrastinate_jobs where task_name = 'scanner:describe' and status = 'todo'"
    )
    assert waiting["scheduled_at"] is not None
    services.tvmaze.fault = None
    await described.change_queue("update queue.procrastinate_jobs set scheduled_at = now() where status = 'todo'")
    await described.work()
    assert [entry["name"] for entry in await entries(described, "harbour-nights")][:2] == ["Part 1.1", "Beside it 1"]
    [match] = await described.rows(
        "select m.* from scanner.matches m join scanner.shows s on s.id = show_id where kind = 'serie'"
    )
    assert (match["state"], match["failed"]) == ("sure", [])


async def test_what_a_provider_said_stays_while_it_is_down(described: Kyoo, services: Services) -> None:
    described.add("Harbour Nights/Harbour Nights S01E01.mkv")
    await described.scan()
    services.tvmaze.fault = services.wikidata.fault = "500"
    response = await described.client.post("/scanner/series/harbour-nights/refresh")
    assert response.status_code == 201
    await described.work()
    serie = await the(described, "series", "harbour-nights")
    assert serie["description"] == PLOT_OF_TVMAZE
    assert len(await entries(described, "harbour-nights")) == 9


async def test_without_any_network_names_are_enough_and_it_completes_itself(
    described: Kyoo, services: Services
) -> None:
    for service in (services.tvmaze, services.wikidata, services.anilist):
        service.fault = "500"
    described.add("The Quiet Lamp (1994).mkv", "Harbour Nights S01E01.mkv")
    await described.scan()
    assert await described.titles() == ["Harbour Nights", "The Quiet Lamp"]
    for service in (services.tvmaze, services.wikidata, services.anilist):
        service.fault = None
    await described.change_queue("update queue.procrastinate_jobs set scheduled_at = now() where status = 'todo'")
    await described.work()
    assert (await the(described, "movies", "the-quiet-lamp"))["description"]
    assert (await the(described, "series", "harbour-nights"))["description"]


async def test_nobody_is_asked_twice_for_what_is_known(described: Kyoo, services: Services) -> None:
    described.add("Harbour Nights/Harbour Nights S01E01.mkv", "The Quiet Lamp (1994).mkv")
    await described.scan()
    asked = len(services.tvmaze.log) + len(services.wikidata.log)
    described.add("Harbour Nights/Harbour Nights S01E02.mkv")
    await described.scan()
    assert len(services.tvmaze.log) + len(services.wikidata.log) == asked
    assert [entry["episodeNumber"] for entry in await entries(described, "harbour-nights") if entry.get("videos")] == [
        1,
        2,
    ]
    # What is no anime is no question for whoever knows nothing else.
    assert services.anilist.log == []


async def test_an_anime_is_told_by_whoever_knows_it(described: Kyoo) -> None:
    described.transcoder.usual = 24 * 60
    described.add(*(f"Paper Town Tale/[Fold] Paper Town Tale - {number:02}.mkv" for number in range(1, 4)))
    await described.scan()
    serie = await the(described, "series", "paper-town-tale")
    assert set(serie["externalId"]) >= {"anilist", "tvmaze", "wikidata", "imdb"}
    assert "animation" in serie["genres"]
    assert (await the(described, "series", "paper-town-tale", "ja"))["name"] == "紙の街"


async def test_what_lies_beside_the_videos_wins(described: Kyoo) -> None:
    described.add("The Quiet Lamp (1994)/The Quiet Lamp.mkv")
    described.add(
        "The Quiet Lamp (1994)/movie.nfo",
        content="<movie><title>My Lamp</title><plot>It is mine.</plot><year>1994</year></movie>",
    )
    await described.scan()
    [film] = await described.items("/api/movies")
    assert (film["name"], film["description"], film["airDate"]) == ("My Lamp", "It is mine.", "1994-05-01")


async def test_a_picture_beside_the_videos_wins_in_every_language(described: Kyoo) -> None:
    """Its words are of no language that is known; the provider's poster is in that of the reader."""
    described.transcoder.usual = 24 * 60
    described.add(*(f"Paper Town Tale/Paper Town Tale - {number:02}.mkv" for number in range(1, 4)))
    described.add("Paper Town Tale/poster.jpg")
    await described.scan()
    for language in ("ja", "en"):
        poster = (await the(described, "series", "paper-town-tale", language))["poster"]
        assert "/scanner/pictures/" in poster["source"], (language, poster)


async def test_a_person_chooses_the_title(described: Kyoo, services: Services) -> None:
    described.add("Harbour Nights (1971)/Harbour.Nights.1971.S01E01.mkv")
    await described.scan()
    found = await described.items("/scanner/series", query="Harbour Nights")
    # Several services know it: it is one title with the ids of all.
    assert [result["name"] for result in found] == ["Harbour Nights"]
    wanted = {provider: ids[0]["dataId"] for provider, ids in found[0]["externalId"].items()}
    response = await described.client.post(
        "/scanner/series/harbour-nights/remap", json={"title": "Harbour Nights", "year": 2008, "externalId": wanted}
    )
    assert response.status_code == 201
    await described.work()
    [serie] = await described.items("/api/series")
    assert serie["description"] == PLOT_OF_TVMAZE
    asked = len(services.tvmaze.log)
    await described.scan()
    assert len(services.tvmaze.log) == asked


async def test_a_job_that_is_cut_off_is_done_again(described: Kyoo) -> None:
    described.add("The Quiet Lamp (1994).mkv")
    await described.scan()
    [show] = await described.rows("select id from scanner.shows")
    await described.change_queue("delete from queue.procrastinate_jobs")
    await work.describe(described.runtime.queue, [show["id"]])
    await work.describe(described.runtime.queue, [show["id"]])
    await described.work()
    assert len(await described.rows("select * from scanner.records")) == 1
    assert isinstance(described.client, httpx2.AsyncClient)


async def test_what_is_due_is_asked_about_again_and_due_later(described: Kyoo, services: Services) -> None:
    described.add("Harbour Nights/Harbour Nights S01E01.mkv", "The Quiet Lamp (1994).mkv")
    await described.scan()
    # Old titles are due in two months.
    assert await refreshing.refresh_due(described.context) == 0
    async with described.database.connection() as connection:
        await execute(connection, "update api.shows set next_refresh = current_date - 3")
    asked = len(services.tvmaze.log)
    # A film brings its collection along.
    assert await refreshing.refresh_due(described.context) == 2
    await described.work()
    assert len(services.tvmaze.log) > asked
    assert await described.value("select min(next_refresh) > current_date from api.shows") is True
    assert await refreshing.refresh_due(described.context) == 0


async def test_a_due_collection_is_refreshed_with_one_of_its_films(described: Kyoo) -> None:
    described.add("The Quiet Lamp (1994).mkv")
    await described.scan()
    async with described.database.connection() as connection:
        await execute(connection, "update api.shows set next_refresh = current_date where kind = 'collection'")
    assert await refreshing.refresh_due(described.context) == 1
    await described.work()
    assert await refreshing.refresh_due(described.context) == 0
