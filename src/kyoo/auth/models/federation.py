"""What other instances, and the browsers they send, bring to this one (RFC 6749, RFC 7636, OpenID Connect Core
§3.1)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class AuthorizationRequest(BaseModel):
    """`client_id` is the origin of the instance that asks."""

    client_id: str = Field(max_length=2048)
    redirect_uri: str = Field(max_length=4096)
    response_type: str = Field(default="", max_length=64)
    scope: str = Field(default="", max_length=1024)
    state: str = Field(default="", max_length=4096)
    nonce: str = Field(default="", max_length=1024)
    code_challenge: str = Field(default="", max_length=128)
    code_challenge_method: str = Field(default="", max_length=16)


class Consent(AuthorizationRequest):
    """The form of the page. Without `login` and `password`, or `challenge` and `code` (the second step of a login), it
    is the user whom this browser is logged in as."""

    allow: bool = False
    login: str = Field(default="", max_length=320)
    password: str = Field(default="", max_length=1024)
    challenge: str = Field(default="", max_length=256)
    code: str = Field(default="", max_length=64)


class TokenRequest(BaseModel):
    grant_type: str = Field(default="", max_length=64)
    code: str = Field(default="", max_length=256)
    redirect_uri: str = Field(default="", max_length=4096)
    client_id: str = Field(default="", max_length=2048)
    code_verifier: str = Field(default="", max_length=256)


class Tokens(BaseModel):
    """`access_token` opens the profile, and nothing else."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105
    expires_in: int
    id_token: str


class Profile(BaseModel):
    """A user as other instances see one. What the scope does not ask for is left out."""

    sub: str
    preferred_username: str | None = None
    picture: str | None = None
    email: str | None = None


class TokenError(BaseModel):
    """OAuth's error word beside our own error object."""

    status: int
    message: str
    details: Any = None
    error: str
