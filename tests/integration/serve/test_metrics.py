"""`/metrics`: what is said, what never is, and that the dashboard asks for nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx2
from prometheus_client.parser import text_string_to_metric_families
from tests.integration.test_access import URL, instance

from kyoo.serve.metrics import Metrics

DASHBOARD = Path(__file__).parents[3] / "deploy/grafana/kyoo.json"


async def test_what_a_server_says_of_itself(conninfo: str, tmp_path: Path) -> None:
    async with instance(conninfo, tmp_path) as running:
        sources = [source for app in running.applications.values() for source in app.state.measures]
        inside = httpx2.ASGITransport(app=running.gateway)
        async with httpx2.AsyncClient(transport=inside, base_url=URL) as client:
            account = {"username": "zaphod", "email": "zaphod@example.org", "password": "correct horse"}
            answer = await client.post("/auth/users", json=account)
            headers = {"Authorization": f"Bearer {answer.json()['token']}"}
            await client.get("/api/movies/some-secret-film", headers=headers)
            await client.get("/api/shows?limit=1", headers=headers)
            await client.request("MADE-UP", "/api/shows", headers=headers)
            await client.get("/api/nowhere/at/all/9f2c", headers=headers)
            await running.runtime.queue.configure_task("scanner:scan", queue="scan").defer_async()
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=Metrics(sources)), base_url="http://x"
        ) as asker:
            assert (await asker.get("/")).status_code == 404
            answer = await asker.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    requests = {
        (sample.labels["service"], sample.labels["method"], sample.labels["route"], sample.labels["status"])
        for sample in families["kyoo_http_request_seconds"].samples
    }
    assert {
        ("auth", "POST", "/auth/users", "201"),
        ("api", "GET", "/api/movies/{name}", "404"),
        ("api", "GET", "/api/shows", "200"),
    } <= requests
    for secret in ("zaphod", "secret-film", "9f2c", "MADE-UP", str(tmp_path), headers["Authorization"][7:]):
        assert secret not in answer.text, secret
    lookups = {(one.labels["cache"], one.labels["result"]): one.value for one in families["kyoo_cache_lookups"].samples}
    assert lookups["credentials", "hit"] >= 1
    [job] = [one for one in families["kyoo_jobs"].samples if one.labels == {"queue": "scan", "state": "waiting"}]
    assert job.value == 1
    assert {one.labels["service"] for one in families["kyoo_database_pool"].samples} >= {"auth", "api", "video"}
    asked = set(re.findall(r"\bkyoo_\w+", DASHBOARD.read_text()))
    known = {sample.name for family in families.values() for sample in family.samples} | set(families)
    assert asked
    assert asked <= known
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert all(panel["targets"] for panel in panels)
