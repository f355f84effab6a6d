"""What is configured about OpenID providers: `OIDC_<NAME>_*` (auth.md §8.1). Reads the environment, asks nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsError

from kyoo.auth.redirects import LOCAL_HOSTS

VARIABLE = re.compile(
    r"(?:KYOO_)?OIDC_(?P<name>\w+?)_"
    r"(?P<part>CLIENTID|SECRET|AUTHORIZATION|TOKEN|PROFILE|NAME|LOGO|SCOPE|AUTHMETHOD|ISSUER|JWKS)"
)
#: The parts of a provider and the fields they fill.
FIELDS = {
    "CLIENTID": "client_id",
    "SECRET": "secret",
    "AUTHORIZATION": "authorization",
    "TOKEN": "token",
    "PROFILE": "profile",
    "NAME": "name",
    "LOGO": "logo",
    "SCOPE": "scope",
    "AUTHMETHOD": "auth_method",
    "ISSUER": "issuer",
    "JWKS": "jwks",
}
#: The path of logins at other instances; see federation.py.
FEDERATION = "federation"


class OidcConfig(BaseModel):
    """One provider. Its addresses are given, or read from the discovery document of `issuer`."""

    model_config = ConfigDict(frozen=True)

    #: What people see.
    name: str = ""
    logo: str = ""
    client_id: str = Field(min_length=1)
    secret: SecretStr
    authorization: str = ""
    token: str = ""
    profile: str = ""
    issuer: str = ""
    #: Where its keys are, which verify its id_tokens.
    jwks: str = ""
    scope: str = "openid profile email"
    auth_method: Literal["ClientSecretBasic", "ClientSecretPost"] = "ClientSecretBasic"

    @field_validator("authorization", "token", "profile", "issuer", "jwks")
    @classmethod
    def _is_url(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ValueError("must be an http or https URL")
        return url

    @model_validator(mode="after")
    def _has_addresses(self) -> OidcConfig:
        if not self.issuer:
            missing = [part for part in ("authorization", "token", "profile") if not getattr(self, part)]
            if missing:
                raise ValueError(f"lacks {', '.join(missing)} (or the issuer, which tells them)")
        return self

    @property
    def vouched(self) -> bool:
        """Whether an id_token is known to come from the provider: by its signature, or by the connection that it comes
        over (OpenID Connect Core §3.1.3.7)."""
        token = urlsplit(self.token)
        return bool(self.issuer or self.jwks) or token.scheme == "https" or token.hostname in LOCAL_HOSTS


def providers_of(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The fields of each provider by its id, the lower-case name. A `CLIENTID` declares a provider.

    Raises SettingsError, which lists what is missing and holds no value.
    """
    found: dict[str, dict[str, Any]] = {}
    for variable, value in sorted(environ.items()):
        match = VARIABLE.fullmatch(variable)
        if match is not None and value:
            found.setdefault(match["name"], {})[FIELDS[match["part"]]] = value
    providers = {name: fields for name, fields in found.items() if "client_id" in fields}
    for name, fields in providers.items():
        needed = ["secret"] if "issuer" in fields else ["secret", "authorization", "token", "profile"]
        if missing := [part for part in needed if part not in fields]:
            raise SettingsError(
                f"the provider {name} lacks {', '.join(f'OIDC_{name}_{part.upper()}' for part in missing)}"
            )
        if name.lower() == FEDERATION:
            raise SettingsError(f"no provider can be named {name}: it is the path of other instances")
    return {name.lower(): {"name": name, **fields} for name, fields in providers.items()}
