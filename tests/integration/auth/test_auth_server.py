"""What the server says of itself, its health, its keys, and who may call what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from auth_client import ORIGIN, Auth, MakeAuth, bearer, make_runtime, running
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi.routing import APIRoute, iter_route_contexts
from joserfc import jwt as jose
from joserfc.jwk import KeySet

from kyoo.auth.app import create_app
from kyoo.auth.settings import ApiKeyConfig, AuthSettings
from kyoo.core.database.postgres import Database, fetch_value
from kyoo.core.http.permissions import guards
from kyoo.core.tokens import JwksUrl, Verifier


async def get(auth: Auth, path: str) -> Any:
    response = await auth.client.get(path)
    assert response.status_code == 200, path
    return response.json()


async def test_info(auth: Auth, make_auth: MakeAuth) -> None:
    known = await get(auth, "/auth/info")
    features = known.pop("features")
    assert known == {"publicUrl": ORIGIN, "allowRegister": True, "oidc": {}, "setup": True}
    assert features["mail"] is False
    await auth.register("alice")
    closed = await make_auth(disable_registration=True, public_url="https://films.example/")
    known = await get(closed, "/auth/info")
    known.pop("features")
    assert known == {
        "publicUrl": "https://films.example",
        "allowRegister": False,
        "oidc": {},
        "setup": False,
    }


async def test_health(auth: Auth) -> None:
    assert await get(auth, "/auth/health") == {"status": "healthy"}
    assert await get(auth, "/auth/ready") == {"status": "healthy", "database": "healthy"}


async def test_discovery(auth: Auth) -> None:
    found = await get(auth, "/.well-known/openid-configuration")
    assert found == {"jwks_uri": f"{ORIGIN}/.well-known/jwks.json"}
    keys = (await get(auth, "/.well-known/jwks.json"))["keys"]
    assert len(keys) == 1
    assert {name: keys[0][name] for name in ("kty", "crv", "alg", "use", "key_ops")} == {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "EdDSA",
        "use": "sig",
        "key_ops": ["verify"],
    }
    assert set(keys[0]) == {"kty", "crv", "alg", "use", "key_ops", "kid", "x"}


async def test_documentation(auth: Auth) -> None:
    specification = await get(auth, "/auth/swagger/doc.json")
    assert {"/auth/jwt", "/auth/users/me", "/auth/presign"} <= set(specification["paths"])
    assert specification["paths"]["/auth/jwt"].keys() == {"get"}
    page = await auth.client.get("/auth/swagger")
    assert page.headers["Content-Type"].startswith("text/html")


async def test_unknown_routes_and_verbs(auth: Auth) -> None:
    for verb, path, status in (("GET", "/auth/nothing", 404), ("PUT", "/auth/info", 405), ("GET", "/", 404)):
        response = await auth.client.request(verb, path)
        assert response.status_code == status
        assert response.json() == {"status": status, "message": "", "details": None}


async def test_head_is_get_without_the_body(auth: Auth) -> None:
    for path, headers, status in (
        ("/auth/health", {}, 200),
        ("/.well-known/jwks.json", {}, 200),
        ("/auth/users/me", bearer(await auth.register("alice")), 200),
        ("/auth/users/me", {}, 401),
        ("/auth/sessions/x", {}, 405),
    ):
        response = await auth.client.head(path, headers=headers)
        assert (response.status_code, response.content) == (status, b"")


async def test_no_body_is_read_without_a_bound(auth: Auth) -> None:
    body = b'{"login": "' + bytes(256 * 1024)

    async def unannounced() -> AsyncIterator[bytes]:
        yield body

    for kind in ({}, {"Content-Type": "application/json"}):
        for content in (body, unannounced()):
            response = await auth.client.post("/auth/sessions", content=content, headers=kind)
            assert response.status_code == response.json()["status"] == 413


async def test_replicas_that_start_at_once_share_one_key(database: Database) -> None:
    async def start() -> list[Any]:
        async with running(database) as auth:
            return list((await get(auth, "/.well-known/jwks.json"))["keys"])

    keys = await asyncio.gather(*(start() for _ in range(5)))
    assert all(found == keys[0] for found in keys)
    assert len(keys[0]) == 1


async def test_tokens_survive_a_restart(database: Database) -> None:
    async with running(database) as auth:
        token = await auth.jwt(**bearer(await auth.register("alice")))
    async with running(database) as auth:
        assert (await auth.me(token))["username"] == "alice"


def pem_file(folder: Path, label: str = "PRIVATE KEY", bits: int = 2048, password: bytes | None = None) -> Path:
    traditional = label == "RSA PRIVATE KEY"
    text = rsa.generate_private_key(65537, bits).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL if traditional else serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption(),
    )
    path = folder / f"{uuid4().hex}.pem"
    path.write_bytes(text)
    return path


async def test_a_configured_rsa_key_signs_and_the_former_key_verifies(
    auth: Auth, make_auth: MakeAuth, tmp_path: Path
) -> None:
    token = await auth.register("alice")
    former = await auth.jwt(**bearer(token))
    with_rsa = await make_auth(rsa_private_key_path=pem_file(tmp_path))
    published = await get(with_rsa, "/.well-known/jwks.json")
    assert [key["alg"] for key in published["keys"]] == ["RS256", "EdDSA"]
    assert published["keys"][0].keys() == {"kty", "n", "e", "use", "key_ops", "alg", "kid"}
    jwt = await with_rsa.jwt(**bearer(token))
    decoded = jose.decode(jwt, KeySet.import_key_set(published), algorithms=["RS256"])
    assert decoded.header == {"alg": "RS256", "typ": "JWT", "kid": published["keys"][0]["kid"]}
    assert (await with_rsa.me(former))["username"] == "alice"
    verifier = Verifier(JwksUrl(with_rsa.client, "/.well-known/jwks.json"))
    assert (await verifier.verify(jwt)).username == "alice"


async def test_no_key_is_made_when_one_is_configured(database: Database, tmp_path: Path) -> None:
    async with running(database, rsa_private_key_path=pem_file(tmp_path, "RSA PRIVATE KEY")) as auth:
        assert len((await get(auth, "/.well-known/jwks.json"))["keys"]) == 1
    async with database.connection() as connection:
        assert await fetch_value(connection, "select count(*) from auth.signing_keys") == 0


async def test_a_key_of_another_replica_is_found_when_needed(auth: Auth, make_auth: MakeAuth) -> None:
    """A replica that started before a key was added verifies what that key signs."""
    from joserfc.jwk import OKPKey

    from kyoo.auth.queries import signing_keys

    old_keys = auth.app.state.context.keys
    key = OKPKey.generate_key("Ed25519")
    async with auth.app.state.context.database.connection() as connection:
        await signing_keys.insert(connection, "newer", "EdDSA", key.as_pem(private=True).decode())
    newer = await make_auth()
    token = await newer.jwt(**bearer(await newer.register("alice")))
    old_keys._loaded_at -= 60
    assert (await auth.me(token))["username"] == "alice"


#: Every route and who may call it: nobody in particular, any caller, or the holder of a permission.
TABLE = {
    "GET /auth/health": "public",
    "GET /auth/ready": "public",
    "GET /auth/info": "public",
    "* /auth/jwt": "public",
    "* /auth/jwt/{rest:path}": "public",
    "POST /auth/presign": "any",
    "POST /auth/users": "public",
    "GET /auth/users": "users.read",
    "GET /auth/users/{id_or_username}": "users.read",
    "PATCH /auth/users/{user_id}": "users.write",
    "DELETE /auth/users/{user_id}": "users.delete",
    "GET /auth/users/me": "any",
    "PATCH /auth/users/me": "any",
    "DELETE /auth/users/me": "any",
    "PATCH /auth/users/me/password": "any",
    "GET /auth/users/me/logo": "any",
    "POST /auth/users/me/logo": "any",
    "DELETE /auth/users/me/logo": "any",
    "GET /auth/users/{id_or_username}/logo": "any",
    "DELETE /auth/users/{user_id}/logo": "users.write",
    "GET /auth/users/me/sessions": "any",
    "GET /auth/users/{id_or_username}/sessions": "users.read",
    "DELETE /auth/users/{id_or_username}/sessions/{session_id}": "users.write",
    "POST /auth/sessions": "public",
    "GET /auth/sessions": "any",
    "DELETE /auth/sessions": "any",
    "DELETE /auth/sessions/current": "any",
    "DELETE /auth/sessions/{session_id}": "any",
    "GET /auth/keys": "apikeys.read",
    "POST /auth/keys": "apikeys.write",
    "DELETE /auth/keys/{key_id}": "apikeys.write",
    "POST /auth/sessions/second-factor": "public",
    "POST /auth/sessions/second-factor/options": "public",
    "GET /auth/users/me/passkeys": "any",
    "POST /auth/users/me/passkeys/options": "any",
    "POST /auth/users/me/passkeys": "any",
    "DELETE /auth/users/me/passkeys/{passkey_id}": "any",
    "POST /auth/passkeys/options": "public",
    "POST /auth/passkeys/sessions": "public",
    "GET /auth/users/me/export": "any",
    "POST /auth/device": "public",
    "POST /auth/device/token": "public",
    "GET /auth/device/{user_code}": "any",
    "POST /auth/device/{user_code}": "any",
    "POST /auth/users/me/totp": "any",
    "POST /auth/users/me/totp/confirm": "any",
    "DELETE /auth/users/me/totp": "any",
    "POST /auth/users/me/recovery-codes": "any",
    "DELETE /auth/users/{user_id}/second-factors": "users.write",
    "GET /auth/users/me/app-passwords": "any",
    "POST /auth/users/me/app-passwords": "any",
    "DELETE /auth/users/me/app-passwords/{app_password_id}": "any",
    "POST /auth/invitations": "users.write",
    "GET /auth/invitations": "users.write",
    "GET /auth/invitations/check": "public",
    "DELETE /auth/invitations/{invitation_id}": "users.write",
    "POST /auth/users/{user_id}/password-reset": "users.write",
    "POST /auth/password-resets": "public",
    "POST /auth/password-resets/{token}": "public",
    "GET /auth/oidc/login/{provider}": "public",
    "GET /auth/oidc/logged/{provider}": "public",
    "GET /auth/oidc/callback/{provider}": "public",
    "POST /auth/oidc/callback/{provider}": "any",
    "POST /auth/sessions/cookie": "any",
    "DELETE /auth/sessions/cookie": "public",
    "DELETE /auth/oidc/login/{provider}": "any",
    "GET /auth/federation/authorize": "public",
    "POST /auth/federation/authorize": "public",
    "POST /auth/federation/token": "public",
    "GET /auth/federation/profile": "public",
    "GET /auth/federation/picture": "public",
    "GET /auth/audit": "users.read",
    "GET /auth/deletions": "users.read",
    "GET /.well-known/jwks.json": "public",
    "GET /.well-known/openid-configuration": "public",
}


def declared(database: Database) -> dict[str, str]:
    table: dict[str, str] = {}
    app = create_app(AuthSettings(), make_runtime(database))
    for route in iter_route_contexts(app.routes):
        if not isinstance(route.original_route, APIRoute):
            continue
        guard = next(guards(route.dependant))
        access = "public" if guard.public else ", ".join(guard.permissions) or "any"
        verbs = ["*"] if str(route.path).startswith("/auth/jwt") else sorted(route.methods or ())
        table |= {f"{verb} {route.path}": access for verb in verbs}
    return table


async def test_the_table_of_permissions_is_what_the_routes_declare(database: Database) -> None:
    assert declared(database) == TABLE


async def test_each_route_lets_in_who_the_table_says(make_auth: MakeAuth) -> None:
    keys = {
        permission.replace(".", ""): ApiKeyConfig(token=permission, claims={"permissions": [permission]})
        for permission in sorted({access for access in TABLE.values() if "." in access})
    }
    closed = await make_auth(api_keys=keys)
    open_house = await make_auth(guest_claims={"permissions": ["users.read", "apikeys.write"]})
    user = await closed.register("first") and await closed.register("second")

    async def status(auth: Auth, route: str, headers: dict[str, str]) -> int:
        verb, path = route.split(" ")
        for name in ("id_or_username", "user_id", "key_id", "session_id", "invitation_id"):
            path = path.replace(f"{{{name}}}", str(uuid4()))
        return (await auth.client.request(verb, path, headers=headers)).status_code

    for route, access in TABLE.items():
        if access == "public":
            continue
        assert await status(closed, route, {}) == 401, route
        if access == "any":
            continue
        assert await status(open_house, route, {}) == 401, route
        assert await status(closed, route, bearer(user)) == 403, route
        for permission in (key.token.get_secret_value() for key in keys.values()):
            refused = await status(closed, route, {"X-Api-Key": permission}) == 403
            assert refused is (permission != access), (route, permission)


async def test_an_unusable_key_file_stops_the_start(database: Database, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="RSA_PRIVATE_KEY_PATH"):
        create_app(AuthSettings(rsa_private_key_path=tmp_path / "missing.pem"), make_runtime(database))
