"""Logging in with OpenID providers, against two real ones and a plain OAuth server."""

from __future__ import annotations

import asyncio
import base64
import time
from base64 import b32decode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from auth_client import ORIGIN, Auth, MakeAuth, bearer
from tests.drawn import drawn, size_of
from tests.fakes.oidc_providers import AtProvider, Certified, Mock, Plain, certified_provider, mock_provider
from tests.fakes.serving import served

from kyoo.auth.factors.totp import code_at
from kyoo.core.database.postgres import Database, execute, fetch_value

APP = f"{ORIGIN}/oidc-callback?apiUrl={ORIGIN}"
SECRET = "s3cret of the client/+"
#: What browsers ask for when a person goes somewhere.
PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PNG = drawn()


@pytest.fixture(scope="module")
def certified() -> Iterator[Certified]:
    client = {
        "client_id": "kyoo",
        "client_secret": SECRET,
        "redirect_uris": [f"{ORIGIN}/auth/oidc/logged/{name}" for name in ("certified", "posting")],
        "token_endpoint_auth_method": "client_secret_basic",
    }
    with certified_provider(
        [client, {**client, "client_id": "p", "token_endpoint_auth_method": "client_secret_post"}]
    ) as p:
        yield p


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with mock_provider() as provider:
        yield provider


@pytest.fixture
async def plain() -> AsyncIterator[Plain]:
    provider = Plain()
    async with served(provider.app()) as provider.url:
        yield provider


def settings_of(certified: Certified, mock: Mock, plain: Plain) -> dict[str, Any]:
    return {
        "oidc": {
            "certified": {"client_id": "kyoo", "secret": SECRET, "issuer": certified.url, "name": "Certified"},
            "posting": {
                "client_id": "p",
                "secret": SECRET,
                "issuer": certified.url,
                "auth_method": "ClientSecretPost",
            },
            "mock": {
                "client_id": "kyoo",
                "secret": SECRET,
                "authorization": f"{mock.url}/oauth2/authorize",
                "token": f"{mock.url}/oauth2/token",
                "profile": f"{mock.url}/userinfo",
            },
            "plain": {
                "client_id": "kyoo",
                "secret": SECRET,
                "authorization": f"{plain.url}/authorize?theme=dark",
                "token": f"{plain.url}/token",
                "profile": f"{plain.url}/user",
                "scope": "read:user",
                "logo": "https://plain.example/logo.svg",
            },
        }
    }


@pytest.fixture
async def auth(make_auth: MakeAuth, certified: Certified, mock: Mock, plain: Plain) -> Auth:
    return await make_auth(**settings_of(certified, mock, plain))


@asynccontextmanager
async def browser_of(auth: Auth) -> AsyncIterator[httpx2.AsyncClient]:
    """A client with cookies of its own."""
    transport = httpx2.ASGITransport(app=auth.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


async def begin(browser: httpx2.AsyncClient, provider: str, redirect_url: str = APP, **query: str) -> str:
    answer = await browser.get(f"/auth/oidc/login/{provider}", params={"redirectUrl": redirect_url, **query})
    assert answer.status_code == 302, answer.text
    return str(answer.headers["location"])


async def return_to_us(browser: httpx2.AsyncClient, url: str) -> dict[str, str]:
    """The query that the client is sent back with."""
    answer = await browser.get(url)
    assert answer.status_code == 302, answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["location"].startswith(APP)
    return query_of(answer.headers["location"])


async def callback(
    browser: httpx2.AsyncClient, provider: str, token: str, headers: dict[str, str] | None = None, **query: str
) -> httpx2.Response:
    return await browser.get(f"/auth/oidc/callback/{provider}", params={"token": token, **query}, headers=headers or {})


async def log_in(
    auth: Auth, name: str, at: AtProvider, who: str, headers: dict[str, str] | None = None
) -> httpx2.Response:
    """The answer of the callback after the whole way."""
    async with browser_of(auth) as browser:
        back = await return_to_us(browser, at.log_in(await begin(browser, name), who))
        assert (back["provider"], back["error"]) == (name, "")
        return await callback(browser, name, back["token"], headers)


@pytest.mark.parametrize("name", ["certified", "posting", "mock", "plain"])
async def test_a_new_user_and_then_the_same_again(
    auth: Auth, name: str, certified: Certified, mock: Mock, plain: Plain
) -> None:
    at: AtProvider = {"certified": certified, "posting": certified, "mock": mock, "plain": plain}[name]  # type: ignore[assignment]
    mock.set_user("ada", preferred_username="ada", email="ada@kyoo.test")
    plain.users["ada"] = {
        "id": 583231,
        "login": "ada",
        "email": "ada@kyoo.test",
        "html_url": "https://plain.example/ada",
    }
    first = await log_in(auth, name, at, "ada")
    assert first.status_code == 201
    assert set(first.json()) == {"id", "createdDate", "lastUsed", "device", "token"}
    user = await auth.me(first.json()["token"])
    external = "583231" if name == "plain" else "ada"
    url = "https://plain.example/ada" if name == "plain" else None
    assert user["oidc"] == {name: {"id": external, "username": "ada", "profileUrl": url}}
    assert (user["username"], user["email"], user["hasPassword"]) == ("ada", "ada@kyoo.test", False)
    # The first user of a server is its administrator, however it came.
    assert "users.write" in user["claims"]["permissions"]
    again = await log_in(auth, name, at, "ada")
    assert again.status_code == 201
    assert (await auth.me(again.json()["token"]))["id"] == user["id"]


@pytest.mark.parametrize("waits", [True, False])
async def test_who_comes_from_a_provider_is_let_in_or_waits(
    make_auth: MakeAuth, certified: Certified, mock: Mock, plain: Plain, waits: bool
) -> None:
    """As the option says; the first user never waits."""
    auth = await make_auth(**settings_of(certified, mock, plain), verify_provider_accounts=waits)
    for name, verified in ("ada", True), ("bob", not waits):
        plain.users[name] = {"id": name, "login": name}
        token = (await log_in(auth, "plain", plain, name)).json()["token"]
        assert (await auth.me(token))["claims"]["verified"] is verified


async def test_the_providers_are_told_without_their_secrets(auth: Auth) -> None:
    answer = await auth.client.get("/auth/info")
    assert answer.json()["oidc"] == {
        "certified": {"name": "Certified", "logo": ""},
        "posting": {"name": "posting", "logo": ""},
        "mock": {"name": "mock", "logo": ""},
        "plain": {"name": "plain", "logo": "https://plain.example/logo.svg"},
    }


async def test_what_a_provider_is_asked(auth: Auth, plain: Plain, certified: Certified) -> None:
    async with browser_of(auth) as browser:
        query = query_of(await begin(browser, "plain"))
        assert (query["theme"], query["response_type"], query["client_id"]) == ("dark", "code", "kyoo")
        assert (query["scope"], query["code_challenge_method"]) == ("read:user", "S256")
        assert query["redirect_uri"] == f"{ORIGIN}/auth/oidc/logged/plain"
        assert "nonce" not in query
        assert len(query_of(await begin(browser, "certified"))["nonce"]) == 86
    plain.users["ada"] = {"id": 1}
    await log_in(auth, "plain", plain, "ada")
    expected = base64.b64encode(b"kyoo:s3cret%20of%20the%20client%2F%2B").decode()
    assert plain.authorizations == [f"Basic {expected}"]


@pytest.mark.parametrize("name", ["certified", "mock", "plain"])
async def test_who_does_not_consent_comes_back_with_the_error(
    auth: Auth, name: str, certified: Certified, mock: Mock, plain: Plain
) -> None:
    at: AtProvider = {"certified": certified, "mock": mock, "plain": plain}[name]  # type: ignore[assignment]
    async with browser_of(auth) as browser:
        url = await begin(browser, name)
        denied = at.deny(url)
        if "state" not in query_of(denied):
            # The mock forgets it, against RFC 6749 §4.1.2.1.
            denied += f"&state={query_of(url)['state']}"
        back = await return_to_us(browser, denied)
        assert back["error"]
        assert back["apiUrl"] == ORIGIN
        assert (await callback(browser, name, back["token"])).status_code == 410


async def test_a_state_is_good_once_and_in_its_browser_only(auth: Auth, certified: Certified) -> None:
    async with browser_of(auth) as browser, browser_of(auth) as other:
        returned = certified.log_in(await begin(browser, "certified"), "ada")
        # Somebody who was sent the address logs in nobody.
        stolen = await other.get(returned)
        assert stolen.status_code == 403
        assert stolen.json()["details"] == {"error": "other_browser"}
        back = await return_to_us(browser, returned)
        assert (await browser.get(returned)).status_code == 404
        assert back["token"] != query_of(returned)["state"]
        # A page of ours in another browser, which browsers say of themselves.
        headers = {"Sec-Fetch-Site": "same-origin"}
        assert (await callback(other, "certified", back["token"], headers)).status_code == 403
        # That used it up, so that nothing is left to guess.
        assert (await callback(browser, "certified", back["token"], headers)).status_code == 410


async def test_the_answer_of_another_provider_is_none(auth: Auth, certified: Certified) -> None:
    async with browser_of(auth) as browser:
        returned = httpx2.URL(certified.log_in(await begin(browser, "certified"), "ada"))
        back = await return_to_us(browser, str(returned.copy_merge_params({"iss": "https://evil.example"})))
        assert back["error"] == "other_issuer"
        assert (await callback(browser, "certified", back["token"])).status_code == 410


async def test_of_those_who_return_at_once_one_goes_on(auth: Auth, mock: Mock) -> None:
    async with browser_of(auth) as browser:
        returned = mock.log_in(await begin(browser, "mock"), "ada")
        answers = await asyncio.gather(*(browser.get(returned) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [302, 404, 404, 404]


async def test_a_callback_is_good_once(auth: Auth, mock: Mock) -> None:
    async with browser_of(auth) as browser:
        back = await return_to_us(browser, mock.log_in(await begin(browser, "mock"), "ada"))
        headers = {"Sec-Fetch-Site": "same-origin"}
        assert (await callback(browser, "mock", back["token"], headers)).status_code == 201
        assert (await callback(browser, "mock", back["token"], headers)).status_code == 410


async def test_unknown_states_tokens_and_providers(auth: Auth, mock: Mock) -> None:
    async with browser_of(auth) as browser:
        assert (await browser.get(f"/auth/oidc/login/nobody?redirectUrl={APP}")).status_code == 404
        assert (await browser.get("/auth/oidc/logged/mock?state=made-up&code=x")).status_code == 404
        assert (await callback(browser, "mock", "made-up")).status_code == 410
        assert (await callback(browser, "nobody", "made-up")).status_code == 404
        returned = mock.log_in(await begin(browser, "mock"), "ada")
        assert (await browser.get(returned.replace("/mock?", "/plain?"))).status_code == 404
        back = await return_to_us(browser, returned)
        assert (await callback(browser, "plain", back["token"])).status_code == 410


async def test_the_state_is_no_token(auth: Auth, mock: Mock) -> None:
    async with browser_of(auth) as browser:
        state = query_of(await begin(browser, "mock"))["state"]
        # Before the provider answered: 400, and the login is over.
        assert (await callback(browser, "mock", state)).status_code == 400
        assert (await callback(browser, "mock", state)).status_code == 410


async def test_a_login_is_bound_to_its_tenant(auth: Auth, mock: Mock) -> None:
    async with browser_of(auth) as browser:
        back = await return_to_us(browser, mock.log_in(await begin(browser, "mock", tenant="home"), "ada"))
        assert (await callback(browser, "mock", back["token"], tenant="other")).status_code == 410
        back = await return_to_us(browser, mock.log_in(await begin(browser, "MOCK", tenant="home"), "ada"))
        assert (await callback(browser, "Mock", back["token"], tenant="home")).status_code == 201


async def test_logins_expire(auth: Auth, mock: Mock, database: Database) -> None:
    async def age(interval: str) -> None:
        async with database.connection() as connection:
            await execute(connection, f"update auth.oidc_logins set created_at = created_at - interval '{interval}'")

    async with browser_of(auth) as browser:
        returned = mock.log_in(await begin(browser, "mock"), "ada")
        await age("61 minutes")
        assert (await browser.get(returned)).status_code == 410
        back = await return_to_us(browser, mock.log_in(await begin(browser, "mock"), "ada"))
        await age("11 minutes")
        assert (await callback(browser, "mock", back["token"])).status_code == 410


async def test_redirects_that_are_not_allowed(auth: Auth) -> None:
    async with browser_of(auth) as browser:
        answer = await browser.get("/auth/oidc/login/mock")
        assert (answer.status_code, answer.json()["message"]) == (400, "redirectUrl is missing")
        for url in ("https://evil.example/", "javascript:alert(1)", f"{ORIGIN}.evil.example/", "other:///x"):
            assert (await browser.get("/auth/oidc/login/mock", params={"redirectUrl": url})).status_code == 400, url
        assert (await browser.get("/auth/oidc/login/mock", params={"redirectUrl": "kyoo:///x"})).status_code == 302


async def test_the_app_gets_its_own_address_back(auth: Auth, mock: Mock) -> None:
    async with browser_of(auth) as browser:
        url = await begin(browser, "mock", "kyoo:///oidc-callback?apiUrl=https%3A%2F%2Fkyoo.test#there")
        answer = await browser.get(mock.log_in(url, "ada"))
        location = answer.headers["location"]
        assert location.startswith("kyoo:///oidc-callback?apiUrl=https%3A%2F%2Fkyoo.test&provider=mock&token=")
        assert location.endswith("&error=#there")
        # The app is no browser: it has no cookie, and does not say that it is one.
        token = query_of(location)["token"]
        assert (await callback(auth.client, "mock", token, device="Android App")).json()["device"] == "Android App"


async def test_accounts_without_email_or_name(auth: Auth, certified: Certified, plain: Plain) -> None:
    await auth.register("first")
    user = await auth.me((await log_in(auth, "certified", certified, "nomail")).json()["token"])
    assert (user["username"], user["email"]) == ("nomail", "nomail@certified.local")
    plain.users["ada"] = {"id": 7, "email": None, "name": None}
    user = await auth.me((await log_in(auth, "plain", plain, "ada")).json()["token"])
    assert (user["username"], user["email"], user["oidc"]["plain"]["id"]) == ("plain-7", "7@plain.local", "7")
    assert SECRET not in str(user)


async def test_taken_names_and_addresses_say_so(auth: Auth, mock: Mock) -> None:
    await auth.register("alice")
    mock.set_user("1", preferred_username="somebody", email="ALICE@kyoo.test")
    answer = await log_in(auth, "mock", mock, "1")
    assert answer.status_code == 409
    assert answer.json()["details"] == {"error": "email_taken", "provider": "mock"}
    mock.set_user("2", preferred_username="alice", email="other@kyoo.test")
    answer = await log_in(auth, "mock", mock, "2")
    assert answer.status_code == 409
    assert answer.json()["details"] == {"error": "username_taken", "provider": "mock"}


async def test_linking_and_unlinking(auth: Auth, mock: Mock, certified: Certified) -> None:
    alice, bob = await auth.register("alice"), await auth.register("bob")
    mock.set_user("1", preferred_username="alice", email="alice@kyoo.test")
    linked = await log_in(auth, "mock", mock, "1", bearer(alice))
    assert linked.status_code == 200
    assert linked.json()["oidc"] == {"mock": {"id": "1", "username": "alice", "profileUrl": None}}
    assert (await log_in(auth, "mock", mock, "1", bearer(alice))).status_code == 200
    session = (await log_in(auth, "mock", mock, "1")).json()["token"]
    assert (await auth.me(session))["username"] == "alice"

    answer = await log_in(auth, "mock", mock, "1", bearer(bob))
    assert (answer.status_code, answer.json()["details"]["error"]) == (409, "linked_to_another")
    answer = await log_in(auth, "mock", mock, "2", bearer(alice))
    assert (answer.status_code, answer.json()["details"]["error"]) == (409, "provider_linked")

    assert (await auth.client.delete("/auth/oidc/login/mock", headers=bearer(alice))).status_code == 204
    assert (await auth.me(alice))["oidc"] == {}
    assert (await auth.client.delete("/auth/oidc/login/mock", headers=bearer(alice))).status_code == 404
    assert (await auth.client.delete("/auth/oidc/login/nobody", headers=bearer(alice))).status_code == 404
    assert (await auth.client.delete("/auth/oidc/login/mock")).status_code == 401


async def test_the_last_way_in_cannot_be_unlinked(
    auth: Auth, mock: Mock, certified: Certified, database: Database
) -> None:
    mock.set_user("grace", preferred_username="grace", email="grace@kyoo.test")
    token = (await log_in(auth, "mock", mock, "grace")).json()["token"]
    assert (await auth.client.delete("/auth/oidc/login/mock", headers=bearer(token))).status_code == 422
    assert (await log_in(auth, "certified", certified, "grace", bearer(token))).status_code == 200
    assert (await auth.client.delete("/auth/oidc/login/mock", headers=bearer(token))).status_code == 204
    assert (await auth.client.delete("/auth/oidc/login/certified", headers=bearer(token))).status_code == 422
    # A provider that is configured no more is no way in.
    async with database.connection() as connection:
        await execute(connection, "insert into auth.oidc_links select user_id, 'gone', 'x', 'x' from auth.oidc_links")
    assert (await auth.client.delete("/auth/oidc/login/certified", headers=bearer(token))).status_code == 422
    body = {"newPassword": "of her own"}
    assert (await auth.client.patch("/auth/users/me/password", json=body, headers=bearer(token))).status_code == 204
    assert (await auth.client.delete("/auth/oidc/login/certified", headers=bearer(token))).status_code == 204


async def test_only_users_link(make_auth: MakeAuth, certified: Certified, mock: Mock, plain: Plain) -> None:
    auth = await make_auth(guest_claims={"permissions": []}, **settings_of(certified, mock, plain))
    guest = await auth.jwt()
    for headers in (bearer(guest), {"Authorization": "Basic eA=="}, bearer("made-up"), bearer("a.b.c")):
        async with browser_of(auth) as browser:
            back = await return_to_us(browser, mock.log_in(await begin(browser, "mock"), "ada"))
            assert (await callback(browser, "mock", back["token"], headers)).status_code == 403
            # A bad token does not use up the login.
            assert (await callback(browser, "mock", back["token"])).status_code == 201
    # A cookie is sent unasked: it links nothing.
    token = await auth.register("alice")
    answer = await log_in(auth, "mock", mock, "ada", {"Cookie": f"X-Bearer={token}"})
    assert answer.status_code == 201


async def test_closed_registration_is_closed_here_too(
    make_auth: MakeAuth, certified: Certified, mock: Mock, plain: Plain
) -> None:
    auth = await make_auth(**settings_of(certified, mock, plain))
    assert (await log_in(auth, "mock", mock, "known")).status_code == 201
    closed = await make_auth(disable_registration=True, **settings_of(certified, mock, plain))
    answer = await log_in(closed, "mock", mock, "stranger")
    assert answer.status_code == 403
    assert answer.json()["details"] == {"error": "registration_disabled"}
    assert (await log_in(closed, "mock", mock, "known")).status_code == 201


@pytest.mark.parametrize(("failing", "status"), [("token", 502), ("profile", 500)])
async def test_a_provider_that_fails_tells_no_secret(
    auth: Auth, plain: Plain, failing: str, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    plain.users["ada"] = {"id": 1}
    plain.failing.add(failing)
    answer = await log_in(auth, "plain", plain, "ada")
    assert answer.status_code == status
    assert answer.json()["details"] == {"error": "provider_failed"}
    told = answer.text + "".join(capfd.readouterr())
    for secret in (SECRET, plain.authorizations[-1], "code of ada", "s3cret"):
        assert secret not in told
    plain.failing.clear()
    assert (await log_in(auth, "plain", plain, "ada")).status_code == 201


@pytest.mark.parametrize("profile", [{}, {"id": None}, {"id": True}, {"id": [1]}, {"sub": ""}, {"account": {"id": {}}}])
async def test_a_profile_without_an_id(auth: Auth, plain: Plain, profile: dict[str, Any], database: Database) -> None:
    plain.users["ada"] = profile
    assert (await log_in(auth, "plain", plain, "ada")).status_code == 500
    async with database.connection() as connection:
        assert await fetch_value(connection, "select count(*) from auth.users") == 0


async def test_an_unreachable_provider(make_auth: MakeAuth) -> None:
    auth = await make_auth(oidc={"gone": {"client_id": "a", "secret": "b", "issuer": "http://127.0.0.1:9"}})
    answer = await auth.client.get("/auth/oidc/login/gone", params={"redirectUrl": APP})
    assert answer.status_code == 502
    assert answer.json()["message"] == "gone does not answer"
    # A person comes back to where the login began, if one may be sent there.
    answer = await auth.client.get("/auth/oidc/login/gone", params={"redirectUrl": APP}, headers=PERSON)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(APP)
    assert query_of(answer.headers["location"])["error"] == "gone does not answer"
    answer = await auth.client.get("/auth/oidc/login/gone?redirectUrl=https://evil.example", headers=PERSON)
    assert answer.status_code == 400


async def test_a_person_whom_the_provider_sends_back_with_nothing(auth: Auth, mock: Mock) -> None:
    lost = "/auth/oidc/logged/mock?error=access_denied&error_description=<b>"
    async with browser_of(auth) as browser:
        url = await begin(browser, "mock")
        assert (await browser.get(lost)).status_code == 404
        back = await browser.get(lost, headers=PERSON)
        assert back.status_code == 302
        assert back.headers["location"] == f"{APP}&provider=mock&token=&error=access_denied"
        # Which does not end the login.
        returned = mock.log_in(url, "ada")
        assert (await return_to_us(browser, returned))["error"] == ""
        # Nothing is under way any more: a page tells why, in our words or a word of OAuth.
        page = await browser.get(returned, headers=PERSON)
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "it was finished, or never begun" in page.text
        page = await browser.get(lost.replace("access_denied", "<i>"), headers=PERSON)
        assert "<b>" not in page.text
        assert "<i>" not in page.text


async def test_the_second_factor_of_a_user_is_asked_after_a_provider_too(auth: Auth, mock: Mock) -> None:
    mock.set_user("ada", preferred_username="ada", email="ada@kyoo.test")
    session = (await log_in(auth, "mock", mock, "ada")).json()["token"]
    begun = await auth.client.post("/auth/users/me/totp", headers=bearer(session))
    secret = b32decode(begun.json()["secret"])
    now = int(time.time()) // 30
    body = {"code": code_at(secret, now - 1)}
    assert (
        await auth.client.post("/auth/users/me/totp/confirm", json=body, headers=bearer(session))
    ).status_code == 200

    refused = await log_in(auth, "mock", mock, "ada")
    assert (refused.status_code, refused.json()["details"]["secondFactor"]) == (403, ["totp"])
    answer = {"challenge": refused.json()["details"]["challenge"], "code": code_at(secret, now)}
    finished = await auth.client.post("/auth/sessions/second-factor", json=answer)
    assert finished.status_code == 201
    assert (await auth.me(finished.json()["token"]))["username"] == "ada"


async def test_the_picture_of_a_new_user(auth: Auth, plain: Plain) -> None:
    plain.pictures["here"] = PNG
    plain.users["ada"] = {"id": 1, "avatar_url": f"{plain.url}/pictures/moved"}
    token = (await log_in(auth, "plain", plain, "ada")).json()["token"]
    answer = await auth.client.get("/auth/users/me/logo", headers=bearer(token))
    assert (answer.status_code, size_of(answer.content)) == (200, (40, 30))
    # A redirect to another address of this machine is none of the provider's.
    elsewhere = ("/pictures/away", "http://127.0.0.1:9/x", "https://[::1]/x", "http://x y/")
    for number, url in enumerate(("/pictures/none", "/user", *elsewhere)):
        plain.users["bob"] = {"id": 10 + number, "user": {"picture": url if "://" in url else plain.url + url}}
        token = (await log_in(auth, "plain", plain, "bob")).json()["token"]
        assert (await auth.client.get("/auth/users/me/logo", headers=bearer(token))).status_code == 404


async def test_a_disabled_user_does_not_get_in_by_a_provider(auth: Auth, mock: Mock) -> None:
    admin = await auth.register("admin")
    token = (await log_in(auth, "mock", mock, "ada")).json()["token"]
    user = await auth.me(token)
    await auth.client.patch(f"/auth/users/{user['id']}", json={"disabled": True}, headers=bearer(admin))
    assert (await log_in(auth, "mock", mock, "ada")).status_code == 403


async def test_nothing_secret_is_kept_in_clear(auth: Auth, mock: Mock, database: Database) -> None:
    async with browser_of(auth) as browser:
        url = await begin(browser, "mock")
        cookie = next(iter(browser.cookies.values()))
        async with database.connection() as connection:
            row = str(await (await connection.execute("select * from auth.oidc_logins")).fetchone())
        assert query_of(url)["state"] not in row
        assert cookie not in row
    answer = await auth.client.get(f"/auth/oidc/login/mock?redirectUrl={APP}")
    attributes = answer.headers["set-cookie"]
    for attribute in ("HttpOnly", "Path=/auth/oidc", "SameSite=lax", "Secure", "Max-Age=3600"):
        assert attribute in attributes


BAD = ["%00", "%ff%fe", "%ed%a0%80", "%0d%0aSet-Cookie:x=y", "%F0%9F%8E%AC", "'", "x" * 5000, "%25", "{}", "[]"]


@pytest.mark.parametrize("bad", BAD)
async def test_bad_input_gets_an_error_object_and_stores_nothing(auth: Auth, bad: str, database: Database) -> None:
    fine = f"redirectUrl={ORIGIN}"
    for path in (
        f"/auth/oidc/login/{bad}?{fine}",
        f"/auth/oidc/login/nobody?{fine}&tenant={bad}",
        f"/auth/oidc/login/federation?{fine}&tenant={bad}",
        f"/auth/oidc/login/mock?redirectUrl=https://{bad}",
        f"/auth/oidc/logged/{bad}?state=a&code=b",
        f"/auth/oidc/logged/mock?state={bad}&code={bad}&iss={bad}",
        f"/auth/oidc/callback/{bad}?token=x",
        f"/auth/oidc/callback/mock?token={bad}&tenant={bad}&device={bad}",
        f"/auth/federation/authorize?client_id={bad}&redirect_uri={bad}&nonce={bad}",
        f"/auth/federation/picture?token={bad}",
    ):
        answer = await auth.client.get(path, headers={"Cookie": f"kyoo-oidc-{bad}={bad}"})
        assert 400 <= answer.status_code < 500, (path, answer.text)
        assert set(answer.json()) == {"status", "message", "details"}, path
        assert "Traceback" not in answer.text
    for body in (f"client_id={bad}&redirect_uri={bad}&login={bad}&allow={bad}", bad, f"code={bad}&grant_type={bad}"):
        for path in ("/auth/federation/authorize", "/auth/federation/token"):
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = await auth.client.post(path, content=body, headers=headers)
            assert 400 <= answer.status_code < 500, (path, answer.text)
    async with database.connection() as connection:
        for table in ("oidc_logins", "oidc_links", "federation_codes", "users"):
            assert await fetch_value(connection, f"select count(*) from auth.{table}") == 0
