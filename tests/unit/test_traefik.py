"""Both files for Traefik say the same, and what the gateways that are run do. (Debian has no package of Traefik.)"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kyoo.core.http.documentation import PATHS
from kyoo.serve.http.gateway import CORS_HEADERS, CREDENTIAL_HEADERS

FOLDER = Path(__file__).parents[2] / "deploy" / "traefik"
DYNAMIC: dict[str, Any] = yaml.safe_load((FOLDER / "dynamic.yml").read_text())["http"]


def labels() -> dict[str, str]:
    """What is set, by its path in lower case, without the prefix that all share."""
    services = yaml.safe_load((FOLDER / "labels.yml").read_text())["services"].values()
    pairs = (label.split("=", 1) for service in services for label in service["labels"])
    return {
        # Compose writes `$` twice.
        name.removeprefix("traefik.http.").lower(): value.replace("$$", "$")
        for name, value in pairs
        if name != "traefik.enable"
    }


def flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The settings of the file as labels write them."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from flat(inner, f"{path}.{key}")
        case list():
            yield path.lower(), ",".join(value)
        case bool():
            yield path.lower(), str(value).lower()
        case _:
            yield path.lower(), str(value)


def test_labels_and_file_say_the_same() -> None:
    # Labels name ports, the file URLs; the pages are no service of ours there.
    written = {name: value for name, value in labels().items() if not name.startswith("services.")}
    ours = dict(
        pair
        for kind in ("routers", "middlewares")
        for name, setting in DYNAMIC[kind].items()
        if name != "kyoo-web"
        for pair in flat(setting, f"{kind}.{name}")
    )
    # A container with one service needs not say which its routers lead to.
    implied = {name for name in ours if name.endswith(".service")} - written.keys()
    assert written == {name: value for name, value in ours.items() if name not in implied}


def test_what_is_open_to_everybody() -> None:
    for name in ("api", "video", "scanner"):
        router = DYNAMIC["routers"][f"kyoo-{name}-open"]
        assert "middlewares" not in router
        matches = re.findall(r"(Path|PathPrefix)\(`([^`]+)`\)", router["rule"])
        for path in ("/health", "/ready", *PATHS):
            wanted = f"/{name}{path}"
            assert any(
                wanted == given or (kind == "PathPrefix" and wanted.startswith(f"{given}/")) for kind, given in matches
            )
        assert all(given.startswith(f"/{name}/") for _, given in matches)


def test_services_see_no_credential() -> None:
    middlewares = DYNAMIC["middlewares"]
    asked = middlewares["kyoo-token"]["forwardAuth"]
    assert {name.lower().encode() for name in asked["authRequestHeaders"]} == CREDENTIAL_HEADERS
    # What Traefik says of the request is believed; what the client says of it must not be.
    assert not asked.get("trustForwardHeader")
    replaced = {name.lower().encode() for name in asked["authResponseHeaders"]}
    emptied = middlewares["kyoo-strip"]["headers"]["customRequestHeaders"]
    assert set(emptied.values()) == {""}
    # The list of a websocket's protocols cannot be edited by Traefik.
    assert replaced | {name.lower().encode() for name in emptied} == CREDENTIAL_HEADERS - {b"sec-websocket-protocol"}
    assert middlewares["kyoo-cors"]["headers"]["accessControlAllowHeaders"] == CORS_HEADERS
    for name in ("kyoo-api", "kyoo-video", "kyoo-scanner"):
        assert DYNAMIC["routers"][name]["middlewares"][-2:] == ["kyoo-token", "kyoo-strip"]
