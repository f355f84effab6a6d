"""Files whose tags say what their names leave out."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.integration.scanner.conftest import Kyoo

from kyoo.scanner.context import ScannerContext
from kyoo.scanner.metadata import identification
from kyoo.scanner.scanning import probing, renewing
from kyoo.scanner.shows.registration import register

EPISODE = {
    "show": "Harbour Nights",
    "season_number": "2",
    "episode_sort": "3",
    "title": "The Tide",
    "synopsis": "Ships.",
}


async def entries(kyoo: Kyoo, serie: str) -> list[dict[str, Any]]:
    return await kyoo.items(f"/api/series/{serie}/entries")


async def test_a_nameless_recording_is_the_episode_that_its_tags_say(kyoo: Kyoo) -> None:
    kyoo.add("VID_0001.mp4")
    await kyoo.scan()
    assert [show["kind"] for show in await kyoo.items("/api/shows")] == ["movie"]
    (kyoo.library / "VID_0001.mp4").unlink()
    await kyoo.scan()
    kyoo.transcoder.tags["VID_0002.mp4"] = EPISODE
    kyoo.add("VID_0002.mp4")
    await kyoo.scan()
    [entry] = await entries(kyoo, "harbour-nights")
    assert (entry["seasonNumber"], entry["episodeNumber"], entry["name"]) == (2, 3, "The Tide")
    assert entry["description"] == "Ships."
    assert [show["slug"] for show in await kyoo.items("/api/shows", limit=50) if show["kind"] == "movie"] == [
        "vid-0001"
    ]
    before = entry["videos"][0]["id"]
    # What was read inside counts for another name of the file, too.
    (kyoo.library / "VID_0002.mp4").rename(kyoo.library / "VID_0007.mp4")
    await kyoo.scan()
    [entry] = await entries(kyoo, "harbour-nights")
    assert [video["id"] for video in entry["videos"]] == [before]
    assert kyoo.transcoder.asked.count("VID_0007.mp4") == 0


async def test_names_win(kyoo: Kyoo) -> None:
    kyoo.transcoder.tags["Bikes S01E05.mkv"] = EPISODE
    kyoo.transcoder.tags["Dune (2021).mkv"] = EPISODE
    kyoo.add("Bikes S01E05.mkv", "Dune (2021).mkv")
    await kyoo.scan()
    assert {(show["kind"], show["name"]) for show in await kyoo.items("/api/shows")} == {
        ("serie", "Bikes"),
        ("movie", "Dune"),
    }
    [entry] = await entries(kyoo, "bikes")
    assert (entry["seasonNumber"], entry["episodeNumber"]) == (1, 5)


async def test_a_film_that_is_written_while_its_file_turns_out_to_be_an_episode_goes(
    kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment between the old show of a file and its new one, when it is of none."""
    kyoo.transcoder.tags["VID_0002.mp4"] = EPISODE
    kyoo.add("VID_0002.mp4")
    identify, close_left = identification.identify, renewing.close_left
    seed_movie = kyoo.context.api.seed_movie
    written: list[asyncio.Task[None]] = []
    between, posting, closed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def identify_late(context: ScannerContext, show_id: int, **options: bool) -> None:
        await between.wait()
        await identify(context, show_id, **options)

    async def post_late(seed: Any) -> Any:
        posting.set()
        await closed.wait()
        return await seed_movie(seed)

    async def register_between(context: ScannerContext, paths: list[str]) -> None:
        [film] = await kyoo.rows("select id from scanner.shows")
        written.append(asyncio.create_task(identify(context, film["id"])))
        begun = asyncio.create_task(posting.wait())
        await asyncio.wait([*written, begun], return_when=asyncio.FIRST_COMPLETED)
        begun.cancel()
        await register(context, paths)

    async def close_first(context: ScannerContext, renewed: dict[str, int | None]) -> None:
        await close_left(context, renewed)
        closed.set()
        await asyncio.gather(*written)
        between.set()

    monkeypatch.setattr(identification, "identify", identify_late)
    monkeypatch.setattr(kyoo.context.api, "seed_movie", post_late)
    monkeypatch.setattr(probing, "register", register_between)
    monkeypatch.setattr(renewing, "close_left", close_first)
    await kyoo.scan()
    [entry] = await entries(kyoo, "harbour-nights")
    assert (entry["seasonNumber"], entry["episodeNumber"]) == (2, 3)
    assert [show["kind"] for show in await kyoo.items("/api/shows")] == ["serie"]
