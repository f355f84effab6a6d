"""SQL of who may act on others: the turn of each who does, and whether somebody else administers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from kyoo.core.database.postgres import Connection, execute, fetch_value

#: Serialises what accounts do to each other (an arbitrary constant of ours).
TURN = 7_413_882


async def take_turn(connection: Connection) -> None:
    """Wait, until the end of the transaction, for every other who acts on an account of somebody else."""
    await execute(connection, "select pg_advisory_xact_lock(%s)", [TURN])


async def others_administer(connection: Connection, user_id: UUID, *, unlimited: bool, limits: Sequence[str]) -> bool:
    """Whether another enabled user holds `users.write`; `unlimited`: and has none of the
    claims `limits`."""
    return bool(
        await fetch_value(
            connection,
            """select exists (
                select from auth.users
                where id <> %(user)s and not disabled and claims -> 'permissions' ? 'users.write'
                    and (not %(unlimited)s or (
                        not exists (
                            select from jsonb_each(claims) claim
                            where claim.key = any(%(limits)s) and claim.value <> 'null'
                                and (claim.key <> 'noTranscoding' or claim.value <> 'false'))
                        and claims -> 'verified' is distinct from 'false')))""",
            {"user": user_id, "unlimited": unlimited, "limits": list(limits)},
        )
    )
