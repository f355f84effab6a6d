"""`kyoo auth rotate-keys`: a new signing key for a server that runs, or for one that is stopped. The rules of keys are
the auth service's."""

from __future__ import annotations

from pathlib import Path

import click

from kyoo.auth.settings import AuthSettings
from kyoo.auth.tokens.signing import KEPT_AFTER, PUBLISHED_BEFORE, rotate
from kyoo.core.errors import KyooError
from kyoo.serve.postgres.reaching import database_of_auth


class KeysElsewhereError(KyooError):
    """The keys are not ours to rotate. The message is one line for the operator."""


async def rotate_keys(data_dir: Path, *, revoke: bool) -> None:
    """Rotate the keys in the database that the environment names, else in that of the data directory."""
    if AuthSettings().rsa_private_key_path is not None:
        raise KeysElsewhereError("The tokens are signed with RSA_PRIVATE_KEY_PATH: put a new key into that file")
    async with database_of_auth(data_dir, "rotate-keys") as database:
        kid = await rotate(database, revoke=revoke)
    if revoke:
        click.echo(f"The key {kid} signs from now on. All others were taken back: JWTs and presigned links are void.")
    else:
        click.echo(
            f"The key {kid} signs in {PUBLISHED_BEFORE.seconds} seconds. "
            f"What the former keys signed stays good; they are removed after {KEPT_AFTER.days} days."
        )
