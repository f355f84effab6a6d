"""App passwords: for programs that know no second factor. The server makes them; each can be taken back by itself, and
its sessions end with it. No HTTP, no SQL."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from kyoo.auth.audit import Actor, Target, record
from kyoo.auth.factors.codes import new_app_password, normal_code
from kyoo.auth.queries import app_passwords
from kyoo.auth.tokens.opaque import hash_secret
from kyoo.auth.tokens.principals import Principals
from kyoo.core.database.postgres import Connection, Database
from kyoo.core.errors import ConflictError, NotFoundError

#: For one user.
MAX_APP_PASSWORDS = 100


async def matching(connection: Connection, user_id: UUID | None, password: str) -> UUID | None:
    """The app password of this user that `password` is. It is looked up for unknown users, too, so that they take as
    long as known ones."""
    row = await app_passwords.by_secret(connection, hash_secret(normal_code(password)))
    return row["id"] if row is not None and row["user_id"] == user_id else None


class AppPasswords:
    def __init__(self, database: Database, principals: Principals) -> None:
        self._database = database
        self._principals = principals

    async def of_user(self, user_id: UUID) -> list[DictRow]:
        async with self._database.connection() as connection:
            return await app_passwords.of_user(connection, user_id)

    async def create(self, user_id: UUID, name: str, by: Actor) -> dict[str, Any]:
        """The row of a new one and its `password`. Raises ConflictError when there are too many."""
        password = new_app_password()
        async with self._database.transaction() as connection:
            if len(await app_passwords.of_user(connection, user_id)) >= MAX_APP_PASSWORDS:
                raise ConflictError("You have too many app passwords; remove some")
            row = await app_passwords.insert(connection, user_id, name, hash_secret(normal_code(password)))
            await record(connection, "app_password.created", by, Target("app_password", row["id"], name))
        return {**row, "password": password}

    async def delete(self, user_id: UUID, app_password: UUID, by: Actor) -> None:
        """Its sessions end, too. Raises NotFoundError."""
        async with self._database.transaction() as connection:
            row = await app_passwords.delete(connection, app_password, user_id)
            if row is None:
                raise NotFoundError("You have no such app password")
            await record(connection, "app_password.deleted", by, Target("app_password", app_password, row["name"]))
        self._principals.forget(user_id)
