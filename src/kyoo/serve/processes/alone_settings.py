"""What a service by itself is told: where its gateway is, and by which keys it knows a token. Default deny: a service
that could not tell callers apart does not start, unless KYOO_AUTH says in so many words that it need not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, Field, SecretStr

from kyoo.core.kinds import HeaderSecret, Origin, PeerUrl, matching
from kyoo.core.settings import Settings

#: RFC 7518 §3.2: a key of HS256 has at least the size of the hash.
SHORTEST_SECRET = 32


def _is_strong(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value().encode()) < SHORTEST_SECRET:
        raise ValueError(f"must have at least {SHORTEST_SECRET} bytes: whoever guesses it can make tokens")
    return secret


def _is_gateway(url: str) -> str:
    return url.removesuffix("/api")


class AuthSwitch(Settings):
    auth: Literal["on", "off"] = Field(default="on", validation_alias=AliasChoices("KYOO_AUTH"))

    def openness(self, command: str) -> Iterator[str]:
        """Why `kyoo <command>` would let in whoever comes, or would know tokens by two sorts of keys, in a line."""
        if self.auth == "off" and command != "transcoder":
            yield f"KYOO_AUTH=off is for kyoo transcoder only: kyoo {command} always asks for tokens"


class AloneSettings(AuthSwitch):
    """Kyoo's names where it has them."""

    public_url: Origin = Field(default="", validation_alias=AliasChoices("KYOO_PUBLIC_URL", "PUBLIC_URL"))
    #: The gateway, by which the other services are called. Kyoo's scanner is told the URL of the api.
    gateway: Annotated[PeerUrl, AfterValidator(_is_gateway)] | None = Field(
        default=None, validation_alias=AliasChoices("KYOO_URL")
    )
    #: Where other replicas of the service reach this one, if not at the address that it listens on.
    replica_address: PeerUrl | None = Field(default=None, validation_alias=AliasChoices("KYOO_REPLICA_ADDRESS"))
    api_key: HeaderSecret | None = Field(default=None, validation_alias=AliasChoices("KYOO_APIKEY"))
    jwks_url: PeerUrl | None = Field(default=None, validation_alias=AliasChoices("JWKS_URL"))
    auth_server: PeerUrl | None = Field(default=None, validation_alias=AliasChoices("AUTH_SERVER"))
    jwt_issuer: Annotated[str, matching("[!-~]{1,500}", "the issuer, such as https://films.example")] | None = Field(
        default=None, validation_alias=AliasChoices("JWT_ISSUER")
    )
    #: For tests only.
    jwt_secret: Annotated[SecretStr, AfterValidator(_is_strong)] | None = Field(
        default=None, validation_alias=AliasChoices("JWT_SECRET")
    )

    def openness(self, command: str) -> Iterator[str]:
        yield from super().openness(command)
        given = {"JWKS_URL": self.jwks_url, "AUTH_SERVER": self.auth_server, "JWT_SECRET": self.jwt_secret}
        sources = [name for name, value in given.items() if value is not None]
        if self.auth == "off" and command == "transcoder" and sources:
            yield f"KYOO_AUTH=off contradicts {sources[0]}: remove one of them"
        if self.auth == "on" and command == "transcoder" and not sources:
            yield (
                "kyoo transcoder cannot tell who may play: set JWKS_URL or AUTH_SERVER, "
                "or KYOO_AUTH=off to serve every file to whoever reaches it"
            )
        if self.jwt_secret is not None and len(sources) > 1:
            yield f"JWT_SECRET, which is for tests, contradicts {sources[0]}: remove one of them"

    @property
    def keys_url(self) -> str:
        """Where the keys are published: JWKS_URL, or AUTH_SERVER's."""
        return self.jwks_url or f"{self.auth_server or 'http://auth:4568'}/.well-known/jwks.json"
