"""One OpenID provider: where it sends users, how a code becomes an account there (RFC 6749, 7636, 9207; OpenID Connect
Core §3.1.3). Knows no database and no user of ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx2
import structlog
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from kyoo.auth.oidc.config import OidcConfig
from kyoo.auth.oidc.profile import NoSubjectError, Profile, profile_of
from kyoo.auth.oidc.requests import NoAnswerError, ask_json
from kyoo.core.errors import KyooError

log = structlog.get_logger()

#: What a provider may sign an id_token with; the symmetric ones use the client secret (OpenID Connect Core §10.1).
ASYMMETRIC = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
SYMMETRIC = ["HS256", "HS384", "HS512"]
#: By how many seconds the clocks may differ.
LEEWAY = 60
#: How long a discovery document and its keys are remembered, in seconds.
REMEMBERED = 3600


class ProviderError(KyooError):
    """The provider did not do its part. The message says at which step, and holds nothing secret."""

    status = 502


class ProfileError(ProviderError):
    """The provider accepted the code, but does not say who the user is."""

    status = 500


@dataclass(frozen=True)
class Addresses:
    """`issuer` and `keys` (a JWKS URL) are None when neither the configuration nor the provider tells them."""

    authorization: str
    token: str
    profile: str | None
    issuer: str | None
    keys: str | None


class Provider:
    """`id` is what the path of its routes says. `client` reaches it. `is_instance`: it is another instance of this
    server, whose usernames are as likely to be taken here as our own."""

    def __init__(
        self, provider_id: str, config: OidcConfig, client: httpx2.AsyncClient, *, is_instance: bool = False
    ) -> None:
        self.id = provider_id
        self.config = config
        self.client = client
        self.is_instance = is_instance
        self._discovered: tuple[float, Addresses] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def serves(self, url: str) -> bool:
        """Whether `url` is on a host that the configuration names."""
        config = self.config
        hosts = {
            urlsplit(known).netloc for known in (config.issuer, config.authorization, config.token, config.profile)
        }
        return urlsplit(url).netloc in hosts

    async def authorization_url(self, *, state: str, nonce: str, verifier: str, redirect_url: str) -> str:
        """Where to send the browser. Raises ProviderError."""
        url = (await self._addresses()).authorization
        query = {
            "response_type": "code",
            "client_id": self.config.client_id,
            "scope": self.config.scope,
            "redirect_uri": redirect_url,
            "state": state,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        if "openid" in self.config.scope.split():
            query["nonce"] = nonce
        return f"{url}{'&' if '?' in url else '?'}{urlencode(query, quote_via=quote)}"

    async def is_from(self, issuer: str | None) -> bool:
        """Whether an answer that names its issuer comes from this provider (RFC 9207)."""
        known = (await self._addresses()).issuer
        return issuer is None or known is None or issuer == known

    async def redeem(self, code: str, *, nonce: str, verifier: str, redirect_url: str) -> Profile:
        """The account that a code stands for. Raises ProviderError and ProfileError."""
        addresses = await self._addresses()
        try:
            tokens = await self._ask_for_tokens(addresses, code, verifier, redirect_url)
        except NoAnswerError as error:
            raise self._failed("does not accept the login", error) from error
        said: dict[str, Any] = {}
        if isinstance(tokens.get("id_token"), str) and self.config.vouched:
            said = await self._check_id_token(addresses, tokens["id_token"], nonce)
        if addresses.profile is not None:
            said |= await self._ask_for_profile(addresses.profile, tokens.get("access_token"), said.get("sub"))
        try:
            return profile_of(self.id, said)
        except NoSubjectError as error:
            raise self._failed("does not say who you are", error, ProfileError) from error

    async def _ask_for_tokens(
        self, addresses: Addresses, code: str, verifier: str, redirect_url: str
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_url,
            "code_verifier": verifier,
        }
        secret = self.config.secret.get_secret_value()
        auth = None
        if not secret:
            form["client_id"] = self.config.client_id
        elif self.config.auth_method == "ClientSecretPost":
            form |= {"client_id": self.config.client_id, "client_secret": secret}
        else:
            # Encoded before they are joined by a colon (RFC 6749 §2.3.1).
            auth = (quote(self.config.client_id, safe=""), quote(secret, safe=""))
        return await ask_json(self.client, "POST", addresses.token, form=form, auth=auth)

    async def _ask_for_profile(self, url: str, access_token: Any, subject: Any) -> dict[str, Any]:
        if not isinstance(access_token, str) or not access_token.isascii() or not access_token.isprintable():
            raise self._failed("gives no access token", None)
        try:
            said = await ask_json(self.client, "GET", url, headers={"Authorization": f"Bearer {access_token}"})
        except NoAnswerError as error:
            raise self._failed("does not give your profile", error, ProfileError) from error
        if subject is not None and said.get("sub", subject) != subject:
            raise self._failed("names two different users", None, ProfileError)
        return said

    async def _check_id_token(self, addresses: Addresses, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an id_token (OpenID Connect Core §3.1.3.7)."""
        try:
            claims = await self._verified(addresses, token)
        except Exception as error:
            # It reads what another server sent: whatever goes wrong, it is not to be believed.
            raise self._failed("gives an id_token that cannot be verified", error) from error
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        party = claims.get("azp", self.config.client_id)
        now = time.time()
        expires, issued = claims.get("exp"), claims.get("iat", now)
        wrong = None
        if addresses.issuer is not None and claims.get("iss") != addresses.issuer:
            wrong = "of another issuer"
        elif self.config.client_id not in audiences or party != self.config.client_id:
            wrong = "for another application"
        elif len(audiences) > 1 and "azp" not in claims:
            wrong = "for several applications"
        elif not isinstance(expires, int | float) or expires < now - LEEWAY:
            wrong = "that has expired"
        elif not isinstance(issued, int | float) or issued > now + LEEWAY:
            wrong = "of the future"
        elif not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            wrong = "of another login"
        if wrong is not None:
            raise self._failed(f"gives an id_token {wrong}", None)
        return claims

    async def _verified(self, addresses: Addresses, token: str) -> dict[str, Any]:
        unverified = jws.extract_compact(token.encode())
        secret = self.config.secret.get_secret_value()
        if secret and unverified.headers().get("alg") in SYMMETRIC:
            payload = jws.deserialize_compact(token, OctKey.import_key(secret), algorithms=SYMMETRIC).payload
        elif addresses.keys is not None:
            payload = await self._verified_by_keys(addresses.keys, token)
        elif addresses.issuer is not None:
            raise ValueError("no keys")
        else:
            # It comes over our own connection to the provider, which is encrypted: see `vouched`.
            payload = unverified.payload
        claims = json.loads(payload)
        if not isinstance(claims, dict):
            raise ValueError("no object")  # noqa: TRY004 (what was sent is wrong, not our types)
        return claims

    async def _verified_by_keys(self, url: str, token: str) -> bytes:
        for fresh in (False, True):
            keys = await self._key_set(url, fresh=fresh)
            try:
                return jws.deserialize_compact(token, keys, algorithms=ASYMMETRIC).payload
            except (JoseError, ValueError):
                # The provider may have rotated its keys.
                if fresh:
                    raise
        raise AssertionError("the second attempt returns or raises")

    async def _key_set(self, url: str, *, fresh: bool) -> KeySet:
        if self._keys is None or fresh or self._keys[0] < time.monotonic():
            document = await ask_json(self.client, "GET", url)
            self._keys = (time.monotonic() + REMEMBERED, KeySet.import_key_set(document))  # type: ignore[arg-type]
        return self._keys[1]

    async def _addresses(self) -> Addresses:
        config = self.config
        if not config.issuer:
            return Addresses(config.authorization, config.token, config.profile or None, None, config.jwks or None)
        if self._discovered is None or self._discovered[0] < time.monotonic():
            self._discovered = (time.monotonic() + REMEMBERED, await self._discover())
        return self._discovered[1]

    async def _discover(self) -> Addresses:
        """What the provider says of itself (OpenID Connect Discovery §4); the configuration wins."""
        config = self.config
        try:
            found = await ask_json(self.client, "GET", f"{config.issuer.rstrip('/')}/.well-known/openid-configuration")
        except NoAnswerError as error:
            raise self._failed("does not answer", error) from error
        names = ("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
        issuer, authorization, token, profile, keys = (
            value if isinstance(value := found.get(name), str) else "" for name in names
        )
        addresses = Addresses(
            authorization=config.authorization or authorization,
            token=config.token or token,
            profile=config.profile or profile or None,
            issuer=issuer,
            keys=config.jwks or keys or None,
        )
        if issuer.rstrip("/") != config.issuer.rstrip("/") or not addresses.authorization or not addresses.token:
            raise self._failed("is not what it should be: its discovery document is of another", None)
        return addresses

    def _failed(self, how: str, error: Exception | None, kind: type[ProviderError] = ProviderError) -> ProviderError:
        reason = str(error) if isinstance(error, NoAnswerError) else type(error).__name__ if error else None
        log.warning("a login at a provider failed", provider=self.id, how=how, reason=reason)
        return kind(f"{self.config.name or self.id} {how}", {"error": "provider_failed"})


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636 §4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
