"""The wire types of imports (docs/using/moving.md)."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from kyoo.api.models.base import Wire
from kyoo.api.models.trackers import At, ImportChange, Rule, Secret, UnmatchedTitle


class Import(Wire):
    """What somebody brought from elsewhere. `changes` and `unmatched` are the first 100 of the last run, and only there
    when one import is asked for; `taken`: it was taken once, and what the library lacked is looked for since."""

    id: UUID
    source: str
    name: str
    state: Literal["ready", "queued", "running", "done", "failed"]
    rule: Rule
    dry_run: bool
    taken: bool
    titles: int
    plays: int
    counts: dict[str, int]
    changes: list[ImportChange]
    unmatched: list[UnmatchedTitle]
    reason: str | None
    created_at: At


class Imports(Wire):
    items: list[Import]


class RunImport(Wire):
    """`merge` adds what is lacking here, `theirs` makes the titles of the import like the import, `ours` takes only
    titles of which nothing is known here. `dryRun` changes nothing and says what would."""

    rule: Rule
    dry_run: bool = False


Url = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class ServerAddress(Wire):
    """Where a Jellyfin is, and a key of its administrator."""

    url: Url
    token: Secret


class AskServer(Wire):
    """Another server, and what opens one's own account there: a token of Plex; of Jellyfin an access token, or a name
    and a password."""

    source: Literal["jellyfin", "plex"]
    url: Url
    token: Secret | None = None
    username: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    password: Annotated[str, StringConstraints(max_length=1000)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> AskServer:
        named = self.username is not None
        if named == (self.token is not None) or (self.password is not None and not named):
            raise ValueError("either a token, or a username and a password")
        if named and self.source != "jellyfin":
            raise ValueError("only Jellyfin takes a username and a password")
        return self


class ServerAccount(Wire):
    id: str
    name: str


class ServerAccounts(Wire):
    items: list[ServerAccount]


class AccountFor(Wire):
    """An account there, and the user here whose it is."""

    account: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    user: UUID


class AskAccounts(ServerAddress):
    accounts: Annotated[list[AccountFor], Field(min_length=1, max_length=200)]


class BroughtFor(AccountFor):
    """`id` is that of the import, which its user finds among theirs and takes."""

    id: UUID


class Brought(Wire):
    items: list[BroughtFor]
