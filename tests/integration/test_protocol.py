"""Every example of docs/protocol is sent to an instance as it is written, and answered as it is written."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests import media
from tests.integration.api.seeds import episode_seed, movie_seed, season_seed, serie_seed, video_seed
from tests.integration.test_access import client_of, instance

from kyoo.core.files import encode_path

PAGES = sorted((Path(__file__).parents[2] / "docs" / "protocol").glob("*.md"))
HEADER = re.compile(r"([\w-]+): (.+)")
#: What an example takes from an earlier answer, or gives to a later request.
NAME = re.compile(r"{([a-z]\w*)}")


@dataclass
class Message:
    """`first` is the verb and the path of a request, or the status of an answer."""

    first: str
    headers: dict[str, str]
    body: str

    @classmethod
    def read(cls, text: str) -> Message:
        first, *lines = text.splitlines()
        headers = {}
        while lines and (header := HEADER.fullmatch(lines[0])):
            headers[header[1]] = header[2]
            lines.pop(0)
        return cls(first, headers, "\n".join(lines))


@dataclass
class Example:
    request: Message
    answer: Message


def shown(page: Path) -> Iterator[Example]:
    for block in re.findall(r"^```http\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL):
        request, _, answer = block.partition("\n\n")
        yield Example(Message.read(request), Message.read(answer))


class Names:
    """The values of `{name}`."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = dict(known)

    def copied(self) -> Names:
        return Names(self._known)

    def filled(self, text: str) -> str:
        return NAME.sub(lambda name: self._known[name[1]], text)

    def hold(self, wanted: Any, found: Any, where: str = "answer") -> None:
        """Objects may have more members than are shown, lists not; `…` is anything."""
        match wanted:
            case dict():
                assert isinstance(found, dict), where
                for key, value in wanted.items():
                    assert key in found, f"{where}.{key}"
                    self.hold(value, found[key], f"{where}.{key}")
            case list():
                assert isinstance(found, list), where
                assert len(found) == len(wanted), where
                for index, (value, one) in enumerate(zip(wanted, found, strict=True)):
                    self.hold(value, one, f"{where}[{index}]")
            case "…":
                pass
            case str():
                assert isinstance(found, str), where
                self.hold_text(wanted, found, where)
            case _:
                assert found == wanted, where

    def hold_text(self, wanted: str, found: str, where: str) -> None:
        new = []
        pattern = ""
        for part in re.split(r"(…|{[a-z]\w*})", wanted):
            name = NAME.fullmatch(part)
            if part == "…":
                pattern += ".*"
            elif name and name[1] not in self._known and name[1] not in new:
                new.append(name[1])
                pattern += f"(?P<{name[1]}>.+)"
            else:
                pattern += re.escape(self.filled(part))
        match = re.fullmatch(pattern, found, re.DOTALL)
        assert match, f"{where}: {found!r} is not {wanted!r}"
        self._known |= {name: match[name] for name in new}


@pytest.fixture
async def client(conninfo: str, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with instance(conninfo, tmp_path) as running, client_of(running) as client:
        yield client


async def library(client: httpx2.AsyncClient, film: Path) -> Names:
    """What docs/protocol/README.md says that there is."""

    async def make(path: str, body: Any, **headers: str) -> Any:
        answer = await client.post(path, json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    ada = {"username": "ada", "email": "ada@example.org", "password": "a long password"}
    token = (await make("/auth/users", ada))["token"]
    key = {"Authorization": f"Bearer {token}"}
    episodes = [episode_seed(1, number, airDate="2017-12-01") for number in (1, 2, 3)]
    await make("/api/movies", movie_seed("bubble"), **key)
    await make("/api/series", serie_seed("dark", seasons=[season_seed(1)], entries=episodes), **key)
    links: list[dict[str, Any]] = [{"movie": "bubble"}, {"serie": "dark", "season": 1, "episode": 1}]
    files = [
        video_seed(str(path), **{"for": [link]})
        for path, link in zip((film, film.parent / "dark.mkv"), links, strict=True)
    ]
    _, episode = await make("/api/videos", files, **key)
    return Names({"ada": token, "episode": episode["id"], "path": encode_path(film)})


async def test_every_example_is_answered_as_it_is_written(
    client: httpx2.AsyncClient, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    library_names = await library(client, media.placed(media.movie(), tmp_path / "videos" / "bubble.mkv"))
    for page in PAGES:
        names = library_names.copied()
        examples = list(shown(page))
        assert examples, f"{page.name} shows nothing"
        for example in examples:
            with subtests.test(page=page.name, request=example.request.first):
                await send(client, example, names)


async def send(client: httpx2.AsyncClient, example: Example, names: Names) -> None:
    verb, path = names.filled(example.request.first).split(" ", 1)
    headers = {name: names.filled(value) for name, value in example.request.headers.items()}
    body = names.filled(example.request.body)
    more: dict[str, Any] = {"json": json.loads(body)} if body else {}
    answer = await client.request(verb, path, headers=headers, **more)
    assert str(answer.status_code) == example.answer.first, answer.text
    for name, value in example.answer.headers.items():
        names.hold_text(value, answer.headers[name], name)
    if example.answer.body.startswith(("{", "[")):
        names.hold(json.loads(example.answer.body), answer.json())
    elif example.answer.body:
        names.hold_text(example.answer.body, answer.text, "answer")
