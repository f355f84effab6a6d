"""Linking an account at a tracker: by a page of the service, by a code that is typed there, or by a key; and the end of
a link. The rules only."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import structlog

from kyoo.api.queries.trackers import accounts as queries
from kyoo.api.queries.trackers import logins
from kyoo.api.queries.viewers import watchlist as lists
from kyoo.api.trackers.base import (
    ByDevice,
    ByRedirect,
    DeviceCode,
    LaterError,
    RefusedError,
    Revoking,
    Tokens,
    Tracker,
    TrackerError,
    UnlinkedError,
    readable,
)
from kyoo.api.trackers.registry import Offer, Services
from kyoo.api.trackers.remote import text
from kyoo.api.trackers.sessions import Sessions
from kyoo.api.trackers.settings import TrackerSettings
from kyoo.core.database.postgres import Database
from kyoo.core.errors import BadRequestError, ConflictError, ForbiddenError, KyooError, NotFoundError
from kyoo.core.sealing import Seal

log = structlog.get_logger()

#: How long a user may take at the service.
AT_SERVICE = timedelta(hours=1)
#: The page that shows what became of it.
PAGE = "/settings/trackers"
COOKIE = "kyoo-tracker-"
#: A path of ours: nothing that a browser would take for another host.
OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1000}|/")


class GoneError(KyooError):
    status = 410


@dataclass(frozen=True, slots=True)
class Begun:
    """`answer` is for the client; the cookie, if there is one, binds the login to its browser."""

    answer: dict[str, Any]
    cookie: str | None = None
    secret: str | None = None


def cookie_of(state: str) -> str:
    """The name of the cookie of a login; a browser may have several under way."""
    return f"{COOKIE}{_hash(state).hex()[:16]}"


class Linking:
    def __init__(
        self,
        settings: TrackerSettings,
        database: Database,
        services: Services,
        sessions: Sessions,
        *,
        seal: Seal,
        public_url: str,
    ) -> None:
        self._settings, self._database, self._services = settings, database, services
        self._sessions, self._seal, self._public_url = sessions, seal, public_url

    async def begin(self, user: UUID, service: str, redirect: str | None, key: str | None) -> Begun:
        """The first step. With `redirect`, where the browser is to come back to, by a page of the service if it has
        one; else by a code."""
        offer = await self._services.offer(service)
        if offer.reason is not None or not offer.flows:
            raise ConflictError(offer.reason or "It cannot be linked")
        if "key" in offer.flows:
            return await self._by_key(user, offer, key)
        if redirect is not None and not self._may_lead_to(redirect):
            raise BadRequestError("redirect must be a path of this server")
        if "redirect" in offer.flows and (redirect is not None or "device" not in offer.flows):
            return await self._by_redirect(user, offer, redirect or PAGE)
        return await self._by_device(user, offer)

    def _may_lead_to(self, redirect: str) -> bool:
        """A path of ours, or the same with our own origin before it."""
        path = redirect.removeprefix(self._public_url) if redirect.startswith(self._public_url + "/") else redirect
        return OWN_PATH.fullmatch(path) is not None

    async def _by_redirect(self, user: UUID, offer: Offer, redirect: str) -> Begun:
        tracker, application = offer.tracker, offer.application
        assert isinstance(tracker, ByRedirect)
        assert application is not None
        state, secret, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        sealed = self._seal.close(_place(state), {"verifier": verifier})
        async with self._database.transaction() as connection:
            await logins.begin_login(
                connection,
                await lists.lock_profile(connection, user),
                offer.tracker.name,
                state_hash=_hash(state),
                browser_hash=_hash(secret),
                redirect=redirect,
                secrets=sealed,
                lasts=AT_SERVICE,
            )
        url = tracker.page(application, state, self._sessions.callback(offer.tracker.name), verifier)
        return Begun({"flow": "redirect", "url": url}, cookie_of(state), secret)

    async def _by_device(self, user: UUID, offer: Offer) -> Begun:
        tracker, application = offer.tracker, offer.application
        assert isinstance(tracker, ByDevice)
        assert application is not None
        try:
            with readable(offer.tracker.title):
                code = await tracker.begin(self._sessions.login(offer.tracker, application))
                given: list[Any] = [code.url, code.code, code.secret]
                if not all(isinstance(said, str) and len(said) < 2000 for said in given):
                    raise TypeError
                interval, expires = min(max(code.interval, 1), 60), min(max(code.expires, 1), 3600)
                scheme = urlsplit(code.url).scheme
        except TrackerError as error:
            raise _told(error) from None
        if scheme not in ("http", "https"):
            raise KyooError(f"{offer.tracker.title} answers nonsense", status=502)
        state = secrets.token_urlsafe(48)
        kept = {"url": code.url, "code": code.code, "secret": code.secret, "interval": interval}
        async with self._database.transaction() as connection:
            profile = await lists.lock_profile(connection, user)
            await logins.forget_logins(connection, profile, offer.tracker.name)
            await logins.begin_login(
                connection,
                profile,
                offer.tracker.name,
                state_hash=_hash(state),
                browser_hash=b"",
                redirect="",
                secrets=self._seal.close(_device_place(user, offer.tracker.name), kept),
                lasts=timedelta(seconds=expires),
            )
        return Begun(
            {
                "flow": "device",
                "url": code.url,
                "code": code.code,
                "interval": interval,
                "expires": expires,
            }
        )

    async def _by_key(self, user: UUID, offer: Offer, key: str | None) -> Begun:
        if not key:
            raise BadRequestError(f"key is missing: {offer.tracker.title} shows yours in its settings")
        try:
            await self._link(user, offer, Tokens(key), must_answer=True)
        except TrackerError as error:
            raise _told(error) from None
        return Begun({"flow": "key", "linked": True})

    # --- by a page of the service

    async def returned(self, service: str, query: Mapping[str, str], cookies: Mapping[str, str]) -> str:
        """The browser comes back: where it goes next. The state is good once, and only in the browser that began."""
        tracker = self._services.find(service)
        state = query.get("state", "")
        async with self._database.transaction() as connection:
            login = await logins.take_login(connection, _hash(state), service)
            secret = cookies.get(cookie_of(state), "")
            if login is None or login["over"] or not hmac.compare_digest(_hash(secret), bytes(login["browser_hash"])):
                # Also of another browser: it is over then, whoever that was.
                return self._back(PAGE, tracker, "failed")
        redirect = login["redirect"] or PAGE
        if query.get("error") or not query.get("code"):
            refused = query.get("error") in ("access_denied", "user_denied", "denied")
            return self._back(redirect, tracker, "refused" if refused else "failed")
        offer = await self._services.offer(service)
        if offer.application is None or not isinstance(tracker, ByRedirect):
            return self._back(redirect, tracker, "failed")
        verifier = self._seal.open(_place(state), login["secrets"])["verifier"]
        try:
            with readable(offer.tracker.title):
                tokens = await tracker.redeem(
                    self._sessions.login(offer.tracker, offer.application),
                    query["code"],
                    self._sessions.callback(service),
                    verifier,
                )
            await self._link(login["user"], offer, tokens)
        except TrackerError as error:
            log.warning("a tracker was not linked", tracker=service, reason=error.message)
            return self._back(redirect, tracker, "failed")
        return self._back(redirect, tracker, "linked")

    @staticmethod
    def _back(redirect: str, tracker: Tracker, result: str) -> str:
        base, mark, fragment = redirect.partition("#")
        query = urlencode({"tracker": tracker.name, "result": result})
        return f"{base}{'&' if '?' in base else '?'}{query}{mark}{fragment}"

    # --- by a code

    async def poll(self, user: UUID, service: str) -> bool:
        """Whether it is linked now; False: not yet. The service is asked no more often than it wants to be. GoneError
        when the code has run out, ForbiddenError when the user refused."""
        tracker = self._services.find(service)
        async with self._database.connection() as connection:
            login = await logins.device_login(connection, user, service)
            if login is None:
                linked = await queries.linked_to(connection, user, service)
                if linked is not None and linked.error_code != "unlinked":
                    return True
                raise GoneError("No code waits to be typed: begin again")
            if login["over"]:
                await logins.forget_logins(connection, login["profile_pk"], service)
                raise GoneError("The code is no longer good: begin again")
            kept = self._seal.open(_device_place(user, service), login["secrets"])
            if not await logins.claim_poll(connection, login["state_hash"], float(kept["interval"])):
                return False
        offer = await self._services.offer(service)
        if offer.application is None or not isinstance(tracker, ByDevice):
            raise ConflictError(offer.reason or "It cannot be linked")
        device = DeviceCode(kept["url"], kept["code"], kept["secret"], int(kept["interval"]), 0)
        try:
            with readable(offer.tracker.title):
                tokens = await tracker.poll(self._sessions.login(offer.tracker, offer.application), device)
        except RefusedError as error:
            async with self._database.connection() as connection:
                await logins.forget_logins(connection, login["profile_pk"], service)
            raise (ForbiddenError if error.code == "refused" else GoneError)(error.message) from None
        except LaterError as error:
            if error.code == "slow_down":
                async with self._database.connection() as connection:
                    await logins.delay_poll(connection, login["state_hash"], 2 * float(kept["interval"]))
            return False
        except TrackerError as error:
            raise _told(error) from None
        if tokens is None:
            return False
        await self._link(user, offer, tokens)
        async with self._database.connection() as connection:
            await logins.forget_logins(connection, login["profile_pk"], service)
        return True

    # --- what all come to

    async def _link(self, user: UUID, offer: Offer, tokens: Tokens, *, must_answer: bool = False) -> None:
        """Keep the tokens. What the account is called is asked, and no reason not to link it unless it must be."""
        assert offer.application is not None
        account: str | None = None
        try:
            with readable(offer.tracker.title):
                session = self._sessions.with_tokens(offer.tracker, offer.application, tokens)
                account = text(await offer.tracker.account(session)) or None
        except TrackerError as error:
            if must_answer:
                raise
            log.info("a tracker does not say what the account is called", tracker=offer.tracker.name, reason=error.code)
        async with self._database.transaction() as connection:
            profile = await lists.lock_profile(connection, user)
            pk = await queries.link(connection, profile, offer.tracker.name, account=account)
            linked = await queries.linked(connection, pk)
            assert linked is not None
            await self._sessions.keep(connection, linked, tokens)
            await queries.hurry(connection, pk, interval=self._settings.tracker_interval)
        log.info("a tracker was linked", tracker=offer.tracker.name, user=str(user))

    async def unlink(self, user: UUID, service: str) -> None:
        """Take the link back, here whatever the service says. NotFoundError."""
        tracker = self._services.find(service)
        async with self._database.connection() as connection:
            linked = await queries.linked_to(connection, user, service)
            if linked is None:
                raise NotFoundError(f"{tracker.title} is not linked")
            await queries.unlink(connection, linked.pk)
            await logins.forget_logins(connection, linked.profile_pk, service)
        offer = await self._services.offer(service)
        if not isinstance(tracker, Revoking) or offer.application is None:
            return
        try:
            tokens = self._sessions.tokens(linked)
            async with asyncio.timeout(self._settings.tracker_timeout):
                with readable(offer.tracker.title):
                    await tracker.revoke(self._sessions.login(offer.tracker, offer.application), tokens)
        except UnlinkedError:
            pass
        except (TrackerError, TimeoutError) as error:
            log.warning("a token was not revoked", tracker=service, reason=getattr(error, "code", "timeout"))


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


def _place(state: str) -> str:
    return f"login {_hash(state).hex()}"


def _device_place(user: UUID, service: str) -> str:
    return f"device login at {service} of {user}"


def _told(error: TrackerError) -> KyooError:
    return KyooError(error.message, {"code": error.code}, status=502)
