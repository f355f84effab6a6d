"""What other instances, and the browsers they send, bring to this one (RFC 6749, RFC 7636, OpenID Connect Core
§3.1)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from kyoo.auth.models.base import Text


class AuthorizationRequest(BaseModel):
    """`client_id` is the origin of the instance that asks."""

    client_id: Text = Field(max_length=2048)
    redirect_uri: Text = Field(max_length=4096)
    response_type: Text = Field(default="", max_length=64)
    scope: Text = Field(default="", max_length=1024)
    state: Text = Field(default="", max_length=4096)
    nonce: Text = Field(default="", max_length=1024)
    code_challenge: Text = Field(default="", max_length=128)
    code_challenge_method: Text = Field(default="", max_length=16)


class Consent(AuthorizationRequest):
    """The form of the page. Without `login` and `password`, or `challenge` and `code` (the second step of a login), it
    is the user whom this browser is logged in as."""

    allow: bool = False
    login: Text = Field(default="", max_length=320)
    password: str = Field(default="", max_length=1024)
    challenge: Text = Field(default="", max_length=256)
    code: Text = Field(default="", max_length=64)


class TokenRequest(BaseModel):
    grant_type: Text = Field(default="", max_length=64)
    code: Text = Field(default="", max_length=256)
    redirect_uri: Text = Field(default="", max_length=4096)
    client_id: Text = Field(default="", max_length=2048)
    code_verifier: Text = Field(default="", max_length=256)


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
