"""`kyoo auth make-administrator` and `set-password`: for whoever is locked out of their own server. The rules are
the auth service's."""

from __future__ import annotations

from pathlib import Path

import click

from kyoo.auth.accounts.recovery import make_administrator, set_password
from kyoo.auth.settings import AuthSettings
from kyoo.serve.postgres.reaching import database_of_auth


async def promote(data_dir: Path, login: str) -> None:
    async with database_of_auth(data_dir, "make-administrator") as database:
        name = await make_administrator(database, AuthSettings(), login)
    click.echo(f"{name} may do and see everything from now on.")


async def change_password(data_dir: Path, login: str, password: str, *, keep_second_factors: bool) -> None:
    async with database_of_auth(data_dir, "set-password") as database:
        name = await set_password(database, AuthSettings(), login, password, keep_second_factors=keep_second_factors)
    click.echo(f"The password of {name} is changed, and every device is logged out.")
