"""The files of deploy/ say what there is: variables, options, ports, accounts; and systemd takes its unit."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from kyoo.cli import main
from kyoo.core.settings import variables_of
from kyoo.serve.checks import HEEDED, known_variables
from kyoo.serve.composition import SERVICE_PERMISSIONS
from kyoo.serve.http.draining import OF_A_SERVICE
from kyoo.serve.options import DEFAULT_PORT
from kyoo.serve.services import SERVICES

DEPLOY = Path(__file__).parents[2] / "deploy"
DOCKERFILE = (DEPLOY / "container" / "Dockerfile").read_text()
UNIT = DEPLOY / "systemd" / "kyoo.service"


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def test_every_variable_is_one_of_ours() -> None:
    text = "\n".join(
        path.read_text()
        for path in (DEPLOY / "compose.yaml", DEPLOY / "compose.services.yaml", DEPLOY / "container/Dockerfile", UNIT)
    )
    named = set(re.findall(r"\b(KYOO_[A-Z_]+)\b", text))
    assert {"KYOO_DATA_DIR", "KYOO_LIBRARY", "KYOO_HOST", "KYOO_BACKUP"} <= named <= set(known_variables())


def test_the_container_has_an_account_without_rights() -> None:
    [account] = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert int(account) > 0
    assert f"useradd --uid {account}" in DOCKERFILE, "Postgres wants to know its name"
    assert f"EXPOSE {DEFAULT_PORT}" in DOCKERFILE
    [module] = re.findall(r'^HEALTHCHECK .*CMD \["python", "-m", "([^"]+)"\]$', DOCKERFILE, re.MULTILINE)
    assert find_spec(module) is not None
    assert DOCKERFILE.index("USER ") < DOCKERFILE.index("ENTRYPOINT")
    ignored = (DEPLOY.parent / ".dockerignore").read_text().split()
    needed = ("src", "web", "pyproject.toml", "uv.lock", "hatch_build.py", "README.md", "LICENSE")
    assert not set(needed) & set(ignored)


def test_compose_writes_nothing_but_its_volumes() -> None:
    service = compose()["services"]["kyoo"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["build"]["dockerfile"] == "deploy/container/Dockerfile"
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()
    inside = [volume.rpartition(":/")[2] for volume in service["volumes"]]
    assert inside == ["data", "backups", "ro"] or inside == ["data", "backups", "videos:ro"]
    assert service["ports"] == [f"{DEFAULT_PORT}:{DEFAULT_PORT}"]


def test_the_unit_starts_a_command_there_is() -> None:
    [line] = re.findall(r"^ExecStart=\S+/kyoo (.+)$", UNIT.read_text(), re.MULTILINE)
    command, *words = line.split()
    options = {
        name for option in main.commands[command].params if isinstance(option, click.Option) for name in option.opts
    }
    assert {word for word in words if word.startswith("-")} <= options


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "kyoo.service"
    unit.write_text(UNIT.read_text().replace("/usr/local/bin/kyoo", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_services_in_containers_are_those_there_are() -> None:
    """Each is reached where nginx and the others look for it, heeds what it is told, and is given the time to end."""
    text = (DEPLOY / "compose.services.yaml").read_text()
    found = yaml.safe_load(text)["services"]
    nginx = (DEPLOY / "nginx/kyoo.conf").read_text()
    ours = [*SERVICES, "worker"]
    assert set(found) == {"gateway", "pages", "postgres", *ours}
    for name in ours:
        service = found[name]
        assert service["command"] == [name]
        heeded = {
            variable
            for kind in HEEDED[name]
            for field in kind.model_fields.values()
            for variable in variables_of(field)
        }
        # Those of all services are given to each; what only one heeds is given to that one.
        own = set(service["environment"]) - set(yaml.safe_load(text)["x-variables"])
        assert {variable for variable in own if not variable.startswith("KEIBI_")} <= heeded
        assert float(service["stop_grace_period"][:-1]) > OF_A_SERVICE.notice + OF_A_SERVICE.seconds
        assert service["read_only"] is True
    for service in SERVICES.values():
        assert f"server {service.name}:{service.port} " in nginx
    claims = json.loads(found["auth"]["environment"]["KEIBI_APIKEY_SERVICE_CLAIMS"])
    assert claims == {"permissions": SERVICE_PERMISSIONS}
    [network] = found["auth"]["networks"]
    assert network == "inside"
    subnet = yaml.safe_load(text)["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert found["auth"]["environment"]["FORWARDED_ALLOW_IPS"] == subnet
