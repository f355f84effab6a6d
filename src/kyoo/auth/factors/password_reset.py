"""New passwords for who forgot theirs: one-time links, from an administrator or by mail. No HTTP, no SQL."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from procrastinate.exceptions import AlreadyEnqueued

from kyoo.auth.accounts.authority import Authority
from kyoo.auth.audit import Actor, record, user_target
from kyoo.auth.factors.password_policy import PasswordPolicy
from kyoo.auth.factors.passwords import Passwords
from kyoo.auth.mail import Mailer
from kyoo.auth.queries import device_logins, password_resets, sessions, users
from kyoo.auth.throttle import Throttle
from kyoo.auth.tokens.opaque import hash_secret, new_secret
from kyoo.auth.tokens.principals import Principals
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import Queue
from kyoo.core.errors import NotFoundError
from kyoo.core.tokens import Identity

log = structlog.get_logger()

ADMINISTRATOR_LIFETIME = timedelta(days=1)
MAIL_LIFETIME = timedelta(hours=1)
#: To one user, while a link lives.
MAX_MAILS = 3

TEXT = """Hello {username},

a new password was asked for, for your account at {server}.
You can set one here within an hour:

{url}

If you did not ask for it, ignore this mail: your password has not changed.
"""


@dataclass(frozen=True)
class ResetLink:
    """`mailed`: the user gets a link by mail, too."""

    url: str
    expire_at: datetime
    mailed: bool


class PasswordResets:
    def __init__(
        self,
        database: Database,
        queue: Queue,
        *,
        authority: Authority,
        policy: PasswordPolicy,
        principals: Principals,
        passwords: Passwords,
        throttle: Throttle,
        mailer: Mailer | None,
        public_url: str,
    ) -> None:
        self._database = database
        self._queue = queue
        self._authority = authority
        self._policy = policy
        self._principals = principals
        self._passwords = passwords
        self._throttle = throttle
        self._mailer = mailer
        self._public_url = public_url

    async def offer(self, user_id: UUID, by: Actor, administrator: Identity) -> ResetLink:
        """A link for a user who cannot log in. Raises NotFoundError, and ForbiddenError when the user is beyond the
        administrator."""
        token = new_secret()
        async with self._database.transaction() as connection:
            user, _ = await self._authority.over_user(connection, user_id, administrator)
            row = await password_resets.insert(
                connection, hash_secret(token), user_id, lifetime=ADMINISTRATOR_LIFETIME, by_mail=False
            )
            await record(connection, "password_reset.offered", by, user_target(user_id, user["username"]))
        if self._mailer is not None:
            await self._defer(user["username"])
        return ResetLink(self._url(token), row["expire_at"], mailed=self._mailer is not None)

    async def ask(self, login: str, by: Actor) -> None:
        """Somebody forgot the password of an account, which need not exist: nothing here tells whether it does, not
        even the time it takes. Raises TooManyAttemptsError."""
        attempt = self._throttle.attempt("password reset", login.lower(), by.address)
        await attempt.check()
        await attempt.begin()
        if self._mailer is not None:
            await self._defer(login)

    async def _defer(self, login: str) -> None:
        # The job makes the token: no link is ever in the queue.
        lock = "auth:mail_password_reset:" + hashlib.sha256(login.encode()).hexdigest()
        try:
            await self._queue.configure_task("auth:mail_password_reset", queueing_lock=lock).defer_async(login=login)
        except AlreadyEnqueued:
            log.debug("the mail is already on its way")

    async def mail(self, login: str) -> None:
        """Send a link to the user of this name or address, if there is one. Raises MailError."""
        if self._mailer is None:
            return
        async with self._database.connection() as connection:
            known = await users.credentials_of_login(connection, login)
            user = await users.by_id(connection, known["id"]) if known else None
            if user is None or user["disabled"]:
                return
            if await password_resets.mails_since(connection, user["id"], MAIL_LIFETIME) >= MAX_MAILS:
                log.warning("a user asks for too many mails", user=str(user["id"]))
                return
        token = new_secret()
        # Undone when the mail cannot be sent.
        async with self._database.transaction() as connection:
            await password_resets.insert(
                connection, hash_secret(token), user["id"], lifetime=MAIL_LIFETIME, by_mail=True
            )
            target = user_target(user["id"], user["username"])
            await record(connection, "password_reset.mailed", Actor(), target)
            text = TEXT.format(username=user["username"], server=self._public_url, url=self._url(token))
            await self._mailer.send(user["email"], "Set a new password", text)

    async def redeem(self, token: str, password: str, by: Actor) -> None:
        """Set the password of the user that the link was made for, and close every session. Raises NotFoundError."""
        gone = NotFoundError("This link is not valid any more; ask for another one")
        token_hash = hash_secret(token)
        async with self._database.connection() as connection:
            user_id = await password_resets.user_of(connection, token_hash)
            if user_id is None:
                raise gone
            row = await users.by_id(connection, user_id)
        await self._policy.check(password, row["username"] if row else "")
        hashed = await self._passwords.hash(password, by.address)
        async with self._database.transaction() as connection:
            user = await password_resets.take(connection, token_hash)
            if user is None:
                raise gone
            await users.set_password(connection, user["id"], hashed)
            await password_resets.delete_of_user(connection, user["id"])
            await sessions.delete_all(connection, user["id"])
            await device_logins.delete_of_user(connection, user["id"])
            by = by.logged_in_as(user["id"], user["username"])
            await record(connection, "password.reset", by, user_target(user["id"], user["username"]))
        self._principals.forget(user["id"])

    def _url(self, token: str) -> str:
        return f"{self._public_url}/reset?token={token}"
