"""Taking accounts over from another server: with their ids and the hashes of their passwords. What is here already
stays as it is. No HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from kyoo.auth.accounts import confusable_names
from kyoo.auth.accounts.usernames import check_username
from kyoo.auth.queries import users
from kyoo.auth.tokens.claims import EVERY_PERMISSION, MAX_CLAIMS_BYTES, UNSTORABLE
from kyoo.core.database.postgres import Database
from kyoo.core.http.storable import is_storable
from kyoo.core.tokens import VERIFIED

#: Hashes that cost more than any sane server asks for are none: each login would have to pay for them.
HASH = re.compile(r"\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$[A-Za-z0-9+/]{8,200}\$[A-Za-z0-9+/]{16,200}")
MEMORY = 1024**2


@dataclass(frozen=True, slots=True)
class Moved:
    """`id`: the account here. `what`: it is `new`, `known` by its id, `same` by its name and e-mail, or could not be
    made for `reason`."""

    what: Literal["new", "known", "same", "refused"]
    id: UUID | None
    reason: str = ""


async def take_over(
    database: Database,
    identifier: UUID,
    username: str,
    email: str,
    password: str | None,
    *,
    claims: Mapping[str, Any],
    created: datetime,
    seen: datetime,
) -> Moved:
    """An account of another server. One that has the same name and e-mail here is the same person's; one of the two
    alone is somebody else's, so that nobody gets what is another's by taking a name first."""
    async with database.transaction() as connection:
        if await users.exists(connection, identifier):
            return Moved("known", identifier)
        same = await users.named(connection, username, email)
        if same is not None:
            return Moved("same", same)
        if reason := _wrong(username, email):
            return Moved("refused", None, reason)
        if await users.taken(connection, username, email) or await confusable_names.is_taken(connection, username):
            return Moved("refused", None, "another account here has this name, one that looks like it, or this e-mail")
        usable = password if password is not None and is_hash(password) else None
        await users.insert_as(
            connection,
            identifier,
            username=username,
            email=email,
            password=usable,
            claims=_claims(claims),
            created=created,
            seen=seen,
        )
        await confusable_names.claim(connection, identifier, username)
    lost = password is not None and usable is None
    return Moved("new", identifier, "its password cannot be read: set a new one" if lost else "")


def is_hash(text: str) -> bool:
    found = HASH.fullmatch(text)
    return found is not None and int(found[1]) <= MEMORY and int(found[2]) <= 20 and int(found[3]) <= 16


def _wrong(username: str, email: str) -> str:
    if not 1 <= len(username) <= 256 or not 1 <= len(email) <= 320 or not is_storable(username + email):
        return "its name or e-mail is of no length that is possible here"
    try:
        check_username(username)
    except ValueError as error:
        return str(error)
    return ""


def _claims(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Rights that exist here, whether it was let in, and the settings of its client."""
    given = claims.get("permissions")
    found: dict[str, Any] = {
        "permissions": [one for one in EVERY_PERMISSION if isinstance(given, list) and one in given],
        VERIFIED: claims.get(VERIFIED) is True,
    }
    settings = claims.get("settings")
    if isinstance(settings, dict):
        text = json.dumps(settings)
        if len(text) < MAX_CLAIMS_BYTES // 2 and not UNSTORABLE.search(text):
            found["settings"] = settings
    return found
