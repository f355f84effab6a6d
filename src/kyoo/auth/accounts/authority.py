"""Who may act on an account, a key or an invitation that is not theirs: one rule for all of it. No HTTP, no SQL.

Nobody acts on who can do or see more than they can, neither before the action nor after it: what is taken away counts
like what is given. Rights are compared as they are in the transaction of the action, not as a token has them, and these
transactions happen one after the other, so that two administrators cannot take each other's rights at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.auth.queries import api_keys, authority, invitations, users
from kyoo.auth.tokens.claims import (
    ADMINISTER,
    EVERY_PERMISSION,
    LIMITS,
    Claims,
    beyond,
    granted_permissions,
    is_unlimited,
    still_granted,
)
from kyoo.auth.tokens.principals import Principals
from kyoo.core.database.postgres import Connection
from kyoo.core.errors import ForbiddenError, NotFoundError
from kyoo.core.tokens import Identity


@dataclass(frozen=True)
class Rights:
    """What somebody may do and see until the end of the transaction."""

    claims: Claims

    def refuse_superior(self, claims: Claims, who: str = "This user") -> None:
        """Raise ForbiddenError for whoever can do or see more."""
        if more := beyond(claims, self.claims):
            raise ForbiddenError(f"{who} can do or see more than you: {', '.join(more)}", {"beyond": more})

    def refuse_escalation(self, claims: Claims) -> None:
        """Raise ForbiddenError for claims that somebody would have from now on, and that are more."""
        if more := beyond(claims, self.claims):
            raise ForbiddenError(f"You can only give what you have yourself, not: {', '.join(more)}", {"beyond": more})


class Authority:
    """What is returned is locked until the end of the transaction."""

    def __init__(self, principals: Principals, extra_claims: Claims) -> None:
        self._principals = principals
        #: Permissions for other programs that every new user gets: they set nobody above an administrator, who has
        #: those of the catalogue only, or was there before the others were.
        self._everybodys = granted_permissions(extra_claims).difference(EVERY_PERMISSION)

    async def rights(self, connection: Connection, by: Identity, permission: str) -> Rights:
        """What `by` may do at this moment, which includes `permission`: no more than the token says, and no more than
        the account has now. Raises ForbiddenError."""
        await authority.take_turn(connection)
        present = await self._principals.present_claims(connection, by.subject)
        claims = {} if present is None else still_granted(by.claims, present)
        if permission not in granted_permissions(claims):
            raise ForbiddenError(f"Missing permission: {permission}")
        return Rights({**claims, "permissions": sorted(granted_permissions(claims) | self._everybodys)})

    async def over_user(
        self, connection: Connection, user_id: UUID, by: Identity, permission: str = ADMINISTER
    ) -> tuple[DictRow, Rights]:
        """The row of the user whom `by` acts on, and what `by` may do. Raises NotFoundError, ForbiddenError."""
        rights = await self.rights(connection, by, permission)
        user = await users.lock(connection, user_id)
        if user is None:
            raise NotFoundError("No such user")
        rights.refuse_superior(user["claims"])
        return user, rights

    async def over_key(self, connection: Connection, key_id: UUID, by: Identity, permission: str) -> None:
        """Allow `by` to act on an API key, which is the account of who made it, too."""
        rights = await self.rights(connection, by, permission)
        key = await api_keys.lock(connection, key_id)
        if key is None:
            raise NotFoundError("No such API key")
        rights.refuse_superior(key["claims"], "This API key")
        if key["created_by"] is not None:
            rights.refuse_superior(key["maker_claims"], "Who made this API key")

    async def over_invitation(self, connection: Connection, invitation: UUID, by: Identity) -> None:
        """Allow `by` to act on an invitation, likewise."""
        rights = await self.rights(connection, by, ADMINISTER)
        found = await invitations.lock(connection, invitation)
        if found is None:
            raise NotFoundError("No such invitation")
        rights.refuse_superior(found["claims"], "Who is invited")
        if found["created_by"] is not None:
            rights.refuse_superior(found["maker_claims"], "Who invites")


async def keep_an_administrator(
    connection: Connection, user_id: UUID, before: DictRow, after: Claims, *, disabled: bool | None
) -> None:
    """Raise ForbiddenError when the last account that can administer others would not be able to any more, or the last
    one that can administer all of them. `before` is the row of the user."""
    if before["disabled"]:
        return
    for unlimited in (False, True):

        def administers(claims: Claims, unlimited: bool = unlimited) -> bool:
            return ADMINISTER in granted_permissions(claims) and (not unlimited or is_unlimited(claims))

        if (
            administers(before["claims"])
            and (disabled or not administers(after))
            and not await authority.others_administer(connection, user_id, unlimited=unlimited, limits=LIMITS)
        ):
            raise ForbiddenError(
                "This is the last account that can administer the others; make somebody else an administrator first"
            )
