"""Invitations: single-use links to register with, which hand out claims beforehand. No HTTP, no SQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.auth.audit import Actor, Target, record
from kyoo.auth.claims import Claims, granted_permissions, refuse_escalation, still_granted
from kyoo.auth.queries import invitations
from kyoo.auth.tokens import hash_secret, new_secret
from kyoo.core.errors import ForbiddenError, NotFoundError
from kyoo.core.postgres import Connection, Database


async def redeem(connection: Connection, token: str) -> DictRow:
    """Use up an invitation in the transaction that registers the guest: `{id, claims}`, of the permissions only those
    that the user who invites still holds. Raises ForbiddenError."""
    row = await invitations.take(connection, hash_secret(token))
    if row is None or row["inviter_disabled"]:
        raise ForbiddenError("This invitation is not valid any more")
    return {"id": row["id"], "claims": still_granted(row["claims"], row["inviter_claims"])}


class Invitations:
    def __init__(self, database: Database, public_url: str) -> None:
        self._database = database
        self._public_url = public_url

    async def invite(
        self, claims: Claims, lifetime: timedelta, note: str | None, by: Actor, grantor: frozenset[str]
    ) -> dict[str, Any]:
        """The row of a new invitation and its `url`. Raises ForbiddenError for a permission that the grantor does not
        hold."""
        refuse_escalation(claims, {}, grantor)
        token = new_secret()
        async with self._database.transaction() as connection:
            row = await invitations.insert(
                connection, hash_secret(token), claims=claims, note=note, caller=by.id, lifetime=lifetime
            )
            permissions = sorted(granted_permissions(claims))
            target = Target("invitation", row["id"], note)
            await record(connection, "invitation.created", by, target, permissions=permissions)
        return {**row, "url": f"{self._public_url}/register?invitation={token}"}

    async def withdraw(self, invitation: UUID, by: Actor) -> None:
        """Raises NotFoundError."""
        async with self._database.transaction() as connection:
            row = await invitations.delete(connection, invitation)
            if row is None:
                raise NotFoundError("No such invitation")
            await record(connection, "invitation.deleted", by, Target("invitation", invitation, row["note"]))

    async def check(self, token: str) -> DictRow:
        """`{expire_at, note}` of an invitation that can be used. Raises NotFoundError."""
        async with self._database.connection() as connection:
            row = await invitations.by_token(connection, hash_secret(token))
        if row is None:
            raise NotFoundError("This invitation is not valid any more")
        return row
