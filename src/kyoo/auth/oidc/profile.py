"""From what a provider says of a user to what we know of one. Pure functions.

Source: docs/protocol/auth.md#logging-in-elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kyoo.auth.accounts.usernames import INVISIBLE, check_username
from kyoo.auth.models.users import EMAIL

SUBJECT = ("sub", "uid", "id", "guid", "account.id")
USERNAME = ("username", "preferred_username", "nickname", "name", "login")
PICTURE = ("picture", "avatar_url", "avatar", "account.picture", "user.picture")
PROFILE_URL = ("profile", "html_url", "web_url")

MAX_USERNAME_BYTES = 256
MAX_EMAIL = 320
MAX_SUBJECT = 1024


class NoSubjectError(Exception):
    """The provider does not say who the user is."""


@dataclass(frozen=True)
class Profile:
    """An account at a provider. `subject` never changes there; the others may be guesses."""

    subject: str
    username: str
    email: str
    picture: str | None
    profile_url: str | None


def profile_of(provider: str, said: Mapping[str, Any]) -> Profile:
    """Raises NoSubjectError. What is missing or cannot be used is made up from the subject."""
    subject = _first_text(said, SUBJECT, numbers=True)
    if subject is None or len(subject) > MAX_SUBJECT:
        raise NoSubjectError
    return Profile(
        subject=subject,
        username=_usable_username(_first_text(said, USERNAME)) or _usable_username(f"{provider}-{subject}") or provider,
        email=_usable_email(_first_text(said, ("email",))) or _made_up_email(provider, subject),
        picture=_url(_first_text(said, PICTURE)),
        profile_url=_url(_first_text(said, PROFILE_URL)),
    )


def _first_text(said: Mapping[str, Any], names: tuple[str, ...], *, numbers: bool = False) -> str | None:
    """The first of `names` (`a.b` is in the object `a`) that holds text; with `numbers` also an integer, as GitHub's
    ids are."""
    for name in names:
        value: Any = said
        for key in name.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if numbers and isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and (text := _clean(value)):
            return text
    return None


def _clean(text: str) -> str:
    """Without what no column and no page can show."""
    return "".join(character for character in text if character.isprintable()).strip()


def _usable_username(name: str | None) -> str | None:
    if name is None:
        return None
    seen = INVISIBLE.sub("", name).replace("@", "-")
    cut = seen.encode()[:MAX_USERNAME_BYTES].decode(errors="ignore").strip()
    try:
        return check_username(cut) if cut else None
    except ValueError:
        return None


def _usable_email(email: str | None) -> str | None:
    return email if email and len(email) <= MAX_EMAIL and EMAIL.fullmatch(email) else None


def _made_up_email(provider: str, subject: str) -> str:
    """An address that nobody has, for accounts without one."""
    local = "".join("-" if character in "@ " or character.isspace() else character for character in subject)
    host = provider.replace(":", "-")
    return f"{local[: MAX_EMAIL - len(host) - len('@.local')]}@{host}.local"


def _url(text: str | None) -> str | None:
    return text if text and text.startswith(("https://", "http://")) and len(text) <= 4096 else None
