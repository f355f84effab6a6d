"""What the operator of a server does to accounts from the command line, when nobody can who may. No HTTP, no SQL."""

from __future__ import annotations

from psycopg.rows import DictRow

from kyoo.auth.audit import Actor, record, user_target
from kyoo.auth.factors.password_policy import PasswordPolicy
from kyoo.auth.factors.passwords import Passwords
from kyoo.auth.queries import authority, device_logins, password_resets, second_factors, sessions, users
from kyoo.auth.settings import AuthSettings
from kyoo.auth.tokens.claims import EVERY_PERMISSION, LIMITS, Claims, granted_permissions, limits_of
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.errors import NotFoundError
from kyoo.core.tokens import VERIFIED

#: What the audit log says of who did it.
OPERATOR = Actor(device="kyoo auth")


async def _find(connection: Connection, login: str) -> DictRow:
    known = await users.credentials_of_login(connection, login)
    user = None if known is None else await users.by_id(connection, known["id"])
    if user is None:
        raise NotFoundError("No account exists with this username or e-mail")
    return user


async def make_administrator(database: Database, settings: AuthSettings, login: str) -> str:
    """Give an account everything that the first user gets, without limits, and enable it; gives its name. Raises
    NotFoundError."""
    async with database.transaction() as connection:
        await authority.take_turn(connection)
        user = await _find(connection, login)
        held = granted_permissions(user["claims"])
        permissions = [*EVERY_PERMISSION, *sorted(held - set(EVERY_PERMISSION))]
        configured = granted_permissions(settings.first_user_claims) | granted_permissions(settings.extra_claims)
        permissions += sorted(configured - set(permissions))
        claims: Claims = {"permissions": permissions, VERIFIED: True}
        claims |= {name: None for name in limits_of(user["claims"]) if name in LIMITS}
        row = await users.update(connection, user["id"], username=None, email=None, claims=claims, disabled=False)
        assert row is not None, "it was found"
        details = {"granted": sorted(set(permissions) - held), "revoked": [], "claims": sorted(claims)}
        await record(connection, "user.edited", OPERATOR, user_target(user["id"], user["username"]), **details)
    return str(user["username"])


async def set_password(
    database: Database, settings: AuthSettings, login: str, password: str, *, keep_second_factors: bool
) -> str:
    """Set the password of an account and end its sessions; gives its name. Raises NotFoundError, InvalidError."""
    async with database.connection() as connection:
        user = await _find(connection, login)
    await PasswordPolicy(settings.password_policy).check(password, user["username"], user["email"])
    hashed = await Passwords(1).hash(password)
    async with database.transaction() as connection:
        await users.set_password(connection, user["id"], hashed)
        await password_resets.delete_of_user(connection, user["id"])
        await sessions.delete_all(connection, user["id"])
        await device_logins.delete_of_user(connection, user["id"])
        if not keep_second_factors:
            await second_factors.delete_all(connection, user["id"])
        details = {"second_factors": "kept" if keep_second_factors else "removed"}
        await record(connection, "password.reset", OPERATOR, user_target(user["id"], user["username"]), **details)
    return str(user["username"])
