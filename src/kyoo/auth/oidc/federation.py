"""Lending our users' identity to other instances: who may ask, what a consent gives them (RFC 6749, RFC 7636, RFC 9207,
OpenID Connect Core §3.1; docs/decisions/0010-federation.md). The asking side is in providers.py. No HTTP, no
SQL."""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit
from uuid import UUID, uuid4

from psycopg.rows import DictRow

from kyoo.auth.accounts.pictures import UserPictures
from kyoo.auth.audit import Actor, Target, record
from kyoo.auth.models.federation import AuthorizationRequest, Profile, TokenRequest, Tokens
from kyoo.auth.oidc.provider import challenge_of
from kyoo.auth.oidc.redirects import origin_of, with_query
from kyoo.auth.queries import federation, users
from kyoo.auth.tokens.opaque import hash_secret, new_secret
from kyoo.auth.tokens.signing import InvalidTokenError, SigningKeys
from kyoo.core.database.postgres import Database
from kyoo.core.errors import BadRequestError, ForbiddenError, NotFoundError, UnauthorizedError

ANY = "*"
#: The only path of another instance that a code is sent to.
CALLBACK = "/auth/oidc/logged/"
CODE_LIFETIME = timedelta(minutes=1)
TOKEN_LIFETIME = 300
#: `typ` of what other instances get: neither is a token anywhere else.
ID_TYPE = "id+jwt"
ACCESS_TYPE = "profile+jwt"


class GrantError(BadRequestError):
    """A code cannot be redeemed; `word` is OAuth's (RFC 6749 §5.2)."""

    def __init__(self, word: str, message: str) -> None:
        super().__init__(message)
        self.word = word


class Federation:
    """`offered` are the origins of the instances that may ask, `*` any with https."""

    def __init__(
        self, database: Database, keys: SigningKeys, pictures: UserPictures, offered: Iterable[str], *, public_url: str
    ) -> None:
        self._database = database
        self._keys = keys
        self._pictures = pictures
        self._offered = frozenset(offered)
        self._public_url = public_url

    @property
    def is_open(self) -> bool:
        return bool(self._offered)

    def discovery(self) -> dict[str, Any]:
        """What other instances, or any OpenID client, must know (OpenID Connect Discovery §3)."""
        url = f"{self._public_url}/auth/federation"
        return {
            "issuer": self._public_url,
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "userinfo_endpoint": f"{url}/profile",
            "scopes_supported": ["openid", "profile", "email"],
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256" if self._keys.signer.key_type == "RSA" else "EdDSA"],
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def check_client(self, request: AuthorizationRequest) -> str:
        """The host of the instance that asks. Its address is its name, and a code goes nowhere else, so that nobody
        needs to be registered. Raises NotFoundError (no federation here), ForbiddenError and BadRequestError: in all
        cases the browser must not be sent back."""
        if not self.is_open:
            raise NotFoundError("This server does not take part in federation")
        client = request.client_id
        origin = origin_of(client)
        if origin is None or urlsplit(client).path or urlsplit(client).query or urlsplit(client).fragment:
            raise BadRequestError("client_id must be the address of an instance, such as https://films.example")
        if client not in self._offered and not (ANY in self._offered and origin[0] == "https"):
            raise ForbiddenError(f"{urlsplit(client).netloc} may not use accounts of this server")
        parts = urlsplit(request.redirect_uri)
        if (
            origin_of(request.redirect_uri) != origin
            or not parts.path.startswith(CALLBACK)
            or ".." in unquote(parts.path)
        ):
            raise BadRequestError("redirect_uri is not of the instance that asks")
        return urlsplit(client).netloc

    def fault(self, request: AuthorizationRequest) -> str | None:
        """OAuth's word for what is wrong with a request of a good client, which is to hear of it."""
        if request.response_type != "code":
            return "unsupported_response_type"
        if "openid" not in request.scope.split():
            return "invalid_scope"
        if request.code_challenge_method != "S256" or len(request.code_challenge) != 43:
            return "invalid_request"
        return None

    def refusal_url(self, request: AuthorizationRequest, word: str) -> str:
        """Where the browser goes when there is no code."""
        return with_query(request.redirect_uri, error=word, state=request.state, iss=self._public_url)

    async def consent(self, request: AuthorizationRequest, user_id: UUID, by: Actor) -> str:
        """Where the browser goes with a code, after its user agreed."""
        code = new_secret()
        await self._user(user_id)
        async with self._database.transaction() as connection:
            await federation.insert(
                connection,
                code_hash=hash_secret(code),
                user_id=user_id,
                client=request.client_id,
                redirect_url=request.redirect_uri,
                challenge=request.code_challenge,
                nonce=request.nonce or None,
            )
            target = Target("provider", None, urlsplit(request.client_id).netloc)
            await record(connection, "federation.consented", by, target)
        return with_query(request.redirect_uri, code=code, state=request.state, iss=self._public_url)

    async def redeem(self, request: TokenRequest) -> Tokens:
        """Raises GrantError. A code is good once, for a minute, for who asked for it."""
        if request.grant_type != "authorization_code":
            raise GrantError("unsupported_grant_type", "grant_type must be authorization_code")
        async with self._database.connection() as connection:
            consent = await federation.take(connection, hash_secret(request.code))
        if (
            consent is None
            or consent["age"] > CODE_LIFETIME
            or (consent["client"], consent["redirect_url"]) != (request.client_id, request.redirect_uri)
            or not hmac.compare_digest(challenge_of(request.code_verifier), consent["challenge"])
        ):
            raise GrantError("invalid_grant", "This code is over, or another's")
        await self._user(consent["user_id"])
        now = int(time.time())
        claims = {
            "iss": self._public_url,
            "sub": str(consent["user_id"]),
            "aud": request.client_id,
            "iat": now,
            "exp": now + TOKEN_LIFETIME,
            "jti": str(uuid4()),
        }
        nonce = {} if consent["nonce"] is None else {"nonce": consent["nonce"]}
        return Tokens(
            access_token=self._keys.sign(claims, ACCESS_TYPE),
            expires_in=TOKEN_LIFETIME,
            id_token=self._keys.sign({**claims, **nonce}, ID_TYPE),
        )

    async def profile(self, access_token: str) -> Profile:
        """Raises UnauthorizedError."""
        user = await self._user(await self._subject(access_token))
        picture = None
        if await self._pictures.etag(user["id"]) is not None:
            picture = f"{self._public_url}/auth/federation/picture?{urlencode({'token': access_token})}"
        return Profile(sub=str(user["id"]), preferred_username=user["username"], email=user["email"], picture=picture)

    async def subject_of(self, access_token: str) -> UUID:
        """Whose picture a token opens. Raises UnauthorizedError."""
        return UUID(str((await self._user(await self._subject(access_token)))["id"]))

    async def _subject(self, access_token: str) -> UUID:
        try:
            return UUID((await self._keys.verify(access_token, ACCESS_TYPE))["sub"])
        except InvalidTokenError as error:
            raise UnauthorizedError("invalid or expired token") from error

    async def _user(self, user_id: UUID) -> DictRow:
        async with self._database.connection() as connection:
            user = await users.by_id(connection, user_id)
        if user is None or user["disabled"]:
            raise UnauthorizedError("This account is not there any more")
        return user
