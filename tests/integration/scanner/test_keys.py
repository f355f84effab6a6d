"""Keys of services of metadata: typed in, tried at once, kept encrypted, used without a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from tests.fakes.metadata import tmdb, tvdb
from tests.fakes.metadata.faults import Faulty
from tests.fakes.serving import served
from tests.integration.scanner.conftest import Kyoo

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978"


@dataclass
class Keyed:
    kyoo: Kyoo
    tmdb: Faulty
    tvdb: Faulty
    settings: dict[str, Any]

    async def state(self, name: str) -> dict[str, Any]:
        items = (await self.kyoo.get("/scanner/providers"))["items"]
        return next(item for item in items if item["name"] == name)

    async def put(self, name: str, **key: str) -> Any:
        return await self.kyoo.client.put(f"/scanner/providers/{name}/key", json=key)


@pytest.fixture
async def keyed(start: Callable[..., Kyoo]) -> AsyncIterator[Keyed]:
    one, two = Faulty(tmdb.tmdb()), Faulty(tvdb.tvdb())
    async with served(one) as first, served(two) as second:
        settings = {
            "tmdb_url": f"{first}/3",
            "tmdb_image_url": first,
            "tvdb_url": f"{second}/v4",
            "tvdb_image_url": second,
            "secret_key": SECRET,
            "switched_on": ("tmdb", "tvdb"),
        }
        kyoo = start(**settings)
        kyoo.transcoder.usual = 93 * 60
        yield Keyed(kyoo, one, two, settings)


async def test_a_key_is_tried_kept_encrypted_and_used_at_once(keyed: Keyed) -> None:
    kyoo = keyed.kyoo
    kyoo.add("The Quiet Lamp (1994).mkv")
    await kyoo.scan()
    assert keyed.tmdb.log == []
    assert (await keyed.state("themoviedatabase"))["state"] == "no key"
    wrong = await keyed.put("themoviedatabase", key="f" * 32)
    assert wrong.status_code == 422
    assert "the key is wrong" in wrong.json()["detail"]
    assert (await keyed.state("themoviedatabase"))["key"] == "none"
    right = await keyed.put("tmdb", key=tmdb.KEY)
    assert right.status_code == 200
    assert (right.json()["state"], right.json()["key"]) == ("ok", "stored")
    # What is there already is described with it.
    await kyoo.work()
    [film] = await kyoo.items("/api/movies")
    assert film["description"] == "A lamp says nothing."
    assert film["minAge"] == 13, "PG-13"
    assert film["poster"]["source"].endswith("/original/1-en.jpg")
    assert film["thumbnail"]["source"].endswith("/original/1-wide.jpg")
    assert (await keyed.state("themoviedatabase"))["shows"] == 1
    # Nowhere in the database, in no answer, in no address that is kept.
    [stored] = await kyoo.rows("select * from scanner.keys")
    assert tmdb.KEY.encode() not in bytes(stored["sealed"])
    assert tmdb.KEY not in str(await kyoo.rows("select key, service, etag from scanner.answers"))
    assert tmdb.KEY not in right.text


async def test_a_key_with_a_pin_tells_what_is_wrong(keyed: Keyed) -> None:
    assert "wrong" in (await keyed.put("tvdb", key="another-key", pin=tvdb.PIN)).json()["detail"]
    assert "PIN" in (await keyed.put("tvdb", key=tvdb.KEY)).json()["detail"]
    good = await keyed.put("tvdb", key=tvdb.KEY, pin=tvdb.PIN)
    assert (good.status_code, good.json()["state"]) == (200, "ok")
    removed = await keyed.kyoo.client.delete("/scanner/providers/tvdb/key")
    assert removed.status_code == 204
    assert (await keyed.state("tvdb"))["state"] == "no key"


async def test_a_service_that_is_down_keeps_nobody_from_typing_in_a_key(keyed: Keyed) -> None:
    keyed.tmdb.fault = "500"
    answer = await keyed.put("tmdb", key=tmdb.KEY)
    assert (answer.status_code, answer.json()["state"], answer.json()["key"]) == (200, "down", "stored")
    keyed.tmdb.fault = None
    checked = await keyed.kyoo.client.post("/scanner/providers/tmdb/check")
    assert checked.json()["state"] == "ok"


async def test_a_key_of_the_operator_wins_and_cannot_be_replaced(keyed: Keyed, start: Callable[..., Kyoo]) -> None:
    kyoo = start(**keyed.settings, tmdb_key=tmdb.KEY)
    items = (await kyoo.get("/scanner/providers"))["items"]
    state = next(item for item in items if item["name"] == "themoviedatabase")
    assert (state["key"], state["canStore"]) == ("option", False)
    answer = await kyoo.client.put("/scanner/providers/tmdb/key", json={"key": "f" * 32})
    assert answer.status_code == 422


async def test_another_secret_makes_stored_keys_useless_and_nothing_fails(
    keyed: Keyed, start: Callable[..., Kyoo]
) -> None:
    await keyed.put("tmdb", key=tmdb.KEY)
    other = start(**{**keyed.settings, "secret_key": SECRET[::-1]})
    items = (await other.get("/scanner/providers"))["items"]
    assert next(item for item in items if item["name"] == "themoviedatabase")["state"] == "no key"


async def test_services_without_a_key_have_none(keyed: Keyed) -> None:
    for name in ("tvmaze", "nobody"):
        assert (await keyed.put(name, key="f" * 32)).status_code == 404
    assert (await keyed.put("tmdb", key="has blanks in it")).status_code == 422


async def test_both_services_together_describe_a_serie(keyed: Keyed) -> None:
    kyoo = keyed.kyoo
    await keyed.put("tmdb", key=tmdb.KEY)
    await keyed.put("tvdb", key=tvdb.KEY, pin=tvdb.PIN)
    kyoo.transcoder.usual = 42 * 60
    kyoo.add("Harbour Nights/Harbour Nights S01E02.mkv", "Harbour Nights/Harbour Nights S02E01.mkv")
    await kyoo.scan()
    [serie] = await kyoo.items("/api/series")
    assert serie["rating"]["themoviedatabase"] == 78
    assert serie["minAge"] == 15
    assert set(serie["externalId"]) >= {"tvdb", "themoviedatabase", "imdb"}
    french = await kyoo.client.get("/api/series/harbour-nights/entries", headers={"Accept-Language": "fr"})
    named = [(entry["name"], bool(entry["videos"])) for entry in french.json()["items"] if entry["kind"] == "episode"]
    assert named[:4] == [("Partie 1.1", False), ("Partie 1.2", True), ("Partie 1.3", False), ("Partie 2.1", True)]
    specials = [entry for entry in french.json()["items"] if entry["kind"] == "special"]
    # Where TheTVDB says that they air.
    assert [entry["number"] for entry in specials] == [1, 2]
    assert 1 < specials[0]["order"] < 2 < specials[1]["order"] < 3
