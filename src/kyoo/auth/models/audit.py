"""The audit log and the list of deleted users on the wire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.auth.accounts.devices import display_name
from kyoo.auth.models.base import Timestamp, WireModel


class AuditActor(WireModel):
    """A user or an API key."""

    id: UUID
    username: str


class AuditTarget(WireModel):
    """`kind`: user, session, api_key, app_password, passkey, invitation, device or provider."""

    kind: str
    id: UUID | None
    name: str | None


class AuditEntry(WireModel):
    """`actor` is null for what happened before anybody was logged in; `device` is made for people."""

    id: UUID
    date: Timestamp
    action: str
    actor: AuditActor | None
    target: AuditTarget | None
    address: str | None
    device: str | None
    details: dict[str, Any]

    @classmethod
    def of_row(cls, row: DictRow) -> AuditEntry:
        actor = None if row["actor_id"] is None else AuditActor(id=row["actor_id"], username=row["actor_name"] or "")
        target = None
        if row["target_kind"] is not None:
            target = AuditTarget(kind=row["target_kind"], id=row["target_id"], name=row["target_name"])
        return cls(
            id=row["id"],
            date=row["date"],
            action=row["action"],
            actor=actor,
            target=target,
            address=row["address"],
            device=display_name(row["device"]),
            details=row["details"],
        )


class Deletion(WireModel):
    """`number` grows; pass the last one seen as `after`."""

    number: int
    id: UUID
    date: Timestamp
