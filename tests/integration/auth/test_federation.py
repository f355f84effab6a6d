"""Logging in with an account of another instance: two of them, each with a port and a database of its own."""

from __future__ import annotations

import base64
import re
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from auth_client import bearer, make_runtime
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.drawn import drawn, size_of
from tests.fakes.serving import served

from kyoo.auth.app import create_app
from kyoo.auth.factors.totp import code_at
from kyoo.auth.models.federation import AuthorizationRequest
from kyoo.auth.oidc.federation import Federation
from kyoo.auth.oidc.provider import challenge_of
from kyoo.auth.oidc.providers import Providers
from kyoo.auth.oidc.requests import Outside
from kyoo.auth.settings import AuthSettings
from kyoo.core.database.postgres import Database, execute
from kyoo.core.errors import KyooError, NotFoundError

PNG = drawn()


@dataclass
class Instance:
    url: str
    client: httpx2.AsyncClient
    database: Database

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    async def register(self, name: str) -> str:
        body = {"username": name, "email": f"{name}@kyoo.test", "password": f"password of {name}"}
        answer = await self.client.post("/auth/users", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    async def me(self, token: str) -> dict[str, Any]:
        return dict((await self.client.get("/auth/users/me", headers=bearer(token))).json())


@dataclass
class Pair:
    """Users of `home` can log in at `away`."""

    home: Instance
    away: Instance

    async def begin(self, browser: httpx2.AsyncClient, provider: str | None = None, tenant: str = "") -> str:
        """The address of the page of consent at home."""
        answer = await browser.get(
            f"{self.away.url}/auth/oidc/login/{provider or self.home.host}",
            params={"redirectUrl": f"{self.away.url}/oidc-callback", "tenant": tenant},
        )
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    async def finish(
        self, browser: httpx2.AsyncClient, returned: str, headers: dict[str, str] | None = None, tenant: str = ""
    ) -> httpx2.Response:
        answer = await browser.get(returned)
        assert answer.status_code == 302, answer.text
        back = query_of(answer.headers["location"])
        if back["error"]:
            return answer
        return await browser.get(
            f"{self.away.url}/auth/oidc/callback/{back['provider']}",
            params={"token": back["token"], "tenant": tenant},
            headers=headers or {},
        )


@pytest.fixture
async def pair(two_databases: list[Database], tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    """A parameter, if there is one, is more settings of `away`."""
    away = getattr(request, "param", {})
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    urls = [f"http://127.0.0.1:{listener.getsockname()[1]}" for listener in listeners]
    async with AsyncExitStack() as stack:
        instances = []
        for number, more in enumerate(({"federation_offer": [urls[1]]}, {"federation_accept": [urls[0]], **away})):
            database = two_databases[number]
            settings = AuthSettings(public_url=urls[number], profile_picture_path=str(tmp_path / str(number)), **more)
            await stack.enter_async_context(served(create_app(settings, make_runtime(database)), listeners[number]))
            client = await stack.enter_async_context(httpx2.AsyncClient(base_url=urls[number]))
            instances.append(Instance(urls[number], client, database))
        yield Pair(*instances)


@pytest.fixture
async def browser() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient() as client:
        yield client


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def form_of(page: httpx2.Response) -> dict[str, str]:
    """The hidden fields of the page."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    return {name: unescape(value) for name, value in found}


async def decide(
    browser: httpx2.AsyncClient, page: httpx2.Response, *, session: str = "", origin: str = "", **fields: str
) -> httpx2.Response:
    """Submit the page, as the user with a session in this browser if there is one."""
    url = page.request.url
    ours = f"{url.scheme}://{url.netloc.decode()}"
    headers = {"Origin": origin or ours} | ({"Cookie": f"X-Bearer={session}"} if session else {})
    return await browser.post(
        f"{ours}/auth/federation/authorize", data={**form_of(page), "allow": "true", **fields}, headers=headers
    )


@pytest.mark.parametrize("by_tenant", [False, True])
async def test_a_user_logs_in_elsewhere(pair: Pair, browser: httpx2.AsyncClient, by_tenant: bool) -> None:
    await pair.away.register("admin")
    session = await pair.home.register("ada")
    await pair.home.client.post("/auth/users/me/logo", files={"logo": PNG}, headers=bearer(session))
    where = {"provider": "federation", "tenant": pair.home.url} if by_tenant else {}
    tenant = pair.home.url if by_tenant else ""

    page = await browser.get(await pair.begin(browser, **where))
    assert page.status_code == 200
    assert f"Log in at {pair.away.host}" in page.text
    agreed = await decide(browser, page, session=session)
    assert agreed.status_code == 303, agreed.text
    answer = await pair.finish(browser, agreed.headers["location"], tenant=tenant)
    assert answer.status_code == 201, answer.text

    there = await pair.away.me(answer.json()["token"])
    here = await pair.home.me(session)
    assert (there["username"], there["email"], there["hasPassword"]) == ("ada", "ada@kyoo.test", False)
    assert there["oidc"] == {pair.home.host: {"id": here["id"], "username": "ada", "profileUrl": None}}
    assert there["claims"]["permissions"] == ["core.read", "core.play"]
    logo = await pair.away.client.get("/auth/users/me/logo", headers=bearer(answer.json()["token"]))
    assert size_of(logo.content) == (40, 30)

    page = await browser.get(await pair.begin(browser, **where))
    agreed = await decide(browser, page, session=session)
    again = await pair.finish(browser, agreed.headers["location"], tenant=tenant)
    assert (await pair.away.me(again.json()["token"]))["id"] == there["id"]
    # Nobody is logged in at home by this, and nothing of home's is good elsewhere.
    sessions = (await pair.home.client.get("/auth/sessions", headers=bearer(session))).json()
    assert len(sessions) == 1


async def test_who_is_not_logged_in_says_who_they_are(pair: Pair, browser: httpx2.AsyncClient) -> None:
    await pair.home.register("ada")
    page = await browser.get(await pair.begin(browser))
    asked = await decide(browser, page)
    assert asked.status_code == 403
    assert 'name="password"' in asked.text
    wrong = await decide(browser, asked, login="ada", password="wrong")
    assert (wrong.status_code, "Invalid password" in wrong.text) == (403, True)
    agreed = await decide(browser, wrong, login="ada", password="password of ada")
    assert agreed.status_code == 303
    assert (await pair.finish(browser, agreed.headers["location"])).status_code == 201


async def test_a_second_factor_is_asked_for(pair: Pair, browser: httpx2.AsyncClient) -> None:
    session = await pair.home.register("ada")
    setup = (await pair.home.client.post("/auth/users/me/totp", headers=bearer(session))).json()
    secret = base64.b32decode(setup["secret"] + "=" * (-len(setup["secret"]) % 8))
    body = {"code": code_at(secret, int(time.time()) // 30)}
    answer = await pair.home.client.post("/auth/users/me/totp/confirm", json=body, headers=bearer(session))
    recovery = answer.json()["recoveryCodes"][0]
    page = await browser.get(await pair.begin(browser))
    second = await decide(browser, page, login="ada", password="password of ada")
    assert (second.status_code, 'name="code"' in second.text) == (200, True)
    refused = await decide(browser, second, code="000000")
    assert refused.status_code == 403
    second = await decide(browser, refused, login="ada", password="password of ada")
    agreed = await decide(browser, second, code=recovery)
    assert agreed.status_code == 303, agreed.text
    assert (await pair.finish(browser, agreed.headers["location"])).status_code == 201


async def test_linking_an_account_of_another_instance(pair: Pair, browser: httpx2.AsyncClient) -> None:
    at_home, away = await pair.home.register("ada"), await pair.away.register("adalovelace")
    page = await browser.get(await pair.begin(browser))
    agreed = await decide(browser, page, session=at_home)
    linked = await pair.finish(browser, agreed.headers["location"], bearer(away))
    assert linked.status_code == 200
    assert list(linked.json()["oidc"]) == [pair.home.host]
    unlinked = await pair.away.client.delete(f"/auth/oidc/login/{pair.home.host}", headers=bearer(away))
    assert unlinked.status_code == 204


@pytest.mark.parametrize(
    ("pair", "verified"), [({}, False), ({"verify_provider_accounts": False}, True)], indirect=["pair"]
)
async def test_who_comes_from_elsewhere_waits_to_be_let_in(
    pair: Pair, browser: httpx2.AsyncClient, verified: bool
) -> None:
    session = await pair.home.register("ada")
    await pair.away.register("first")
    page = await browser.get(await pair.begin(browser))
    agreed = await decide(browser, page, session=session)
    answer = await pair.finish(browser, agreed.headers["location"])
    assert (await pair.away.me(answer.json()["token"]))["claims"]["verified"] is verified


async def test_a_taken_name_gets_an_addition_and_a_taken_address_is_told(
    pair: Pair, browser: httpx2.AsyncClient
) -> None:
    session = await pair.home.register("ada")
    other = await pair.away.register("ada")

    async def log_in() -> httpx2.Response:
        page = await browser.get(await pair.begin(browser))
        agreed = await decide(browser, page, session=session)
        return await pair.finish(browser, agreed.headers["location"])

    answer = await log_in()
    assert (answer.status_code, answer.json()["details"]["error"]) == (409, "email_taken")
    await pair.away.client.patch("/auth/users/me", json={"email": "other@kyoo.test"}, headers=bearer(other))
    answer = await log_in()
    assert (await pair.away.me(answer.json()["token"]))["username"] == f"ada-{pair.home.host}"


async def test_who_cancels_comes_back_with_the_error(pair: Pair, browser: httpx2.AsyncClient) -> None:
    session = await pair.home.register("ada")
    page = await browser.get(await pair.begin(browser))
    refused = await decide(browser, page, session=session, allow="false")
    assert refused.status_code == 303
    answer = await pair.finish(browser, refused.headers["location"])
    assert query_of(answer.headers["location"])["error"] == "access_denied"


async def test_nobody_agrees_unknowingly(pair: Pair, browser: httpx2.AsyncClient) -> None:
    session = await pair.home.register("ada")
    page = await browser.get(await pair.begin(browser))
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    for origin in ("https://evil.example", pair.away.url, "null"):
        assert (await decide(browser, page, session=session, origin=origin)).status_code == 403
    headers = {"Cookie": f"X-Bearer={session}"}
    url = f"{pair.home.url}/auth/federation/authorize"
    answer = await browser.post(url, data={**form_of(page), "allow": "true"}, headers=headers)
    assert answer.status_code == 403
    key = {"name": "tool", "claims": {}}
    made = (await pair.home.client.post("/auth/keys", json=key, headers=bearer(session))).json()
    of_key = (await pair.home.client.get("/auth/jwt", headers={"X-Api-Key": made["token"]})).json()["token"]
    url, body = "/auth/users/me/app-passwords", {"name": "TV"}
    secret = (await pair.home.client.post(url, json=body, headers=bearer(session))).json()["password"]
    login = {"login": "ada", "password": secret}
    of_program = (await pair.home.client.post("/auth/sessions", json=login)).json()["token"]
    for credential in (of_key, of_program, "made-up"):
        assert (await decide(browser, page, session=credential)).status_code == 403


async def test_the_page_shows_what_it_is_given_as_text(pair: Pair, browser: httpx2.AsyncClient) -> None:
    url = await pair.begin(browser)
    page = await browser.get(url.replace("state=", "state=%22%3E%3Cscript%3E"))
    assert "<script" not in page.text
    assert form_of(page)["state"].startswith('"><script>')


async def test_only_instances_that_were_named_may_ask(pair: Pair, browser: httpx2.AsyncClient) -> None:
    url = httpx2.URL(await pair.begin(browser))
    for changes, status in (
        ({"client_id": "https://evil.example", "redirect_uri": "https://evil.example/auth/oidc/logged/x"}, 403),
        ({"client_id": "kyoo"}, 400),
        ({"client_id": f"{pair.away.url}/path"}, 400),
        ({"redirect_uri": "https://evil.example/auth/oidc/logged/x"}, 400),
        ({"redirect_uri": f"{pair.away.url}/elsewhere"}, 400),
        ({"redirect_uri": f"{pair.away.url}/auth/oidc/logged/../../x"}, 400),
        ({"redirect_uri": f"{pair.away.url}/auth/oidc/logged/%2e%2E/x"}, 400),
        ({"redirect_uri": f"{pair.away.url}@evil.example/auth/oidc/logged/x"}, 400),
    ):
        answer = await browser.get(url.copy_merge_params(changes))
        assert answer.status_code == status, changes
        assert answer.json()["status"] == status
    for changes, word in (
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
    ):
        answer = await browser.get(url.copy_merge_params(changes))
        assert answer.status_code == 303
        assert query_of(answer.headers["location"])["error"] == word
    assert (await browser.get(f"{pair.away.url}/auth/federation/authorize?{url.query.decode()}")).status_code == 404


async def test_a_code_is_good_once_for_who_asked(pair: Pair, browser: httpx2.AsyncClient) -> None:
    session = await pair.home.register("ada")
    verifier = "v" * 64
    request = {
        "client_id": pair.away.url,
        "redirect_uri": f"{pair.away.url}/auth/oidc/logged/x",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }

    async def code() -> str:
        page = await browser.get(f"{pair.home.url}/auth/federation/authorize", params=request)
        return query_of((await decide(browser, page, session=session)).headers["location"])["code"]

    async def redeem(code: str, **changes: str) -> httpx2.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": pair.away.url,
            "redirect_uri": request["redirect_uri"],
            "code_verifier": verifier,
            **changes,
        }
        return await pair.home.client.post("/auth/federation/token", data=form)

    for changes in (
        {"code_verifier": "w" * 64},
        {"client_id": "https://evil.example"},
        {"redirect_uri": f"{pair.away.url}/auth/oidc/logged/y"},
    ):
        stolen = await code()
        answer = await redeem(stolen, **changes)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
        # One wrong try ends it.
        assert (await redeem(stolen)).status_code == 400
    assert (await redeem(await code(), grant_type="password")).json()["error"] == "unsupported_grant_type"
    late = await code()
    async with pair.home.database.connection() as connection:
        await execute(connection, "update auth.federation_codes set created_at = created_at - interval '61 seconds'")
    assert (await redeem(late)).status_code == 400

    tokens = (await redeem(await code())).json()
    profile = await pair.home.client.get("/auth/federation/profile", headers=bearer(tokens["access_token"]))
    assert profile.json()["preferred_username"] == "ada"
    # What another instance holds opens nothing else here.
    for token in (tokens["access_token"], tokens["id_token"]):
        for path in ("/auth/jwt", "/auth/users/me"):
            assert (await pair.home.client.get(path, headers=bearer(token))).status_code in (401, 403)
    for token in (tokens["id_token"], session, "x"):
        assert (await pair.home.client.get("/auth/federation/profile", headers=bearer(token))).status_code == 401
        answer = await pair.home.client.get("/auth/federation/picture", params={"token": token})
        assert answer.status_code == 401
    await pair.home.client.delete("/auth/users/me", headers=bearer(session))
    answer = await pair.home.client.get("/auth/federation/profile", headers=bearer(tokens["access_token"]))
    assert answer.status_code == 401


async def test_only_instances_that_were_accepted_are_asked(pair: Pair, browser: httpx2.AsyncClient) -> None:
    for tenant in ("https://stranger.example", "", "http://127.0.0.1:9", f"{pair.home.url}/path", "not an address"):
        answer = await browser.get(
            f"{pair.away.url}/auth/oidc/login/federation",
            params={"redirectUrl": f"{pair.away.url}/x", "tenant": tenant},
        )
        assert answer.status_code == 404, tenant
    info = (await pair.away.client.get("/auth/info")).json()
    assert info["oidc"] == {pair.home.host: {"name": pair.home.host, "logo": ""}}


async def test_any_instance_of_the_internet_but_none_of_the_local_network() -> None:
    outside = Outside()
    providers = Providers({}, ["*"], outside, public_url="https://us.example")
    assert providers.find("federation", "https://friends.example").id == "friends.example"
    assert providers.find("federation", "friends.example:8443").id == "friends.example:8443"
    for tenant in ("http://friends.example", "https://", "https://a/b", "https://u@a", "friends.example/x"):
        with pytest.raises(NotFoundError):
            providers.find("federation", tenant)
    local = providers.find("federation", "https://localhost:1")
    with pytest.raises(KyooError, match="does not answer"):
        await local.authorization_url(state="s", nonce="n", verifier="v", redirect_url="r")
    await outside.close()


@given(client=st.text(max_size=40), path=st.text(max_size=40))
def test_no_text_makes_another_instance(client: str, path: str) -> None:
    federation = Federation(None, None, None, ["https://b.example"], public_url="https://a.example")  # type: ignore[arg-type]
    with pytest.raises((KyooError, ValidationError)):
        federation.check_client(
            AuthorizationRequest(client_id=client, redirect_uri=f"{client}/auth/oidc/logged/{path}")
        )
