"""What browsers and clients bring to the routes of OpenID logins."""

from __future__ import annotations

from pydantic import BaseModel, Field

from kyoo.auth.models.base import Text


class ProviderAnswer(BaseModel):
    """What a provider adds to the address it sends the browser back to: `code` or `error` (RFC 6749 §4.1.2)."""

    state: Text = Field(default="", max_length=4096)
    code: Text = Field(default="", max_length=4096)
    error: Text = Field(default="", max_length=4096)
    error_description: Text = Field(default="", max_length=4096)
    #: The issuer, when the provider names it (RFC 9207).
    iss: Text | None = Field(default=None, max_length=4096)

    @property
    def failure(self) -> str:
        """Why there is no code, in the provider's words; empty when there is one."""
        return (self.error_description or self.error) if self.error else ""


class FinishedLogin(BaseModel):
    """`token` is the one that came with the redirect; `device` is the label of the new session."""

    token: Text = Field(default="", max_length=4096)
    tenant: Text = Field(default="", max_length=4096)
    device: str | None = None
