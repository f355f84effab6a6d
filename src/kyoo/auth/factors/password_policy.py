"""Which new passwords are refused: short ones, and those that everybody tries first. Old ones stay as they are."""

from __future__ import annotations

import asyncio
import re
from functools import cache
from importlib import util
from pathlib import Path
from typing import Literal

from kyoo.core.errors import InvalidError

Policy = Literal["on", "off"]

#: Characters (NIST SP 800-63B-4 §3.1.1.2 wants 15 of passwords that are the only factor, and 8 of others).
SHORTEST = 8

#: The list of passwords in zxcvbn's module of lists, which is read, not imported: that would keep 20 MB.
PASSWORDS = re.compile(r'"passwords": "([^"]*)"')


@cache
def common_passwords() -> str:
    """The most common passwords that are long enough, one a line, in lower case."""
    package = util.find_spec("zxcvbn")
    assert package is not None, "it is installed with us"
    assert package.origin is not None, "it is no namespace"
    found = PASSWORDS.search(Path(package.origin).with_name("frequency_lists.py").read_text("utf-8"))
    assert found is not None, "it is that module"
    words = (word for word in found[1].split(",") if len(word) >= SHORTEST)
    return "\n".join(("", *words, ""))


class PasswordPolicy:
    def __init__(self, policy: Policy) -> None:
        self._on = policy == "on"
        self.shortest = SHORTEST if self._on else 1

    async def check(self, password: str, *names: str) -> None:
        """Raise InvalidError for a new password that is too easy to guess; `names` are those of its user."""
        if not self._on:
            return
        if len(password) < SHORTEST:
            message = f"The password is too short: it needs at least {SHORTEST} characters"
            raise InvalidError(message, {"password": "short"})
        guess = password.casefold().strip()
        common = await asyncio.to_thread(common_passwords)
        if guess in map(str.casefold, names) or f"\n{guess}\n" in common or len(set(guess)) == 1:
            message = "The password is too easy to guess: it is one of the most common ones, or the name of the account"
            raise InvalidError(message, {"password": "common"})
