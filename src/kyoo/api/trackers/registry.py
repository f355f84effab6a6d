"""The trackers that there are, and the administrator's application at each: from the configuration, else typed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kyoo.api.queries.trackers import logins
from kyoo.api.trackers.base import Application, ByDevice, ByKey, ByRedirect, Tracker
from kyoo.api.trackers.coordinates import names_of
from kyoo.api.trackers.services.anilist import AniList
from kyoo.api.trackers.services.mal import MyAnimeList
from kyoo.api.trackers.services.mdblist import MdbList
from kyoo.api.trackers.services.simkl import Simkl
from kyoo.api.trackers.services.trakt import Trakt
from kyoo.api.trackers.settings import TrackerSettings
from kyoo.core.database.postgres import Database
from kyoo.core.errors import NotFoundError
from kyoo.core.sealing import Seal, SealError

SERVICES: tuple[type[Tracker], ...] = (Trakt, Simkl, MyAnimeList, AniList, MdbList)
NAMES = tuple(service.name for service in SERVICES)
#: Those of which the only provider ids say whether they can know a title, under every name that these have.
ONLY = {service.name: frozenset(n for p in service.only for n in names_of(p)) for service in SERVICES}


@dataclass(frozen=True, slots=True)
class Offer:
    """A service, whether it can be linked, and if not, why. `configured`: the application cannot be typed in."""

    tracker: Tracker
    application: Application | None
    reason: str | None
    configured: bool

    @property
    def flows(self) -> frozenset[str]:
        """How a user can link their account."""
        if isinstance(self.tracker, ByKey):
            return frozenset({"key"})
        application = self.application
        if application is None:
            return frozenset()
        found = set()
        secret = application.client_secret is not None
        if isinstance(self.tracker, ByRedirect) and (secret or not self.tracker.needs_secret):
            found.add("redirect")
        if isinstance(self.tracker, ByDevice) and (secret or not self.tracker.device_needs_secret):
            found.add("device")
        return frozenset(found)


class Services:
    def __init__(self, settings: TrackerSettings, database: Database, seal: Seal) -> None:
        self._settings, self._database, self._seal = settings, database, seal
        self.trackers: Mapping[str, Tracker] = {
            kind.name: kind(
                getattr(settings, f"{kind.name}_url"),
                getattr(settings, f"{kind.name}_auth_url", getattr(settings, f"{kind.name}_url")),
            )
            for kind in SERVICES
        }

    def find(self, name: str) -> Tracker:
        tracker = self.trackers.get(name)
        if tracker is None:
            raise NotFoundError(f"No tracker is called '{name}'. There are: {', '.join(NAMES)}")
        return tracker

    def daily(self, name: str) -> int:
        """How many requests a day the service allows our application."""
        return int(getattr(self._settings, f"{name}_daily", 0))

    async def offers(self) -> dict[str, Offer]:
        async with self._database.connection() as connection:
            typed = await logins.applications(connection)
        return {name: self._offer(tracker, typed.get(name)) for name, tracker in self.trackers.items()}

    async def offer(self, name: str) -> Offer:
        self.find(name)
        return (await self.offers())[name]

    def _offer(self, tracker: Tracker, typed: Mapping[str, Any] | None) -> Offer:
        if isinstance(tracker, ByKey):
            return Offer(tracker, Application("", None), None, configured=True)
        name = tracker.name
        client_id: str | None = getattr(self._settings, f"{name}_client_id")
        if client_id is not None:
            secret = getattr(self._settings, f"{name}_client_secret")
            application = Application(client_id, secret.get_secret_value() if secret else None)
            return self._usable(Offer(tracker, application, None, configured=True))
        if typed is None:
            reason = f"No application of this server is registered at {tracker.title}: an administrator can do that"
            return Offer(tracker, None, reason, configured=False)
        try:
            sealed = typed["client_secret"]
            opened = self._seal.open(place(name), sealed)["secret"] if sealed is not None else None
        except SealError:
            reason = f"The secret of this server's application at {tracker.title} has to be typed in again"
            return Offer(tracker, None, reason, configured=False)
        return self._usable(Offer(tracker, Application(typed["client_id"], opened), None, configured=False))

    @staticmethod
    def _usable(offer: Offer) -> Offer:
        if offer.flows:
            return offer
        reason = f"The secret of this server's application at {offer.tracker.title} is missing"
        return Offer(offer.tracker, None, reason, offer.configured)


def place(service: str) -> str:
    """Where the secret of a typed application is sealed for."""
    return f"application at {service}"
