"""The audit log: who did what to whose account, when, and from where. The rules only: no HTTP, no SQL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from kyoo.auth.accounts.devices import display_name
from kyoo.auth.queries import audit
from kyoo.core.database.postgres import Connection
from kyoo.core.tokens import Identity

#: The length of the name of a target, in characters.
MAX_NAME = 128


@dataclass(frozen=True, slots=True)
class Actor:
    """Who sends a request, and from where. `id` and `name` are None while nobody is logged in."""

    address: str | None = None
    device: str | None = None
    id: UUID | None = None
    name: str | None = None

    def known_as(self, identity: Identity) -> Actor:
        """The same visitor as an account (a user or an API key)."""
        return replace(self, id=identity.subject, name=identity.username)

    def logged_in_as(self, user_id: UUID, name: str) -> Actor:
        return replace(self, id=user_id, name=name)


@dataclass(frozen=True, slots=True)
class Target:
    """What was acted on. `name` is what people call it: a username, the name of a key, the device of a session."""

    kind: Literal["user", "session", "api_key", "app_password", "passkey", "invitation", "device", "provider"]
    id: UUID | None
    name: str | None


async def record(connection: Connection, action: str, by: Actor, target: Target | None = None, **details: Any) -> None:
    """Note an action, named `<what>.<what happened>`, in the transaction that does it. No secret belongs in `details`,
    nor what somebody typed into the login form: it can be a password."""
    await audit.insert(
        connection,
        action=action,
        actor=(by.id, by.name),
        target=(target.kind, target.id, target.name) if target else (None, None, None),
        address=by.address,
        device=by.device,
        details=details,
    )


def device_target(kind: Literal["session", "device"], session_id: UUID | None, label: str | None) -> Target:
    """A session, or a device that asks for one; `label` is its label or User-Agent, of any length."""
    name = display_name(label)
    return Target(kind, session_id, name and name[:MAX_NAME])


def user_target(user_id: UUID, username: str) -> Target:
    return Target("user", user_id, username)
