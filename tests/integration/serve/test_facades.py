"""A facade is a service like the others, over what they keep: `tests/fakes/titles` is one, and the gateway, the doctor
and the limits of a caller know it by its line in the list of services alone."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest
from tests.integration.api.seeds import movie_seed

from kyoo.core.database.shares import Tenant
from kyoo.serve.composition import composed
from kyoo.serve.options import ServeOptions
from kyoo.serve.services import NAMES, SCHEMAS, SERVICES, Service, check_lanes

URL = "http://kyoo.test"
KEY = "service key " * 4
TITLES = Service(
    "titles", "names of films", "/titles", 4999, 401, 401, "TitlesSettings", facade="tests.fakes.titles"
)  # fmt: skip


async def test_it_answers_behind_the_gateway_under_the_limits_of_its_caller(
    conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SERVICES, "titles", TITLES)
    monkeypatch.setenv("TITLES_MOST", "2")
    for name, claims in {"READER": {}, "LIMITED": {"libraries": ["none"]}}.items():
        monkeypatch.setenv(f"KEIBI_APIKEY_{name}", f"key of {name}")
        monkeypatch.setenv(f"KEIBI_APIKEY_{name}_CLAIMS", json.dumps({"permissions": ["core.read"], **claims}))
    options = ServeOptions((tmp_path,), tmp_path / "data", "localhost", 0, URL)
    async with (
        composed(options, conninfo, KEY, role="serve", tenant=Tenant("kyoo serve")) as instance,
        httpx2.AsyncClient(transport=httpx2.ASGITransport(instance.gateway), base_url=URL) as client,
    ):
        for slug in ("arrival", "brazil", "cube"):
            made = await client.post("/api/movies", json=movie_seed(slug), headers={"X-Api-Key": KEY})
            assert made.status_code == 201
        answers = {
            key: await client.get("/titles/films", headers={"X-Api-Key": key} if key else {})
            for key in ("", "key of READER", "key of LIMITED")
        }
        assert [answer.status_code for answer in answers.values()] == [401, 200, 200]
        assert answers["key of READER"].text == "Arrival\nBrazil\n", "as many as its settings say"
        assert answers["key of LIMITED"].text == ""
        assert (await client.get("/titles/ready")).status_code == 200
        assert set(instance.contexts) == {*NAMES, "titles"}


def test_it_has_neither_jobs_nor_a_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SERVICES, "titles", TITLES)
    check_lanes()
    assert TITLES.jobs is None
    assert "titles" not in SCHEMAS
