"""What was published of media servers in 2025 and 2026 as holes, held against this one through its gateway. The list
with the numbers, and the tests in other files: docs/operating/advisories.md."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from tests import media
from tests.integration.api.seeds import movie_seed
from tests.integration.test_access import NOBODY, client_of, filled, instance, written_table

from kyoo.core.files import encode_path
from kyoo.serve.composition import Instance

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "operating" / "advisories.md"

#: Seconds that a statement sleeps when it takes one of these for SQL.
SLEEP = 5
SQL = (
    f"name;select pg_sleep({SLEEP})--",
    f"(select pg_sleep({SLEEP}))",
    f"name,(case when (select pg_sleep({SLEEP})) is null then 1 else 2 end)",
    f"-name' || pg_sleep({SLEEP}) || '",
    f'name" desc; select pg_sleep({SLEEP}); --',
    f"random:1);select pg_sleep({SLEEP})--",
    "password",
    "pk",
    "1",
    "name asc",
    "name\u037e",
    "n\u00e0me",
    "%(seed)s",
    "{0}",
)

EVERYTHING = {"permissions": ["core.read", "core.write", "core.play", "users.read", "apikeys.read", "scanner.trigger"]}


@pytest.fixture
async def running(conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Instance]:
    """An instance without guests, with a key that may read everything, and one that may see and not play."""
    for name, claims in (("ALL", EVERYTHING), ("READER", {"permissions": ["core.read"]}), ("NONE", {})):
        monkeypatch.setenv(f"KEIBI_APIKEY_{name}", f"key of {name}")
        monkeypatch.setenv(f"KEIBI_APIKEY_{name}_CLAIMS", json.dumps(claims))
    media.placed(media.movie(), tmp_path / "videos" / "Bubble (2022).mkv")
    async with instance(conninfo, tmp_path) as running:
        yield running


def key(name: str) -> dict[str, str]:
    return {"X-Api-Key": f"key of {name}"}


def cursor(value: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, value]).encode()).decode().rstrip("=")


async def test_no_list_takes_a_sort_for_sql(running: Instance) -> None:
    """SQL by the name of a sort field: every list of every service, and whatever else a list is asked by."""
    lists = [route.split(" ", 1)[1] for route, who in written_table().items() if route.startswith("GET ")]
    refusing: dict[str, int] = {}
    async with client_of(running) as client:
        await client.post("/api/movies", headers=key("ALL"), json=movie_seed("bubble"))
        for path in lists:
            plain = await client.get(filled(path), headers=key("ALL"))
            if plain.status_code != 200 or not plain.headers["content-type"].startswith("application/json"):
                continue
            for text in SQL:
                others = ({"filter": f"{text} eq 1"}, {"after": cursor(text)}, {"query": text})
                for query in ({"sort": text}, *(others if "sleep" in text else ())):
                    begun = time.monotonic()
                    answer = await client.get(filled(path), headers=key("ALL"), params=query)
                    assert answer.status_code in (200, 400, 422), (path, query, answer.text)
                    assert time.monotonic() - begun < SLEEP, (path, query)
                    if "sort" in query and answer.status_code == 422:
                        refusing[path] = refusing.get(path, 0) + 1
    # A list that can be sorted refuses every one of them; what takes no notice of `sort` refuses none.
    assert set(refusing.values()) == {len(SQL)}, refusing
    assert {"/api/movies", "/api/series", "/api/shows", "/api/videos", "/api/studios"} <= set(refusing)


async def existing(client: httpx2.AsyncClient, folder: Path) -> list[dict[str, str]]:
    """What is here, by each of the names that a stranger can guess: for the parameters of paths."""
    film = str(folder / "videos" / "Bubble (2022).mkv")
    made = await client.post("/api/movies", headers=key("ALL"), json=movie_seed("bubble"))
    assert made.status_code in (200, 201), made.text
    file = {"path": film, "rendering": "x", "part": None, "version": 1, "for": [{"movie": "bubble"}], "guess": {}}
    body = file | {"guess": {"title": "Bubble", "kind": "movie", "from": "test", "history": []}}
    registered = await client.post("/api/videos", headers=key("ALL"), json=[body])
    assert registered.status_code == 201, registered.text
    account = {"username": "ada", "email": "ada@example.org", "password": "a quiet harbour"}
    user = await client.post("/auth/users", json=account)
    me = await client.get("/auth/users/me", headers={"Authorization": f"Bearer {user.json()['token']}"})
    video = registered.json()[0]["id"]
    show = made.json()["id"]
    common = {"path": encode_path(film), "image": "poster", "kind": "movies"}
    return [common | {"": name} for name in ("bubble", show, video, "ada", me.json()["id"], "1", "0")]


def filled_with(path: str, names: dict[str, str]) -> str:
    return re.sub(r"\{([^}]+)\}", lambda match: names.get(match[1].split(":")[0], names[""]), path)


async def test_streams_and_pictures_need_a_token_whatever_name_is_guessed(running: Instance, tmp_path: Path) -> None:
    """Unauthenticated streams and images by guessable ids: a stranger gets nothing, and does not even learn what is
    here and what is not."""
    private = [route for route, who in written_table().items() if route.startswith("GET ") and who != "public"]
    async with client_of(running) as client:
        names = await existing(client, tmp_path)
        ways: list[dict[str, str]] = [{}, {"Authorization": "Bearer"}, {"Authorization": f"Bearer {NOBODY}"}]
        for route in private:
            path = route.split(" ", 1)[1]
            for way in ways:
                absent = await client.get(filled(path), headers=way)
                assert absent.status_code in (401, 403, 422), (path, way, absent.text)
                for guessed in names:
                    answer = await client.get(filled_with(path, guessed), headers=way)
                    assert (answer.status_code, answer.content) == (absent.status_code, absent.content), (path, guessed)


async def test_who_may_see_may_not_play(running: Instance, tmp_path: Path) -> None:
    """Every route of the transcoder, of a file that is here: 403 without core.play, the same as for one that is not."""
    streams = [route.split(" ", 1) for route, who in written_table().items() if "core.play" in who]
    assert len([path for _, path in streams if path.startswith("/video/")]) > 10
    async with client_of(running) as client:
        names = await existing(client, tmp_path)
        for verb, path in streams:
            for caller in ("READER", "NONE"):
                for guessed in names:
                    answer = await client.request(verb, filled_with(path, guessed), headers=key(caller))
                    assert answer.status_code in (403, 404), (verb, path, caller, answer.status_code)
                    assert answer.status_code == 403 or not path.startswith("/video/"), (path, caller)


def test_the_page_names_tests_that_exist() -> None:
    """Each row of the page has a test, and each number that a test carries is on the page."""
    page = PAGE.read_text()
    rows = [line for line in page.splitlines() if line.startswith("| ") and "`tests/" in line]
    assert len(rows) >= 7
    for row in rows:
        for file, name in re.findall(r"`(tests/[\w/.]+)(?:::(\w+))?`", row):
            text = (ROOT / file).read_text()
            assert not name or f"def {name}(" in text, row
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert set(re.findall(r"CVE-\d{4}-\d+", tests)) - set(re.findall(r"CVE-\d{4}-\d+", page)) == set()
