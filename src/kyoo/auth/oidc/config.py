"""What is configured about OpenID providers: `OIDC_<NAME>_*`. Reads the environment, asks nobody."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from kyoo.auth.oidc.redirects import LOCAL_HOSTS
from kyoo.core.kinds import web_url
from kyoo.core.settings import OptionError, check_text

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
        if url:
            web_url(url)
        return url

    @field_validator("logo")
    @classmethod
    def _is_picture(cls, url: str) -> str:
        """Browsers open it."""
        if url and not (url.startswith("/") and not url.startswith(("//", "/\\"))):
            web_url(url)
        return url

    @field_validator("scope")
    @classmethod
    def _is_scope(cls, scope: str) -> str:
        if not re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e ]{1,1000}", scope):
            raise ValueError("must be names with blanks between them, such as openid profile email")
        return scope

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


def provider_variable(provider: str, field: str) -> str:
    """The variable of the environment that gives a field of a provider."""
    for variable in os.environ:
        match = VARIABLE.fullmatch(variable)
        if match and match["name"].lower() == provider and FIELDS[match["part"]] == field:
            return variable
    return f"OIDC_{provider.upper()}_{next((part for part, name in FIELDS.items() if name == field), field.upper())}"


def providers_of(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The fields of each provider by its id, the lower-case name. Any part of a provider declares it.

    Raises OptionError, which lists what is missing and holds no value.
    """
    providers: dict[str, dict[str, Any]] = {}
    faults = []
    for variable, value in sorted(environ.items()):
        match = VARIABLE.fullmatch(variable)
        if match is None or not value:
            continue
        try:
            providers.setdefault(match["name"], {})[FIELDS[match["part"]]] = check_text(value)
        except ValueError as error:
            faults.append(f"{variable} {error}")
    for name, fields in providers.items():
        needed = ["CLIENTID", "SECRET", *([] if "issuer" in fields else ["AUTHORIZATION", "TOKEN", "PROFILE"])]
        if (missing := [part for part in needed if FIELDS[part] not in fields]) and not faults:
            faults.append(f"the provider {name} lacks {', '.join(f'OIDC_{name}_{part}' for part in missing)}")
        if name.lower() == FEDERATION:
            faults.append(f"no provider can be named {name}: it is the path of other instances")
    if faults:
        raise OptionError("\n".join(faults))
    return {name.lower(): {"name": name, **fields} for name, fields in providers.items()}
