"""Sessions with trackers: an account's token out of its seal, renewed when it ends, and requests within its budget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kyoo.api.queries.trackers import accounts as queries
from kyoo.api.queries.trackers.accounts import Linked
from kyoo.api.trackers.base import (
    Application,
    LaterError,
    Login,
    Renewing,
    Session,
    Tokens,
    Tracker,
    UnlinkedError,
    readable,
)
from kyoo.api.trackers.moments import iso, moment
from kyoo.api.trackers.oauth import BEFOREHAND
from kyoo.api.trackers.registry import Services
from kyoo.api.trackers.wire import LimitedWire, Outside
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.sealing import Seal, SealError


@dataclass(frozen=True, slots=True)
class Opened:
    linked: Linked
    tracker: Tracker
    session: Session


class Sessions:
    def __init__(self, database: Database, services: Services, seal: Seal, outside: Outside, public_url: str) -> None:
        self._database, self._services, self._seal = database, services, seal
        self._outside, self._public_url = outside, public_url

    def callback(self, service: str) -> str:
        """What is registered at the service."""
        return f"{self._public_url}/api/trackers/{service}/callback"

    def login(self, tracker: Tracker, application: Application, subject: str = "logins") -> Login:
        wire = LimitedWire(
            self._outside,
            self._database,
            tracker,
            application,
            subject,
            patience=10,
            daily=self._services.daily(tracker.name),
        )
        return Login(wire, application, self.callback(tracker.name))

    def with_tokens(self, tracker: Tracker, application: Application, tokens: Tokens) -> Session:
        """For a user who is being linked."""
        wire = LimitedWire(
            self._outside, self._database, tracker, application, "logins", token=tokens.access, patience=5
        )
        return Session(wire, application)

    async def open(self, linked: Linked, *, patience: float, hurried: bool) -> Opened:
        """Raises LaterError without an application, UnlinkedError when the token is of no use."""
        offer = await self._services.offer(linked.service)
        tracker, application = offer.tracker, offer.application
        if application is None:
            raise LaterError("application", offer.reason or "", after=3600)
        tokens = self.tokens(linked)
        if tokens.expires_at is not None and tokens.expires_at - BEFOREHAND < datetime.now(UTC):
            renewed = await self._renewed(linked, tracker, application, tokens.access)
            if renewed is None and tokens.expires_at < datetime.now(UTC):
                raise UnlinkedError("unlinked", f"The link to {tracker.title} is over: link it anew")
            tokens = renewed or tokens

        async def renew(token: str) -> str | None:
            found = await self._renewed(linked, tracker, application, token)
            return found.access if found else None

        wire = LimitedWire(
            self._outside,
            self._database,
            tracker,
            application,
            str(linked.pk),
            token=tokens.access,
            renew=renew,
            patience=patience,
            hurried=hurried,
            daily=self._services.daily(tracker.name),
        )
        return Opened(linked, tracker, Session(wire, application, linked.unwatch, linked.scores))

    def tokens(self, linked: Linked) -> Tokens:
        """UnlinkedError when they cannot be read."""
        if linked.secrets is None:
            raise UnlinkedError("unlinked", "There is no token: link it anew")
        try:
            kept = self._seal.open(place(linked.user, linked.service), linked.secrets)
        except SealError as error:
            raise UnlinkedError("unlinked", f"The token cannot be read: link it anew. {error.message}") from None
        return Tokens(kept["access"], kept.get("refresh"), moment(kept.get("expires_at")))

    async def keep(self, connection: Connection, linked: Linked, tokens: Tokens) -> None:
        kept: dict[str, Any] = {
            "access": tokens.access,
            "refresh": tokens.refresh,
            "expires_at": iso(tokens.expires_at) if tokens.expires_at else None,
        }
        sealed = self._seal.close(place(linked.user, linked.service), kept)
        await queries.keep_secrets(connection, linked.pk, sealed, tokens.expires_at)

    async def _renewed(self, linked: Linked, tracker: Tracker, application: Application, token: str) -> Tokens | None:
        """Tokens other than `token`: those that somebody else got meanwhile, else new ones. A refresh token is mostly
        good once, so all others wait."""
        if not isinstance(tracker, Renewing):
            return None
        async with self._database.transaction() as connection:
            now = await queries.linked(connection, linked.pk, for_update=True)
            if now is None:
                raise UnlinkedError("unlinked", "The link was taken back")
            tokens = self.tokens(now)
            if tokens.access != token:
                return tokens
            if tokens.refresh is None:
                return None
            with readable(tracker.title):
                renewed = await tracker.renew(self.login(tracker, application, str(linked.pk)), tokens)
            await self.keep(connection, now, renewed)
            return renewed


def place(user: object, service: str) -> str:
    """Where tokens are sealed for."""
    return f"{service} of {user}"
