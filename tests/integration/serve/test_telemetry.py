"""What a service measures reaches a collector, and no secret with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from tests.e2e.server import environment
from tests.fakes.collector import grpc_collector, http_collector
from tests.integration.serve.test_alone import service
from tests.samples import sampled

TOKEN = "t" * 86


@pytest.mark.parametrize("protocol", sampled(["http/protobuf", "grpc"], "grpc".__ne__))
def test_requests_are_traced_and_measured_and_logs_are_sent(protocol: str, conninfo: str, tmp_path: Path) -> None:
    with grpc_collector() if protocol == "grpc" else http_collector() as collector:
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL": protocol}
        variables["KYOO_LOG_REQUESTS"] = "true"
        with service("auth", conninfo, tmp_path, PUBLIC_URL="http://films.example", **variables) as auth:
            assert httpx2.get(f"{auth}/auth/users/me?x-presign={TOKEN}").status_code == 403
            httpx2.post(f"{auth}/auth/password-resets/{TOKEN}", json={"password": "correct horse"})
            body = {"login": "ada", "password": "correct horse"}
            assert httpx2.post(f"{auth}/auth/sessions", json=body).status_code in (403, 404)
        # All of it is sent before the service ends.
        assert collector.services() == {"kyoo auth"}
        asked = {span["http.route"]: span for span in collector.spans() if "http.route" in span}
        assert asked["/auth/users/me"]["url.query"] == "[hidden]"
        assert asked["/auth/password-resets/{token}"]["url.path"] == "/auth/password-resets/[hidden]"
        assert "/auth/sessions" in asked
        assert "http.server.request.duration" in collector.names()
        line = collector.lines()["request"]
        assert line["severity"] == "info"
        everything = f"{collector.traces} {collector.metrics} {collector.logs}"
        assert TOKEN not in everything
        assert "correct horse" not in everything


def test_what_is_not_installed_is_named(conninfo: str, tmp_path: Path) -> None:
    """Without the extra, as most installations are."""
    hide = "import sys; sys.modules['opentelemetry.sdk'] = None; from kyoo.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", hide, "auth", "--host=127.0.0.1"],
        env=environment(POSTGRES_URL=conninfo, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "pip install 'kyoo[otel]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1
