"""What a client may know before anybody logs in, and the documents of other verifiers."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from kyoo.auth.models.base import WireModel


class OidcProvider(WireModel):
    name: str
    logo: str = ""


class Features(WireModel):
    """`mail`: forgotten passwords can be reset by mail. `passkeys`: browsers offer them at this address.
    `secondFactorRequired`: everybody has to set one up. `federation`: users of any other instance can log in, whose
    address is the `tenant` of a login at the provider `federation`. `passwordLength`: new passwords have at least so
    many characters; when it is more than one, they cannot be common ones either."""

    mail: bool
    passkeys: bool
    second_factor_required: bool
    federation: bool
    password_length: int


class ServerInfo(WireModel):
    """`setup` is true while no user exists: the next one to register becomes the administrator."""

    public_url: str
    allow_register: bool
    oidc: dict[str, OidcProvider]
    setup: bool
    features: Features


class Token(WireModel):
    token: str


class Jwks(WireModel):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, Any]]


class OpenIdConfiguration(BaseModel):
    """A discovery document (OpenID Connect Discovery §3); only the keys while federation is off."""

    jwks_uri: str
    issuer: str | None = None
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    userinfo_endpoint: str | None = None
    scopes_supported: list[str] | None = None
    response_types_supported: list[str] | None = None
    grant_types_supported: list[str] | None = None
    subject_types_supported: list[str] | None = None
    id_token_signing_alg_values_supported: list[str] | None = None
    token_endpoint_auth_methods_supported: list[str] | None = None
    code_challenge_methods_supported: list[str] | None = None
    authorization_response_iss_parameter_supported: bool | None = None
