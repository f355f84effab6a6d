"""Invitations: single-use links to register with, which hand out claims beforehand. No HTTP, no SQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.auth.accounts.authority import Authority
from kyoo.auth.audit import Actor, Target, record
from kyoo.auth.queries import invitations
from kyoo.auth.tokens.claims import ADMINISTER, Claims, granted_permissions, limited_as, still_granted
from kyoo.auth.tokens.opaque import hash_secret, new_secret
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.errors import ForbiddenError, NotFoundError
from kyoo.core.tokens import Identity


async def redeem(connection: Connection, token: str) -> DictRow:
    """Use up an invitation in the transaction that registers the guest: `{id, claims}`, of the permissions only those
    that the user who invites still holds. Raises ForbiddenError."""
    row = await invitations.take(connection, hash_secret(token))
    if row is None or row["inviter_disabled"]:
        raise ForbiddenError("This invitation is not valid any more")
    return {"id": row["id"], "claims": still_granted(row["claims"], row["inviter_claims"])}


async def require_valid(connection: Connection, token: str) -> None:
    """Raise ForbiddenError for what `redeem` would refuse."""
    if await invitations.by_token(connection, hash_secret(token)) is None:
        raise ForbiddenError("This invitation is not valid any more")


class Invitations:
    def __init__(self, database: Database, authority: Authority, public_url: str) -> None:
        self._database = database
        self._authority = authority
        self._public_url = public_url

    async def invite(
        self, claims: Claims, lifetime: timedelta, note: str | None, by: Actor, inviter: Identity
    ) -> dict[str, Any]:
        """The row of a new invitation and its `url`; who is invited is limited as the inviter is. Raises ForbiddenError
        for a permission that the inviter does not hold."""
        token = new_secret()
        async with self._database.transaction() as connection:
            rights = await self._authority.rights(connection, inviter, ADMINISTER)
            claims = limited_as(claims, rights.claims)
            rights.refuse_escalation(claims)
            row = await invitations.insert(
                connection, hash_secret(token), claims=claims, note=note, caller=by.id, lifetime=lifetime
            )
            permissions = sorted(granted_permissions(claims))
            target = Target("invitation", row["id"], note)
            await record(connection, "invitation.created", by, target, permissions=permissions)
        return {**row, "url": f"{self._public_url}/register?invitation={token}"}

    async def withdraw(self, invitation: UUID, by: Actor, administrator: Identity) -> None:
        """Raises NotFoundError, and ForbiddenError when who invites, or is invited, is beyond the administrator."""
        async with self._database.transaction() as connection:
            await self._authority.over_invitation(connection, invitation, administrator)
            row = await invitations.delete(connection, invitation)
            assert row is not None, "the row is locked"
            await record(connection, "invitation.deleted", by, Target("invitation", invitation, row["note"]))

    async def check(self, token: str) -> DictRow:
        """`{expire_at, note}` of an invitation that can be used. Raises NotFoundError."""
        async with self._database.connection() as connection:
            row = await invitations.by_token(connection, hash_secret(token))
        if row is None:
            raise NotFoundError("This invitation is not valid any more")
        return row
