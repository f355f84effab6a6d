"""`/auth/password-resets` and `/auth/users/{id}/password-reset`: one-time links, from an administrator or by mail."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from auth_client import ADMIN_KEY, ORIGIN, Auth, MakeAuth, add_jobs, bearer
from pydantic import ValidationError
from tests.fakes.smtp import FakeSmtp

from kyoo.auth.settings import ApiKeyConfig
from kyoo.auth.tokens.claims import EVERY_PERMISSION
from kyoo.core.database.postgres import Database, execute, fetch_all, fetch_value
from kyoo.core.database.queue import Queue

ADMIN = {"X-Api-Key": ADMIN_KEY}
ADMIN_SETTINGS = {"api_keys": {"admin": ApiKeyConfig(token=ADMIN_KEY, claims={"permissions": list(EVERY_PERMISSION)})}}


@asynccontextmanager
async def mailing(make_auth: MakeAuth, **settings: Any) -> AsyncIterator[tuple[Auth, FakeSmtp, Queue]]:
    with FakeSmtp() as smtp:
        url = f"smtp://127.0.0.1:{smtp.port}"
        auth = await make_auth(**ADMIN_SETTINGS, smtp_url=url, mail_from="server@kyoo.test", **settings)
        queue: Queue = auth.app.state.context.password_resets._queue
        add_jobs(queue)
        async with queue.open_async():
            yield auth, smtp, queue


async def work(auth: Auth, queue: Queue) -> None:
    """Run the jobs that are due."""
    context = {"auth": auth.app.state.context}
    await queue.run_worker_async(wait=False, listen_notify=False, additional_context=context)


async def ask(auth: Auth, login: str) -> int:
    return int((await auth.client.post("/auth/password-resets", json={"login": login})).status_code)


async def reset(auth: Auth, token: str, password: str = "a new one") -> int:
    return int((await auth.client.post(f"/auth/password-resets/{token}", json={"password": password})).status_code)


async def log_in(auth: Auth, password: str) -> int:
    return int((await auth.client.post("/auth/sessions", json={"login": "alice", "password": password})).status_code)


async def test_a_forgotten_password(make_auth: MakeAuth) -> None:
    async with mailing(make_auth) as (auth, smtp, queue):
        assert (await auth.client.get("/auth/info")).json()["features"]["mail"] is True
        session = await auth.register("alice")
        assert await ask(auth, "Alice@Kyoo.test") == 204
        await work(auth, queue)
        (recipients, message), *others = smtp.messages
        assert (recipients, others) == (["alice@kyoo.test"], [])
        assert message["From"] == "server@kyoo.test"
        link = re.search(rf"{ORIGIN}/reset\?token=([\w-]+)", message.get_content())
        assert link is not None
        assert "alice" in message.get_content()

        assert await reset(auth, link[1]) == 204
        assert await log_in(auth, "password of alice") == 403
        assert await log_in(auth, "a new one") == 201
        assert (await auth.client.get("/auth/jwt", headers=bearer(session))).status_code == 403
        assert await reset(auth, link[1]) == 404
        log = (await auth.client.get("/auth/audit?user=alice", headers=ADMIN)).json()["items"]
        assert [entry["action"] for entry in log][2:4] == ["password.reset", "password_reset.mailed"]


async def test_the_answer_never_tells_whether_an_account_exists(make_auth: MakeAuth) -> None:
    async with mailing(make_auth) as (auth, smtp, queue):
        assert await ask(auth, "nobody@kyoo.test") == 204
        assert await ask(auth, "nobody@kyoo.test") == 204
        alice = (await auth.me(await auth.register("alice")))["id"]
        await auth.add_administrator()
        await auth.client.patch(f"/auth/users/{alice}", json={"disabled": True}, headers=ADMIN)
        assert await ask(auth, "alice") == 204
        await work(auth, queue)
        assert smtp.messages == []
    silent = await make_auth(**ADMIN_SETTINGS)
    assert (await silent.client.get("/auth/info")).json()["features"]["mail"] is False
    assert await ask(silent, "alice") == 204


async def test_no_link_is_stored(make_auth: MakeAuth, database: Database) -> None:
    async with mailing(make_auth) as (auth, smtp, queue):
        await auth.register("alice")
        await ask(auth, "alice")
        await work(auth, queue)
        token = re.search(r"token=([\w-]+)", smtp.messages[0][1].get_content())
        assert token is not None
        async with database.connection() as connection:
            for table in ("auth.password_resets", "auth.audit", "queue.procrastinate_jobs"):
                text = str(await fetch_all(connection, f"select t::text from {table} t"))
                assert token[1] not in text


async def test_a_mail_server_that_is_down_is_tried_again(make_auth: MakeAuth, database: Database) -> None:
    async with mailing(make_auth) as (auth, smtp, queue):
        await auth.register("alice")
        smtp.fails = 1
        await ask(auth, "alice")
        await work(auth, queue)
        assert smtp.messages == []
        async with database.connection() as connection:
            assert await fetch_value(connection, "select count(*) from auth.password_resets") == 0
            await execute(connection, "update queue.procrastinate_jobs set scheduled_at = null")
        await work(auth, queue)
        assert len(smtp.messages) == 1


async def test_mails_are_limited(make_auth: MakeAuth) -> None:
    async with mailing(make_auth, login_attempts_per_account=6) as (auth, smtp, queue):
        await auth.register("alice")
        for _ in range(5):
            assert await ask(auth, "alice") == 204
            await work(auth, queue)
        assert len(smtp.messages) == 3
        assert await ask(auth, "alice") == 204
        limited = await auth.client.post("/auth/password-resets", json={"login": "alice"})
        assert limited.status_code == 429
        assert int(limited.headers["Retry-After"]) > 0


async def test_an_administrator_gives_a_link(auth: Auth, database: Database) -> None:
    await auth.register("root")
    alice = (await auth.me(await auth.register("alice")))["id"]
    url = f"/auth/users/{alice}/password-reset"
    assert (await auth.client.post(url)).status_code == 401
    assert (await auth.client.post(f"/auth/users/{uuid4()}/password-reset", headers=ADMIN)).status_code == 404
    offered = await auth.client.post(url, headers=ADMIN)
    assert offered.status_code == 201
    assert set(offered.json()) == {"url", "expireAt", "mailed"}
    assert offered.json()["mailed"] is False
    token = offered.json()["url"].removeprefix(f"{ORIGIN}/reset?token=")
    for bad in ("", "x" * 2000):
        assert await reset(auth, token, bad) == 422
    assert await reset(auth, "unknown") == 404
    assert await reset(auth, token) == 204
    assert await log_in(auth, "a new one") == 201

    offered = await auth.client.post(url, headers=ADMIN)
    async with database.connection() as connection:
        await execute(connection, "update auth.password_resets set expire_at = now()")
    assert await reset(auth, offered.json()["url"].removeprefix(f"{ORIGIN}/reset?token=")) == 404


async def test_one_reset_ends_all_links(auth: Auth) -> None:
    alice = (await auth.me(await auth.register("alice")))["id"]
    links = [
        (await auth.client.post(f"/auth/users/{alice}/password-reset", headers=ADMIN)).json()["url"] for _ in range(2)
    ]
    tokens = [link.removeprefix(f"{ORIGIN}/reset?token=") for link in links]
    assert [await reset(auth, token) for token in tokens] == [204, 404]


async def test_another_password_or_address_ends_all_links(auth: Auth) -> None:
    token = await auth.register("alice")
    url = f"/auth/users/{(await auth.me(token))['id']}/password-reset"
    for path, body in (
        ("/password", {"oldPassword": "password of alice", "newPassword": "correct horse"}),
        ("", {"email": "other@kyoo.test"}),
    ):
        link = (await auth.client.post(url, headers=ADMIN)).json()["url"]
        changed = await auth.client.patch(f"/auth/users/me{path}", json=body, headers=bearer(token))
        assert changed.is_success
        assert await reset(auth, link.removeprefix(f"{ORIGIN}/reset?token=")) == 404


async def test_the_password_of_a_greater_administrator_is_out_of_reach(make_auth: MakeAuth) -> None:
    auth = await make_auth(extra_claims={"permissions": ["users.write"]}, first_user_claims={"permissions": ["a.b"]})
    root = (await auth.me(await auth.register("root")))["id"]
    lesser = await auth.register("lesser")
    refused = await auth.client.post(f"/auth/users/{root}/password-reset", headers=bearer(lesser))
    assert refused.status_code == 403


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://host:port", "host"])
async def test_settings_that_name_no_mail_server_stop_the_start(
    make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("KYOO_SMTP_URL", url)
    with pytest.raises(ValidationError, match="KYOO_SMTP_URL"):
        await make_auth()
