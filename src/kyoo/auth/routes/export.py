"""`/auth/users/me/export`: a copy of everything about the caller."""

from __future__ import annotations

from fastapi import APIRouter, Response

from kyoo.auth.accounts.export import export_of
from kyoo.auth.models.audit import AuditEntry
from kyoo.auth.models.export import Export
from kyoo.auth.routes.access import Context, InPerson
from kyoo.auth.routes.sessions import wire_session
from kyoo.auth.routes.users import wire_user

router = APIRouter(prefix="/auth/users/me", tags=["account"])


@router.get("/export", response_model=Export)
async def export(identity: InPerson, context: Context) -> Response:
    """A JSON file."""
    elsewhere = {name: f"{context.public_url}{path}" for name, path in context.settings.export_links.items()}
    rows = await export_of(context.database, identity.subject, context.settings.session_lifetime, elsewhere)
    rows["user"] = wire_user(context, rows["user"])
    rows["sessions"] = [wire_session(row) for row in rows["sessions"]]
    rows["audit"] = [AuditEntry.of_row(row) for row in rows["audit"]]
    text = Export.model_validate(rows).model_dump_json(by_alias=True, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="account.json"'}
    return Response(text, media_type="application/json", headers=headers)
