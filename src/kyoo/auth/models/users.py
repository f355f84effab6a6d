"""Users on the wire: what is shown, what registers, what changes one."""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from kyoo.auth.accounts.usernames import check_username
from kyoo.auth.models.base import AnyClaims, Text, Timestamp, WireModel
from kyoo.auth.models.second_factors import SecondFactorState
from kyoo.auth.tokens.claims import Claims

#: The domain may be a bare host name: private networks have mail, too.
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")


def _check_email(email: str) -> str:
    if not EMAIL.fullmatch(email):
        raise ValueError("this is not an e-mail address")
    return email


Username = Annotated[Text, Field(min_length=1, max_length=256), AfterValidator(check_username)]
Email = Annotated[Text, Field(max_length=320), AfterValidator(_check_email)]
#: Long pass phrases are welcome; the limit only bounds the work of hashing.
Password = Annotated[str, Field(min_length=1, max_length=1024)]


class OidcLink(WireModel):
    """An account at an OIDC provider that can log in as this user."""

    id: str
    username: str
    profile_url: str | None


class User(WireModel):
    """`oidc` is keyed by provider and always an object. `logo` is the path of the picture, and changes with it; null:
    there is none. `has_picture`: it was uploaded, and can be removed."""

    id: UUID
    username: str
    email: str
    has_password: bool
    logo: str | None
    has_picture: bool
    created_date: Timestamp
    last_seen: Timestamp
    claims: Claims
    disabled: bool = False
    oidc: dict[str, OidcLink] = Field(default_factory=dict)


class Me(User):
    """What users can read of themselves only."""

    second_factors: SecondFactorState


class Registration(WireModel):
    username: Username
    email: Email
    password: Password


class UserPatch(WireModel):
    """What is absent stays. `claims` is merged at top level over the stored claims."""

    username: Username | None = None
    email: Email | None = None
    claims: AnyClaims | None = None


class AdminUserPatch(UserPatch):
    """`disabled`: the user cannot log in, and the sessions end."""

    disabled: bool | None = None


class PasswordChange(WireModel):
    """`oldPassword` is needed by accounts that have a password."""

    old_password: str | None = Field(default=None, max_length=1024)
    new_password: Password
