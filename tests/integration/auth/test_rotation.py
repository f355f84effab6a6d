"""Keys are rotated without logging anybody out, and replicas tell each other what changed."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from auth_client import SLOW, Auth, MakeAuth, bearer
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt as jose
from joserfc.jwk import KeySet
from tests.waiting import until

from kyoo.auth.jobs import remove_expired_sessions
from kyoo.auth.tokens import signing
from kyoo.auth.tokens.signing import rotate
from kyoo.cli import main
from kyoo.core.database.postgres import Database, execute


def pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


async def status(auth: Auth, token: str) -> int:
    return (await auth.client.get("/auth/jwt", headers=bearer(token))).status_code


async def kids(auth: Auth) -> list[str]:
    return [key["kid"] for key in (await auth.client.get("/.well-known/jwks.json")).json()["keys"]]


def kid_of(auth: Auth, keys: KeySet, token: str) -> str:
    return str(jose.decode(token, keys, algorithms=["EdDSA"]).header["kid"])


async def key_set(auth: Auth) -> KeySet:
    return KeySet.import_key_set((await auth.client.get("/.well-known/jwks.json")).json())


async def test_a_logout_reaches_other_replicas(make_auth: MakeAuth) -> None:
    one, other = await make_auth(**SLOW), await make_auth(**SLOW)
    token = await one.register()
    assert [await status(one, token), await status(other, token)] == [200, 200]
    assert (await one.client.delete("/auth/sessions/current", headers=bearer(token))).status_code == 200

    async def is_out() -> bool:
        return await status(other, token) == 403

    await until(is_out)


async def test_a_demotion_and_a_deleted_key_reach_other_replicas(make_auth: MakeAuth, database: Database) -> None:
    one, other = await make_auth(**SLOW), await make_auth(**SLOW)
    admin = await one.register("admin")
    user = await one.register("user")
    key = (
        await one.client.post(
            "/auth/keys", json={"name": "tool", "claims": {"permissions": ["core.read"]}}, headers=bearer(admin)
        )
    ).json()
    assert (await other.me(user))["claims"]["permissions"] == ["core.read", "core.play"]
    assert (await other.client.get("/auth/jwt", headers={"X-Api-Key": key["token"]})).status_code == 200
    await one.client.patch(
        f"/auth/users/{(await one.me(user))['id']}", json={"claims": {"permissions": []}}, headers=bearer(admin)
    )
    await one.client.delete(f"/auth/keys/{key['id']}", headers=bearer(admin))

    async def is_demoted() -> bool:
        answer = await other.client.get("/auth/users", headers=bearer(user))
        return answer.json()["details"] == {"current": [], "required": ["users.read"]}  # type: ignore[no-any-return]

    async def is_refused() -> bool:
        return (await other.client.get("/auth/jwt", headers={"X-Api-Key": key["token"]})).status_code == 403

    await until(is_demoted)
    await until(is_refused)


async def test_the_news_are_heard_again_after_the_connection_was_lost(make_auth: MakeAuth, conninfo: str) -> None:
    one, other = await make_auth(**SLOW), await make_auth(**SLOW)
    token = await one.register()
    assert await status(other, token) == 200
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kyoo listening'"
        )
    await one.client.delete("/auth/sessions/current", headers=bearer(token))

    async def is_out() -> bool:
        return await status(other, token) == 403

    # What was said in between is made up for by forgetting everything.
    await until(is_out)


async def test_rotation_logs_nobody_out(
    make_auth: MakeAuth, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await make_auth(**SLOW), await make_auth(**SLOW)
    session = await one.register()
    former = await one.jwt(**bearer(session))
    link = await one.presign(session, {"verb": "GET", "url": "/app"})
    monkeypatch.setattr(signing, "PUBLISHED_BEFORE", signing.timedelta(seconds=1.5))  # type: ignore[attr-defined]
    new = await rotate(database)

    async def is_published() -> bool:
        return new in await kids(other) and new in await kids(one)

    await until(is_published)
    keys = await key_set(other)
    # It is published first, and signs when every verifier can know it.
    assert kid_of(one, keys, await one.jwt(**bearer(session))) != new

    async def signs() -> bool:
        return kid_of(one, keys, await one.jwt(**bearer(session))) == new

    await until(signs)
    for auth in (one, other):
        assert await status(auth, session) == 200
        assert await status(auth, former) == 200
        answer = await auth.client.get(
            f"/auth/jwt?x-presign={link}", headers={"X-Forwarded-Uri": "/app", "X-Forwarded-Method": "GET"}
        )
        assert answer.status_code == 200


async def test_a_stolen_key_is_worth_nothing_after_its_revocation(make_auth: MakeAuth, database: Database) -> None:
    one, other = await make_auth(**SLOW), await make_auth(**SLOW)
    session = await one.register()
    former = await one.jwt(**bearer(session))
    assert await status(other, former) == 200
    new = await rotate(database, revoke=True)

    async def is_alone() -> bool:
        return await kids(one) == [new] and await kids(other) == [new]

    await until(is_alone)
    assert [await status(one, former), await status(other, former)] == [403, 403]
    assert [await status(one, session), await status(other, session)] == [200, 200]
    assert await status(other, await one.jwt(**bearer(session))) == 200


async def test_keys_go_when_nothing_they_signed_can_be_good(auth: Auth, database: Database) -> None:
    (first,) = await kids(auth)
    second = await rotate(database)
    context = type("Job", (), {"additional_context": {"auth": auth.app.state.context}})
    await remove_expired_sessions(context, 0)  # type: ignore[arg-type]
    async with database.connection() as connection:
        count = "select count(*) from auth.signing_keys"
        assert (await (await connection.execute(count)).fetchone()) == {"count": 2}
        await execute(connection, "update auth.signing_keys set signs_from = signs_from - interval '8 days 1 minute'")
    await remove_expired_sessions(context, 0)  # type: ignore[arg-type]

    async def first_is_gone() -> bool:
        return await kids(auth) == [second]

    assert first != second
    await until(first_is_gone)


async def test_rsa_keys_rotate_in_their_file(make_auth: MakeAuth, tmp_path: Path) -> None:
    """A new key is added behind the one that signs, then both change places: no replica ever meets an unknown key."""
    file = tmp_path / "keys.pem"
    old, new = (pem(rsa.generate_private_key(65537, 2048)) for _ in range(2))
    file.write_bytes(old)
    before = await make_auth(rsa_private_key_path=file)
    session = await before.register()
    link = await before.presign(session, {"verb": "GET", "url": "/app"})
    (first,) = await kids(before)
    file.write_bytes(old + b"the next one\n" + new)
    knowing = await make_auth(rsa_private_key_path=file)
    assert (await kids(knowing))[0] == first
    file.write_bytes(new + old)
    after = await make_auth(rsa_private_key_path=file)
    second = next(kid for kid in await kids(knowing) if kid != first)
    assert await kids(after) == [second, first]
    keys = await key_set(after)
    for signer, kid, readers in ((knowing, first, (before, after)), (after, second, (knowing,))):
        jwt = await signer.jwt(**bearer(session))
        assert jose.decode(jwt, keys, algorithms=["RS256"]).header["kid"] == kid
        assert [await status(reader, jwt) for reader in readers] == [200] * len(readers)
    headers = {"X-Forwarded-Uri": "/app", "X-Forwarded-Method": "GET"}
    assert (await after.client.get(f"/auth/jwt?x-presign={link}", headers=headers)).status_code == 200
    file.write_bytes(new)
    alone = await make_auth(rsa_private_key_path=file)
    assert (await alone.client.get(f"/auth/jwt?x-presign={link}", headers=headers)).status_code == 403
    assert await status(alone, session) == 200


def test_keys_of_a_file_are_not_rotated_by_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "keys.pem"
    file.write_bytes(pem(rsa.generate_private_key(65537, 2048)))
    monkeypatch.setenv("RSA_PRIVATE_KEY_PATH", str(file))
    result = CliRunner().invoke(main, ["auth", "rotate-keys"])
    assert result.exit_code == 1
    assert "put a new key into that file" in result.output


def test_the_command_needs_a_database(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POSTGRES_URL", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE"):
        monkeypatch.delenv(name, raising=False)
    result = CliRunner().invoke(main, ["auth", "rotate-keys", f"--data-dir={tmp_path}"])
    assert result.exit_code == 1
    assert f"There is no database in {tmp_path}" in result.output


def test_the_command_rotates(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_URL", conninfo)
    result = CliRunner().invoke(main, ["auth", "rotate-keys"])
    assert result.exit_code == 0, result.output
    with psycopg.connect(conninfo) as connection:
        rows = connection.execute("select kid from auth.signing_keys").fetchall()
    assert [row[0] in result.output for row in rows] == [True]
