"""The chart says what there is; and Helm makes of it what Kubernetes takes, where both are installed:
`pip install helm-python-sdk kubernetes-validate`, 350 MB, which nothing else here needs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from kyoo.core.settings import variables_of
from kyoo.serve.checks import HEEDED
from kyoo.serve.composition import SERVICE_PERMISSIONS
from kyoo.serve.http.draining import OF_A_SERVICE
from kyoo.serve.services import SERVICES

CHART = Path(__file__).parents[2] / "deploy" / "helm"
TEXT = (CHART / "templates/services.yaml").read_text()
#: Of Kubernetes, by which the schemas are.
RELEASE = "1.32"

Manifests = dict[tuple[str, str], dict[str, Any]]
Render = Callable[..., Manifests]


def test_the_values_are_those_of_the_schema() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    schema = json.loads((CHART / "values.schema.json").read_text())
    assert set(values) == set(schema["properties"]) - {"global"}
    assert set(values["services"]) == {*SERVICES, "worker"}
    for part in ("stores", "ingress", "gateway", "autoscaling", "services"):
        assert set(values[part]) == set(schema["properties"][part]["properties"])
    assert (CHART / "files/kyoo.conf").resolve() == CHART.parent / "nginx/kyoo.conf"


def test_ports_and_rights_are_those_of_the_services() -> None:
    [ports] = re.findall(r"\$ports := dict (.+) }}", TEXT)
    words = ports.replace('"', "").split()
    assert dict(zip(words[::2], map(int, words[1::2]), strict=True)) == {
        name: service.port for name, service in SERVICES.items()
    }
    [prefixes] = re.findall(r"\$prefixes := dict (.+) }}", TEXT)
    words = prefixes.replace('"', "").split()
    assert dict(zip(words[::2], words[1::2], strict=True)) == {
        name: service.prefix.strip("/") for name, service in SERVICES.items()
    }
    [claims] = re.findall(r"value: '(\{\"permissions.+\})'", TEXT)
    assert json.loads(claims) == {"permissions": SERVICE_PERMISSIONS}
    [grace] = re.findall(r"terminationGracePeriodSeconds: (\d+)", TEXT)
    assert int(grace) > OF_A_SERVICE.notice + OF_A_SERVICE.seconds


@pytest.fixture(scope="module")
def render() -> Render:
    helm = pytest.importorskip("helm_python", reason="Helm is not installed")
    schemas = pytest.importorskip("kubernetes_validate", reason="the schemas of Kubernetes are not installed")
    chart = helm.Chart.load(str(CHART))

    def rendered(**values: Any) -> Manifests:
        texts = chart.render(values, name="films", namespace="films").values()
        made = [one for text in texts for one in yaml.safe_load_all(text) if one]
        for one in made:
            schemas.validate(one, RELEASE, strict=True)
        return {(one["kind"], one["metadata"]["name"]): one for one in made}

    return rendered


def test_kubernetes_takes_what_helm_makes(render: Render) -> None:
    plain = render()
    full = render(
        autoscaling={"enabled": True},
        ingress={"enabled": True, "className": "nginx", "host": "films.example", "tlsSecret": "films"},
        data=None,
        variables={"KYOO_LOG_REQUESTS": "true"},
    )
    assert {name for kind, name in plain if kind == "Deployment"} == {*SERVICES, "worker", "gateway"}
    assert {"Ingress", "HorizontalPodAutoscaler"} == {kind for kind, _ in full} - {kind for kind, _ in plain}
    assert "replicas" not in full["Deployment", "transcoder"]["spec"]
    for made in (plain, full):
        for name in (*SERVICES, "worker"):
            [container] = made["Deployment", name]["spec"]["template"]["spec"]["containers"]
            heeded = {
                known for kind in HEEDED[name] for field in kind.model_fields.values() for known in variables_of(field)
            }
            given = {one["name"] for one in container["env"]}
            shared = {"KYOO_URL", "KYOO_APIKEY", "JWKS_URL", "JWT_ISSUER", "POD_IP", "KYOO_SECRET_KEY"}
            unknown = {one for one in given - heeded - shared if not one.startswith(("KEIBI_APIKEY_", "AWS_"))}
            assert unknown == set()
    assert "listen 8080;" in plain["ConfigMap", "gateway"]["data"]["default.conf"]


@pytest.mark.parametrize("wrong", [{"images": 1}, {"services": {"auth": {"replicas": -1}}}, {"publicUrl": "films"}])
def test_values_that_cannot_work_are_refused(render: Render, wrong: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="values don't meet the specifications"):
        render(**wrong)
