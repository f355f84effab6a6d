"""Reading other media servers: with one's own token, or name and password, or for several accounts with the key of an
administrator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from kyoo.api.imports import jellyfin, plex
from kyoo.api.imports.asking import asking
from kyoo.api.imports.titles import Titles, TooMuchError
from kyoo.core.errors import InvalidError

Source = Literal["jellyfin", "plex"]


class Servers:
    """`most` titles and plays of one account, `seconds` for all of a request."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds

    async def mine(self, source: Source, url: str, token: str, *, private: bool) -> Titles:
        """What the account of a token watched."""
        titles = Titles(self._most)
        module = jellyfin if source == "jellyfin" else plex
        async with asking(module.TITLE, url, module.headers(token), private=private, seconds=self._seconds) as asker:
            try:
                if source == "jellyfin":
                    await jellyfin.read(asker, await jellyfin.myself(asker), titles)
                else:
                    await plex.read(asker, titles)
            except TooMuchError as error:
                raise InvalidError(str(error)) from None
        return titles

    async def mine_by_name(self, url: str, name: str, password: str, *, private: bool) -> Titles:
        """What the account of a name and a password at a Jellyfin watched."""
        titles = Titles(self._most)
        async with asking(jellyfin.TITLE, url, jellyfin.headers(None), private=private, seconds=self._seconds) as asker:
            try:
                async with jellyfin.logged_in(asker, name, password) as user:
                    await jellyfin.read(asker, user, titles)
            except TooMuchError as error:
                raise InvalidError(str(error)) from None
        return titles

    async def accounts(self, url: str, key: str) -> list[tuple[str, str]]:
        """(id, name) of the accounts of a Jellyfin."""
        async with asking(jellyfin.TITLE, url, jellyfin.headers(key), private=True, seconds=self._seconds) as asker:
            return await jellyfin.users(asker)

    async def of(self, url: str, key: str, accounts: Sequence[str]) -> list[Titles]:
        """What several accounts of a Jellyfin watched, in their order."""
        found = []
        async with asking(jellyfin.TITLE, url, jellyfin.headers(key), private=True, seconds=self._seconds) as asker:
            known = {identifier for identifier, _ in await jellyfin.users(asker)}
            for account in accounts:
                if account not in known:
                    raise InvalidError(f"{jellyfin.TITLE} has no account '{account[:64]}'")
                titles = Titles(self._most)
                try:
                    await jellyfin.read(asker, account, titles)
                except TooMuchError as error:
                    raise InvalidError(str(error)) from None
                found.append(titles)
        return found
