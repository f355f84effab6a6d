"""Every request that the documentation shows is sent to an instance as it is written, and succeeds."""

from __future__ import annotations

import io
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image
from tests import media
from tests.integration.api.seeds import movie_seed, video_seed
from tests.integration.test_access import client_of, instance

from kyoo.core.files import encode_path

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
#: JSON in the pages that is no body of a request: values of variables, and an answer.
NO_BODIES = {
    '{"permissions": ["core.read", "core.play"], "verified": false}',
    '{"profile": "/api/profiles/me/export"}',
    '{"token": "<JWT>"}',
    # Numbers and orders of a serie that a provider knows, titles that the scanner is unsure of: tests of their own.
    '{"externalId": {"tvdb": {"serieId": "81189", "season": 1, "episode": 2}}, "season": 1, "episode": 1}',
    '{"items": [{"provider": "tvdb", "order": "dvd", "name": "dvd"}], "chosen": null}',
    '{"provider": "tvdb", "order": "dvd"}',
    '{"kind": "serie", "title": "Dark", "year": 2017, "externalId": {"tvmaze": "17861"}}',
}
REQUEST = re.compile(r"(POST|PUT|PATCH|DELETE) (/\S+)")
#: Frames of the websocket, which its AsyncAPI document is held to.
FRAMES = ROOT / "docs" / "using" / "realtime.md"


@dataclass
class Example:
    """`wanted` is the path with the braces of the documentation."""

    page: str
    verb: str
    wanted: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


def of_curl(page: str, command: str) -> Example:
    arguments = iter(shlex.split(command)[1:])
    found = Example(page, "GET", "")
    for argument in arguments:
        match argument:
            case "-X":
                found.verb = next(arguments)
            case "-H":
                name, _, value = next(arguments).partition(":")
                found.headers[name] = value.strip()
            case "-d":
                found.body = json.loads(next(arguments))
            case "-F":
                found.files.append(next(arguments).partition("=")[0])
            case _:
                found.wanted = re.sub(r"^https?://[^/]+", "", argument)
    return found


def shown() -> Iterator[Example]:
    """The curl commands of the pages, and each body that follows a request in the same paragraph or row."""
    for path in PAGES:
        if path == FRAMES:
            continue
        page, text = str(path.relative_to(ROOT)), path.read_text()
        for block in re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            for command in re.sub(r"\\\n", " ", block).splitlines():
                if command.startswith("curl "):
                    yield of_curl(page, command)
        for paragraph in re.split(
            r"\n\n|\n(?=[|-])", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
        ):
            request = None
            for span in (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", paragraph)):
                if match := REQUEST.match(span):
                    request = match
                elif span.startswith(('{"', '[{"')) and "…" not in span and span not in NO_BODIES:
                    assert request is not None, f"{page}: a body without its request: {span}"
                    yield Example(page, request[1], request[2], json.loads(span))


EXAMPLES = list(shown())


def test_there_are_examples() -> None:
    assert {example.page for example in EXAMPLES} == {"docs/operating/auth.md", "docs/using/more-routes.md"}
    assert len(EXAMPLES) >= 9


@pytest.fixture
async def client(conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("KEIBI_APIKEY_EXAMPLES", "key of the examples")
    permissions = ["core.read", "core.write", "core.play", "users.read", "users.write", "apikeys.read", "apikeys.write"]
    monkeypatch.setenv("KEIBI_APIKEY_EXAMPLES_CLAIMS", json.dumps({"permissions": permissions}))
    async with instance(conninfo, tmp_path) as running, client_of(running) as client:
        yield client


async def test_every_example_is_answered(client: httpx2.AsyncClient, tmp_path: Path, subtests: pytest.Subtests) -> None:
    key = {"X-Api-Key": "key of the examples"}

    async def make(path: str, body: Any, **headers: str) -> Any:
        response = await client.post(path, json=body, headers=headers or key)
        assert response.status_code in (200, 201), response.text
        return response.json()

    people = [{"username": name, "email": f"{name}@example.org", "password": "a password"} for name in ("ada", "bob")]
    tokens = [(await make("/auth/users", body, Accept="application/json"))["token"] for body in people]
    bob = (await client.get("/auth/users/me", headers={"Authorization": f"Bearer {tokens[1]}"})).json()
    await make("/api/movies", movie_seed("bubble"))
    (video,) = await make("/api/videos", [video_seed("/media/bubble.mkv", **{"for": [{"movie": "bubble"}]})])
    names = {
        "/api/movies": "bubble",
        "/api/videos": video["id"],
        "/auth/users": bob["id"],
        "/api/libraries": "children",
    }
    picture = io.BytesIO()
    Image.new("RGB", (20, 30), "teal").save(picture, "PNG")
    film = media.placed(media.movie(), tmp_path / "videos" / "film.mkv")
    segment = f"/video/{encode_path(film)}/0/original/segment-0.mp4"
    assert (await client.get(segment, headers={**key, "X-CLIENT-ID": "unnamed"})).status_code == 200
    for example in EXAMPLES:
        path = re.sub(r"{(\w+),[^}]*}", r"\1", example.wanted)
        path = re.sub(r"{\w+}", names.get("/".join(path.split("/")[:3]), "unnamed"), path)
        # What is kept for somebody, or given by somebody who has it, needs a person.
        person = path.endswith(("/score", "/hidden")) or path.startswith("/auth/")
        headers = {"Authorization": f"Bearer {tokens[0]}"} if person else key
        with subtests.test(page=example.page, request=f"{example.verb} {example.wanted}"):
            more: dict[str, Any] = {"json": example.body} if example.body is not None else {}
            if example.files:
                more["files"] = {name: ("a.png", picture.getvalue(), "image/png") for name in example.files}
            assert set(example.headers) <= {"X-Api-Key", "Content-Type"}
            response = await client.request(example.verb, path, headers=headers, **more)
            assert response.status_code in (200, 201, 204), response.text
