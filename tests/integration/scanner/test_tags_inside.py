"""Files whose tags say what their names leave out."""

from __future__ import annotations

from typing import Any

from tests.integration.scanner.conftest import Kyoo

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
