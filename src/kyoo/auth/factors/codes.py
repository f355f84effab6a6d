"""Secrets that people read and type: recovery codes, app passwords, the codes of devices. Says nothing of their use."""

from __future__ import annotations

import re
import secrets

#: Without those that look alike.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
#: Without vowels, so that no word appears on a television (RFC 8628 §6.1).
CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"
SEPARATORS = re.compile(r"[\s-]+")


def _grouped(alphabet: str, groups: int, size: int) -> str:
    return "-".join("".join(secrets.choice(alphabet) for _ in range(size)) for _ in range(groups))


def new_recovery_code() -> str:
    """60 bits: `abcd-efgh-jkmn`."""
    return _grouped(LETTERS, 3, 4)


def new_app_password() -> str:
    """100 bits: `abcd-efgh-jkmn-pqrs-tuvw`."""
    return _grouped(LETTERS, 5, 4)


def new_user_code() -> str:
    """34 bits, for minutes: `BCDF-GHJK`."""
    return _grouped(CONSONANTS, 2, 4)


def normal_code(typed: str) -> str:
    """What was typed, without blanks and dashes, in lower case."""
    return SEPARATORS.sub("", typed).lower()


def normal_user_code(typed: str) -> str:
    """`BCDF-GHJK`, whatever case and separators were typed."""
    letters = normal_code(typed).upper()
    return f"{letters[:4]}-{letters[4:]}"
