"""Logins of devices without a keyboard, in the shape of RFC 8628: the device shows a code, a user confirms it in a
logged-in browser. No HTTP, no SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.auth.accounts.accounts import DEVICE_LOGIN, Accounts
from kyoo.auth.audit import Actor, device_target, record
from kyoo.auth.factors.codes import new_user_code, normal_user_code
from kyoo.auth.queries import device_logins
from kyoo.auth.throttle import Throttle, TooManyAttemptsError
from kyoo.auth.tokens.opaque import hash_secret, new_secret
from kyoo.core.database.postgres import Database
from kyoo.core.errors import BadRequestError, NotFoundError

LIFETIME = timedelta(minutes=10)
#: Seconds a device waits between two questions, and how many more each time it does not (RFC 8628 §3.5).
PAUSE, PENALTY = 5, 5
#: Devices of one address that may wait at the same time.
MAX_WAITING = 20

Waiting = Literal["authorization_pending", "slow_down", "access_denied", "expired_token"]

MESSAGES: dict[Waiting, str] = {
    "authorization_pending": "Nobody has confirmed the code yet",
    "slow_down": "Ask less often",
    "access_denied": "The code was refused",
    "expired_token": "The code has expired; begin again",
}


class DeviceLoginError(BadRequestError):
    """400 with `details: {error}`, the error codes of RFC 8628 §3.5."""

    def __init__(self, error: Waiting) -> None:
        super().__init__(MESSAGES[error], {"error": error})


@dataclass(frozen=True)
class DeviceCode:
    """`device_code` is the device's secret, `user_code` what it shows; the URLs lead to the page that asks the user."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str


class DeviceLogins:
    def __init__(self, database: Database, accounts: Accounts, throttle: Throttle, public_url: str) -> None:
        self._database = database
        self._accounts = accounts
        self._throttle = throttle
        self._page = f"{public_url}/device"

    async def begin(self, by: Actor) -> DeviceCode:
        """Raises TooManyAttemptsError when too many devices of an address wait."""
        secret = new_secret()
        async with self._database.connection() as connection:
            if await device_logins.waiting_at(connection, by.address) >= MAX_WAITING:
                raise TooManyAttemptsError(LIFETIME)
            while True:
                code = new_user_code()
                if await device_logins.insert(
                    connection,
                    hash_secret(secret),
                    code,
                    device=by.device,
                    address=by.address,
                    lifetime=LIFETIME,
                    pause=PAUSE,
                ):
                    return DeviceCode(secret, code, self._page, f"{self._page}?code={code}")

    async def token(self, device_code: str, by: Actor) -> dict[str, Any]:
        """A new session of the user who confirmed. Raises DeviceLoginError, and ForbiddenError when that user was
        disabled meanwhile."""
        code_hash = hash_secret(device_code)
        async with self._database.transaction() as connection:
            row = await device_logins.ask(connection, code_hash, PENALTY)
            error = _state(row)
            if error is None:
                assert row is not None
                by = Actor(by.address, row["device"], row["user_id"], row["username"])
                await device_logins.delete(connection, code_hash)
                return await self._accounts.open_session(connection, row["user_id"], by, how=DEVICE_LOGIN)
            if error == "access_denied":
                await device_logins.delete(connection, code_hash)
        raise DeviceLoginError(error)

    async def find(self, user_code: str, by: Actor) -> DictRow:
        """`{device, address, created_date}` of a device that waits. Raises NotFoundError, TooManyAttemptsError."""
        guess = self._throttle.attempt("device code", str(by.id), by.address)
        await guess.check()
        async with self._database.connection() as connection:
            row = await device_logins.waiting(connection, normal_user_code(user_code))
        if row is None:
            await guess.begin()
            raise _unknown()
        return row

    async def decide(self, user_code: str, user_id: UUID, by: Actor, *, approve: bool) -> None:
        """Let a device in as this user, or refuse it. Raises NotFoundError, TooManyAttemptsError."""
        await self.find(user_code, by)
        async with self._database.transaction() as connection:
            row = await device_logins.decide(connection, normal_user_code(user_code), user_id, approve=approve)
            if row is None:
                raise _unknown()
            action = "device.approved" if approve else "device.denied"
            target = device_target("device", None, row["device"])
            await record(connection, action, by, target, address=row["address"])


def _state(row: DictRow | None) -> Waiting | None:
    """Why the device has to wait, or cannot be let in; None when it can."""
    if row is None:
        return "expired_token"
    if row["too_fast"]:
        return "slow_down"
    if row["approved"] is None:
        return "authorization_pending"
    return None if row["approved"] else "access_denied"


def _unknown() -> NotFoundError:
    return NotFoundError("No device shows this code; it may have expired")
