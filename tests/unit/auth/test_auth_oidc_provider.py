"""What is checked of an id_token, of a discovery document, and of the configuration of providers (OpenID Connect Core
§3.1.3.7)."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from pydantic import ValidationError
from structlog.testing import capture_logs

from kyoo.auth.oidc.config import OidcConfig, providers_of
from kyoo.auth.oidc.provider import ProfileError, Provider, ProviderError
from kyoo.auth.oidc.providers import Providers
from kyoo.auth.oidc.requests import Outside
from kyoo.auth.settings import AuthSettings
from kyoo.core.settings import OptionError

ISSUER = "https://id.example"
SECRET = "of the client: 32 bytes at least"
KEY = ECKey.generate_key("P-256", {"kid": "one"}, private=True)
OTHER_KEY = ECKey.generate_key("P-256", {"kid": "one"}, private=True)


class Ago(int):
    """Seconds before the token is made."""


def id_token(key: Any = KEY, algorithm: str = "ES256", **changes: Any) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": "1", "aud": "kyoo", "exp": now + 300, "iat": now, "nonce": "the nonce", **changes}
    claims = {name: now - value if isinstance(value, Ago) else value for name, value in claims.items()}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": "one"}, claims, key, algorithms=[algorithm])


def provider_of(token: str, **more: Any) -> Provider:
    """A provider that answers every code with `token`."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        found = {
            "/.well-known/openid-configuration": {
                "issuer": more.get("issuer", ISSUER),
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "userinfo_endpoint": f"{ISSUER}/me",
                **more.get("discovered", {"jwks_uri": f"{ISSUER}/keys"}),
            },
            "/keys": {"keys": [KEY.as_dict(private=False)]},
            "/token": {"id_token": token, "access_token": "a", "token_type": "Bearer"},
            "/me": more.get("profile", {"sub": "1", "name": "Ada"}),
        }[request.url.path]
        return httpx2.Response(200, json=found)

    config = OidcConfig(client_id="kyoo", secret=SECRET, **more.get("config", {"issuer": ISSUER}))
    return Provider("id", config, httpx2.AsyncClient(transport=httpx2.MockTransport(answer)))


async def redeem(provider: Provider) -> str:
    profile = await provider.redeem("code", nonce="the nonce", verifier="v", redirect_url="https://kyoo.test/x")
    return profile.username


@pytest.mark.parametrize(
    "make",
    [
        partial(id_token),
        partial(id_token, aud=["kyoo"]),
        partial(id_token, aud=["kyoo", "other"], azp="kyoo"),
        partial(id_token, exp=Ago(30)),
        partial(id_token, OctKey.import_key(SECRET), "HS256"),
    ],
)
async def test_good_id_tokens(make: Callable[[], str]) -> None:
    assert await redeem(provider_of(make())) == "Ada"


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (partial(id_token, OTHER_KEY), "cannot be verified"),
        (partial(id_token, OctKey.import_key("x" * 32), "HS256"), "cannot be verified"),
        (lambda: "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "cannot be verified"),
        (lambda: "no token", "cannot be verified"),
        (lambda: "eyJhbGciOiJFUzI1NiIsImNyaXQiOjV9.e30.c2ln", "cannot be verified"),  # a `crit` that is no list
        (partial(id_token, iss="https://evil.example"), "of another issuer"),
        (partial(id_token, iss=None), "of another issuer"),
        (partial(id_token, aud="other"), "for another application"),
        (partial(id_token, aud=None), "for another application"),
        (partial(id_token, azp="other"), "for another application"),
        (partial(id_token, aud=["kyoo", "other"]), "for several applications"),
        (partial(id_token, exp=Ago(120)), "that has expired"),
        (partial(id_token, exp=None), "that has expired"),
        (partial(id_token, exp="soon"), "that has expired"),
        (partial(id_token, iat=Ago(-600)), "of the future"),
        (partial(id_token, nonce="of another login"), "of another login"),
        (partial(id_token, nonce=None), "of another login"),
    ],
)
async def test_bad_id_tokens(make: Callable[[], str], what: str) -> None:
    with pytest.raises(ProviderError, match=what):
        await redeem(provider_of(make()))


def addresses(scheme: str = "https", **more: str) -> dict[str, Any]:
    """Of a provider whose issuer is not configured."""
    names = {"authorization": "a", "token": "token", "profile": "me"}
    urls = {name: f"{scheme}://id.example/{path}" for name, path in names.items()}
    return {"config": {**urls, **more}}


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256"])
async def test_without_any_key_the_connection_vouches_and_the_claims_are_checked(algorithm: str) -> None:
    good = id_token(OctKey.import_key(SECRET), "HS256") if algorithm == "HS256" else id_token(OTHER_KEY)
    if algorithm == "none":
        good = f"eyJhbGciOiJub25lIn0.{good.split('.')[1]}."
    assert await redeem(provider_of(good, **addresses())) == "Ada"
    with pytest.raises(ProviderError, match="of another login"):
        await redeem(provider_of(id_token(nonce="x"), **addresses()))


async def test_the_keys_can_be_given_without_an_issuer() -> None:
    more = addresses(jwks=f"{ISSUER}/keys")
    assert await redeem(provider_of(id_token(), **more)) == "Ada"
    with pytest.raises(ProviderError, match="cannot be verified"):
        await redeem(provider_of(id_token(OTHER_KEY), **more))


async def test_an_id_token_that_came_in_clear_is_not_read() -> None:
    """Not even refused for what it says: whoever wrote it could have written the profile."""
    forged = id_token(OTHER_KEY, sub="somebody else", nonce="x")
    assert await redeem(provider_of(forged, **addresses("http"))) == "Ada"
    with capture_logs() as lines:
        config = OidcConfig(client_id="kyoo", secret=SECRET, **addresses("http")["config"])
        Providers({"id": config}, [], Outside(), public_url="https://us.example")
    assert [line["provider"] for line in lines] == ["id"]
    # Over http with keys it is as good as over https.
    with pytest.raises(ProviderError, match="cannot be verified"):
        await redeem(provider_of(forged, **addresses("http", jwks=f"{ISSUER}/keys")))


async def test_logins_that_lead_back_to_this_machine_only_are_told() -> None:
    config = OidcConfig(client_id="kyoo", secret=SECRET, issuer=ISSUER)
    for url, warned in (("https://us.example", 0), ("http://localhost:8901", 1), ("http://[::1]:8901", 1)):
        with capture_logs() as lines:
            Providers({"id": config}, [], Outside(), public_url=url)
            Providers({}, [], Outside(), public_url=url)
        assert [line["public_url"] for line in lines] == [url] * warned


async def test_a_discovery_document_without_keys() -> None:
    with pytest.raises(ProviderError, match="cannot be verified"):
        await redeem(provider_of(id_token(), discovered={}))
    assert await redeem(provider_of(id_token(), discovered={}, config={"issuer": ISSUER, "jwks": f"{ISSUER}/keys"}))


async def test_a_profile_of_somebody_else() -> None:
    with pytest.raises(ProfileError, match="names two different users"):
        await redeem(provider_of(id_token(), profile={"sub": "2", "name": "Eve"}))


@pytest.mark.parametrize("issuer", ["https://evil.example", "", None])
async def test_a_discovery_document_of_another(issuer: str | None) -> None:
    with pytest.raises(ProviderError, match="is of another"):
        await redeem(provider_of(id_token(), issuer=issuer))


async def test_an_answer_that_names_another_issuer() -> None:
    provider = provider_of(id_token())
    assert await provider.is_from(ISSUER)
    assert await provider.is_from(None)
    assert not await provider.is_from("https://evil.example")


def test_the_variables_of_providers() -> None:
    environ = {
        "OIDC_GIT_HUB_CLIENTID": "id",
        "OIDC_GIT_HUB_SECRET": "secret",
        "OIDC_GIT_HUB_AUTHORIZATION": "https://g/a?b=c",
        "OIDC_GIT_HUB_TOKEN": "https://g/t",
        "OIDC_GIT_HUB_PROFILE": "https://g/p",
        "KYOO_OIDC_AUTHELIA_CLIENTID": "id",
        "KYOO_OIDC_AUTHELIA_SECRET": "secret",
        "KYOO_OIDC_AUTHELIA_ISSUER": "https://a",
        "KYOO_OIDC_AUTHELIA_NAME": "Our login",
        "EXTRA_OIDC_REDIRECT_URLS": "kyoo",
    }
    found = providers_of(environ)
    assert sorted(found) == ["authelia", "git_hub"]
    assert found["authelia"]["name"] == "Our login"
    config = OidcConfig(**found["git_hub"])
    assert (config.name, config.scope, config.auth_method) == ("GIT_HUB", "openid profile email", "ClientSecretBasic")


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        (
            {"OIDC_A_CLIENTID": "x"},
            "the provider A lacks OIDC_A_SECRET, OIDC_A_AUTHORIZATION, OIDC_A_TOKEN, OIDC_A_PROFILE",
        ),
        ({"OIDC_A_CLIENTID": "x", "OIDC_A_ISSUER": "https://a"}, "the provider A lacks OIDC_A_SECRET"),
        (
            {"OIDC_FEDERATION_CLIENTID": "x", "OIDC_FEDERATION_SECRET": "s", "OIDC_FEDERATION_ISSUER": "https://a"},
            "named",
        ),
    ],
)
def test_incomplete_providers_stop_the_start(
    environ: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(OptionError, match=message):
        AuthSettings()


def test_a_wrong_way_to_authenticate_stops_the_start_without_telling_the_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for part, value in {"CLIENTID": "x", "SECRET": "hush-hush", "ISSUER": "https://a", "AUTHMETHOD": "Basic"}.items():
        monkeypatch.setenv(f"OIDC_A_{part}", value)
    with pytest.raises(ValidationError) as error:
        AuthSettings()
    assert "ClientSecretBasic" in error.value.errors()[0]["msg"]
    assert "hush-hush" not in str(error.value.errors()[0]["msg"])


def test_lists_of_redirects_and_instances(monkeypatch: pytest.MonkeyPatch) -> None:
    assert AuthSettings().extra_oidc_redirect_urls == ("kyoo",)
    monkeypatch.setenv("EXTRA_OIDC_REDIRECT_URLS", "myapp, https://tv.example,kyoo")
    monkeypatch.setenv("KYOO_FEDERATION_ACCEPT", "https://friends.example/,*")
    settings = AuthSettings()
    assert settings.extra_oidc_redirect_urls == ("kyoo", "myapp", "https://tv.example")
    assert settings.federation_accept == ("https://friends.example", "*")
    monkeypatch.setenv("KYOO_FEDERATION_ACCEPT", "friends.example")
    with pytest.raises(ValidationError, match=r"must be (schemes|origins)"):
        AuthSettings()
