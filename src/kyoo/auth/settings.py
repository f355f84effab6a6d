"""The settings of the auth service: our variable names and Kyoo's. Reads the environment, nothing else."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from kyoo.auth.factors.password_policy import Policy
from kyoo.auth.mail import check_address, check_server
from kyoo.auth.oidc.config import OidcConfig, provider_variable, providers_of
from kyoo.auth.oidc.redirects import check_entry, origin_of
from kyoo.auth.tokens.claims import ALWAYS_PROTECTED, EVERY_PERMISSION, Claims, check_claims
from kyoo.auth.tokens.lifetime import SessionLifetime
from kyoo.auth.tokens.signing import check_key_file
from kyoo.core.blobs import Location
from kyoo.core.kinds import Origin, WebUrl, absolute, web_url
from kyoo.core.settings import JSON, AtStart, OptionError, Settings, check_text, wanted

#: The name of a claim, as far as it can be named in a variable.
CLAIM = re.compile(r"[^\W\d][\w.:/-]{0,99}")
API_KEY_VARIABLE = re.compile(r"(?:KEIBI|KYOO)_APIKEY_(?P<name>\w+?)(?P<claims>_CLAIMS)?", re.IGNORECASE)


def _names(name: str) -> AliasChoices:
    """Our name of a variable, and Kyoo's."""
    return AliasChoices(f"KYOO_{name}", name)


def _ours(name: str) -> AliasChoices:
    """The name of a variable that Kyoo does not have."""
    return AliasChoices(f"KYOO_{name}")


def _json_object(value: Any) -> Any:
    """What a variable holds; ValueError when a text is no JSON object."""
    if not isinstance(value, str):
        return value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ValueError("must be a JSON object")  # noqa: TRY004 (pydantic takes a TypeError for a fault of ours)
    return found


#: A variable whose JSON is read here, for a message that names the variable.
FromJson = (JSON, BeforeValidator(_json_object))
ClaimsVariable = Annotated[Claims, *FromJson]


class ApiKeyConfig(BaseModel):
    """An API key given by the configuration: its secret, at most 128 bytes, and the claims of its bearers."""

    model_config = ConfigDict(frozen=True)

    token: SecretStr
    claims: Claims

    @field_validator("token")
    @classmethod
    def _token_fits(cls, token: SecretStr) -> SecretStr:
        if not 1 <= len(token.get_secret_value().encode()) <= 128:
            raise ValueError("must have between 1 and 128 bytes")
        return token

    @field_validator("claims")
    @classmethod
    def _claims_fit(cls, claims: Claims) -> Claims:
        return check_claims(claims)


def api_keys_of(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The API keys of `KEIBI_APIKEY_<NAME>` with `KEIBI_APIKEY_<NAME>_CLAIMS`, by lower-case name.

    Raises OptionError when a key has no claims, claims have no key, or the claims are not a JSON object.
    """
    found: dict[str, dict[str, Any]] = {}
    faults = []
    for variable, value in sorted(environ.items()):
        match = API_KEY_VARIABLE.fullmatch(variable)
        if match is None or not value:
            continue
        part = "claims" if match["claims"] else "token"
        try:
            read = _json_object(value) if part == "claims" else check_text(value)
        except ValueError as error:
            faults.append(f"{variable} {error}")
            continue
        found.setdefault(match["name"].lower(), {})[part] = (variable, read)
    for parts in found.values():
        if len(parts) == 1 and not faults:
            (part, (variable, _)) = next(iter(parts.items()))
            other = f"{variable}_CLAIMS" if part == "token" else variable[: -len("_CLAIMS")]
            faults.append(f"{variable} needs {other} beside it: an API key and its claims")
    if faults:
        raise OptionError("\n".join(faults))
    return {name: {part: value for part, (_, value) in parts.items()} for name, parts in found.items()}


def _key_variable(name: str, *, claims: bool) -> str:
    """The variable of the environment that gives a key, or its claims."""
    for variable in os.environ:
        match = API_KEY_VARIABLE.fullmatch(variable)
        if match and match["name"].lower() == name and bool(match["claims"]) is claims:
            return variable
    return f"KEIBI_APIKEY_{name.upper()}{'_CLAIMS' if claims else ''}"


class ApiKeyVariables(PydanticBaseSettingsSource):
    """Gives `api_keys` from variables whose names are not known beforehand; keys given in code are added to them."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        keys = api_keys_of(os.environ)
        return {"api_keys": keys} if keys else {}


class OidcVariables(ApiKeyVariables):
    """Gives `oidc` from `OIDC_<NAME>_*`, likewise."""

    def __call__(self) -> dict[str, Any]:
        providers = providers_of(os.environ)
        return {"oidc": providers} if providers else {}


def _listed(value: Any) -> Any:
    """The entries of a list that is written with commas."""
    entries = value.split(",") if isinstance(value, str) else value
    return tuple(entry.strip() for entry in entries if entry.strip())


class AuthSettings(Settings):
    """Every field has a default that works; `claims` fields are JSON objects in the environment."""

    #: Issuer of the tokens and `publicUrl`; the composition's own origin when empty.
    public_url: Origin = Field(default="", validation_alias=_names("PUBLIC_URL"))
    rsa_private_key_path: Annotated[Path, AfterValidator(absolute), AtStart(check_key_file)] | None = Field(
        default=None, validation_alias=_names("RSA_PRIVATE_KEY_PATH")
    )
    #: A folder, or the URL of an object store (`s3://…`).
    profile_picture_path: Location = Field(
        default_factory=lambda: str(platformdirs.user_data_path("kyoo") / "profile_pictures"),
        validation_alias=_names("PROFILE_PICTURE_PATH"),
    )
    disable_registration: bool = Field(default=False, validation_alias=_names("DISABLE_REGISTRATION"))
    extra_claims: ClaimsVariable = Field(
        default={"permissions": ["core.read", "core.play"], "verified": False},
        validation_alias=_names("EXTRA_CLAIMS"),
    )
    first_user_claims: ClaimsVariable = Field(
        default={"permissions": list(EVERY_PERMISSION), "verified": True},
        validation_alias=_names("FIRST_USER_CLAIMS"),
    )
    #: None = no guests.
    guest_claims: Annotated[Claims | None, *FromJson] = Field(default=None, validation_alias=_names("GUEST_CLAIMS"))
    #: Claims a user may not change on its own account, those of ALWAYS_PROTECTED among them.
    protected_claims: frozenset[str] = Field(default=ALWAYS_PROTECTED, validation_alias=_names("PROTECTED_CLAIMS"))
    api_keys: dict[str, ApiKeyConfig] = Field(default_factory=dict)
    #: OpenID providers by id.
    oidc: dict[str, OidcConfig] = Field(default_factory=dict)
    #: Schemes of apps and origins that a login at a provider may lead to, besides this instance.
    extra_oidc_redirect_urls: tuple[str, ...] = Field(
        default=("kyoo",), validation_alias=_names("EXTRA_OIDC_REDIRECT_URLS")
    )
    #: Origins of other instances whose users can log in here; `*` = any on the public internet.
    federation_accept: tuple[str, ...] = Field(default=(), validation_alias=_ours("FEDERATION_ACCEPT"))
    #: Origins of other instances where our users can log in with their account here; `*` = any.
    federation_offer: tuple[str, ...] = Field(default=(), validation_alias=_ours("FEDERATION_OFFER"))
    #: A session ends when it was not used for this many days.
    session_days: float = Field(default=30, gt=0, le=36500, validation_alias=_ours("SESSION_DAYS"))
    #: A session ends at this age, however much it is used; None = never.
    session_max_days: float | None = Field(default=None, gt=0, le=36500, validation_alias=_ours("SESSION_MAX_DAYS"))
    #: A login beyond this many ends the session that was not used for the longest time; 0 = no limit.
    sessions_per_user: int = Field(default=0, ge=0, le=10**6, validation_alias=_ours("SESSIONS_PER_USER"))
    #: Entries of the audit log are kept for this many days.
    audit_days: float = Field(default=365, gt=0, le=36500, validation_alias=_ours("AUDIT_DAYS"))
    #: How long a credential's account is remembered by this process, in seconds; 0 asks the database each time.
    exchange_cache_seconds: float = Field(default=5, ge=0, le=60, validation_alias=_ours("EXCHANGE_CACHE_SECONDS"))
    #: Passwords hashed at the same time; each takes 64 MiB and up to four processors.
    password_concurrency: int = Field(default=1, ge=1, le=64, validation_alias=_ours("PASSWORD_CONCURRENCY"))
    #: `off`: any new password is accepted, as Kyoo's protocol has it.
    password_policy: Policy = Field(default="on", validation_alias=_ours("PASSWORD_POLICY"))
    #: Failed logins in a row before one must wait, for an account and for an address; 0 = no limit. The window is the
    #: time after which all of them are forgiven.
    login_attempts_per_account: int = Field(
        default=10, ge=0, le=10**6, validation_alias=_ours("LOGIN_ATTEMPTS_PER_ACCOUNT")
    )
    login_attempts_per_address: int = Field(
        default=50, ge=0, le=10**6, validation_alias=_ours("LOGIN_ATTEMPTS_PER_ADDRESS")
    )
    login_attempts_minutes: float = Field(default=15, gt=0, le=1440, validation_alias=_ours("LOGIN_ATTEMPTS_MINUTES"))
    #: Whether an administrator has to let in who gets an account by a login at a provider or another instance, like who
    #: registers.
    verify_provider_accounts: bool = Field(default=True, validation_alias=_ours("VERIFY_PROVIDER_ACCOUNTS"))
    #: Accounts that one address may make in an hour; 0 = no limit. Invitations are not counted.
    registrations_per_address: int = Field(
        default=60, ge=0, le=10**6, validation_alias=_ours("REGISTRATIONS_PER_ADDRESS")
    )
    #: Whoever has no second factor can only set one up.
    require_second_factor: bool = Field(default=False, validation_alias=_ours("REQUIRE_SECOND_FACTOR"))
    #: `smtp[s]://[user:password@]host[:port]`; None = no mail.
    smtp_url: Annotated[SecretStr, AfterValidator(check_server)] | None = Field(
        default=None, validation_alias=_ours("SMTP_URL")
    )
    #: The sender; `kyoo@` and the host of the public URL when empty.
    mail_from: Annotated[str, AfterValidator(check_address)] = Field(default="", validation_alias=_ours("MAIL_FROM"))
    #: What users find in the export of their account: names and paths of what other services hold about them.
    export_links: Annotated[dict[str, str], *FromJson] = Field(
        default_factory=dict, validation_alias=_ours("EXPORT_LINKS")
    )
    gravatar: bool = Field(default=False, validation_alias=_ours("GRAVATAR"))
    gravatar_url: WebUrl = Field(default="https://www.gravatar.com", validation_alias=_ours("GRAVATAR_URL"))

    @classmethod
    def inner_fault(cls, name: str, inner: Sequence[int | str], fault: ErrorDetails) -> str | None:
        """A key and a provider of the environment have a variable for each part."""
        if name == "api_keys" and len(inner) > 1:
            return f"{_key_variable(str(inner[0]), claims=inner[1] == 'claims')} {wanted(fault)}"
        if name == "oidc":
            provider, *part = map(str, inner)
            return f"{provider_variable(provider, part[0]) if part else f'the provider {provider}'} {wanted(fault)}"
        return None

    @property
    def session_lifetime(self) -> SessionLifetime:
        total = None if self.session_max_days is None else timedelta(days=self.session_max_days)
        return SessionLifetime(timedelta(days=self.session_days), total)

    @property
    def leads_back(self) -> str | None:
        """What of that which is configured cannot do without a public URL."""
        if self.oidc or self.federation_accept or self.federation_offer:
            return "logins at providers and other instances"
        return "links in mails" if self.smtp_url else None

    @property
    def login_attempts_window(self) -> timedelta:
        return timedelta(minutes=self.login_attempts_minutes)

    @field_validator("protected_claims", mode="before")
    @classmethod
    def _split_protected(cls, value: Any) -> Any:
        names = _listed(value)
        if not all(CLAIM.fullmatch(name) for name in names):
            raise ValueError("must be names of claims with commas between them")
        return ALWAYS_PROTECTED | set(names)

    @field_validator("extra_oidc_redirect_urls", "federation_accept", "federation_offer", mode="before")
    @classmethod
    def _split_list(cls, value: Any) -> Any:
        return _listed(value)

    @field_validator("extra_oidc_redirect_urls")
    @classmethod
    def _redirects_fit(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        # Compose files give only their own; the official app is always one of them.
        return tuple(dict.fromkeys(["kyoo", *map(check_entry, entries)]))

    @field_validator("federation_accept", "federation_offer")
    @classmethod
    def _instances_fit(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if origin != "*" and (origin_of(origin) is None or origin_of(check_entry(origin)) is None):
                raise ValueError("must be origins, such as https://films.example, with commas between them, or *")
        return tuple(origin.rstrip("/") for origin in origins)

    @field_validator("export_links")
    @classmethod
    def _links_fit(cls, links: dict[str, str]) -> dict[str, str]:
        for link in links.values():
            if not link.startswith("/") or link.startswith("//") or not link.isprintable() or "\\" in link:
                web_url(link)
        return links

    @field_validator("extra_claims", "first_user_claims", "guest_claims")
    @classmethod
    def _claims_fit(cls, claims: Claims | None) -> Claims | None:
        return None if claims is None else check_claims(claims)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        known = super().settings_customise_sources(
            settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings
        )
        return *known, ApiKeyVariables(settings_cls), OidcVariables(settings_cls)
