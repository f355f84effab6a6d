"""Profile pictures: upload, caching, who sees them, Gravatar (auth.md §4.4)."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
from auth_client import ADMIN_KEY, Auth, MakeAuth, bearer
from tests.fakes.s3 import Bucket

ADMIN = {"X-Api-Key": ADMIN_KEY}
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
GIF = b"GIF89a" + b"picture"
LIMIT = 5 * 1024 * 1024


async def upload(auth: Auth, token: str, data: bytes, field: str = "logo") -> int:
    response = await auth.client.post(
        "/auth/users/me/logo", files={field: ("me.png", data, "text/html")}, headers=bearer(token)
    )
    return response.status_code


def stored(tmp_path: Path) -> list[bytes]:
    return [path.read_bytes() for path in (tmp_path / "pictures").iterdir()]


async def test_upload_read_replace_delete(auth: Auth, tmp_path: Path) -> None:
    token = await auth.register("alice")
    mine = {"headers": bearer(token)}
    assert (await auth.client.get("/auth/users/me/logo", **mine)).status_code == 404
    for data, media in ((PNG, "image/png"), (GIF, "image/gif")):
        assert await upload(auth, token, data) == 204
        response = await auth.client.get("/auth/users/me/logo", **mine)
        assert (response.status_code, response.content) == (200, data)
        assert response.headers["Content-Type"] == media
        assert stored(tmp_path) == [data]
    assert (await auth.client.delete("/auth/users/me/logo", **mine)).status_code == 204
    assert (await auth.client.get("/auth/users/me/logo", **mine)).status_code == 404
    assert (await auth.client.delete("/auth/users/me/logo", **mine)).status_code == 404
    assert stored(tmp_path) == []


async def test_a_copy_that_is_current_is_not_sent_again(auth: Auth) -> None:
    token = await auth.register("alice")
    await upload(auth, token, PNG)
    first = await auth.client.get("/auth/users/me/logo", headers=bearer(token))
    assert first.headers["Cache-Control"] == "private, no-cache"
    known = {"If-None-Match": f'"x", W/{first.headers["ETag"]}'}
    again = await auth.client.get("/auth/users/me/logo", headers={**bearer(token), **known})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    await upload(auth, token, GIF)
    changed = await auth.client.get("/auth/users/me/logo", headers={**bearer(token), **known})
    assert (changed.status_code, changed.content) == (200, GIF)


async def test_a_user_object_says_where_the_picture_is(auth: Auth) -> None:
    token = await auth.register("alice")
    paths = [(await auth.me(token))["logo"]]
    for data in (PNG, GIF):
        await upload(auth, token, data)
        path = (await auth.me(token))["logo"]
        assert (await auth.client.get(path, headers=bearer(token))).content == data
        listed = (await auth.client.get("/auth/users", headers=ADMIN)).json()["items"][0]
        assert (listed["logo"], listed["hasPicture"]) == (path, True)
        paths.append(path)
    assert paths[0] is None
    assert len(set(paths)) == 3
    await auth.client.delete("/auth/users/me/logo", headers=bearer(token))
    me = await auth.me(token)
    assert (me["logo"], me["hasPicture"]) == (None, False)


async def test_what_is_not_accepted(auth: Auth, tmp_path: Path) -> None:
    token = await auth.register("alice")
    assert await upload(auth, token, b"<svg/>") == 422
    assert await upload(auth, token, b"") == 422
    assert await upload(auth, token, PNG, "picture") == 422
    assert await upload(auth, token, PNG + bytes(LIMIT - len(PNG))) == 204
    assert await upload(auth, token, PNG + bytes(LIMIT - len(PNG) + 1)) == 413
    assert await upload(auth, token, PNG + bytes(3 * LIMIT)) == 413

    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="logo"; filename="a.png"\r\n\r\n'
        while True:
            yield bytes(64 * 1024)

    form = {**bearer(token), "Content-Type": "multipart/form-data; boundary=x"}
    response = await auth.client.post("/auth/users/me/logo", content=endless(), headers=form)
    assert response.status_code == response.json()["status"] == 413
    for content, media in (
        (PNG, "image/png"),
        (b"logo=x", "application/x-www-form-urlencoded"),
        (b"garbage", "multipart/form-data; boundary=x"),
        (b"garbage", "multipart/form-data"),
    ):
        response = await auth.client.post(
            "/auth/users/me/logo", content=content, headers={**bearer(token), "Content-Type": media}
        )
        assert response.status_code == 422, (content, media)
    assert [len(data) for data in stored(tmp_path)] == [LIMIT]


async def test_who_sees_whose_picture(auth: Auth, make_auth: MakeAuth) -> None:
    alice = await auth.register("alice")
    bob = await auth.register("bob")
    user = await auth.me(bob)
    await upload(auth, alice, PNG)
    await upload(auth, bob, GIF)

    async def status(name: str, headers: dict[str, str]) -> int:
        return (await auth.client.get(f"/auth/users/{name}/logo", headers=headers)).status_code

    assert await status("bob", bearer(bob)) == 200
    assert await status(user["id"], bearer(bob)) == 200
    assert await status("alice", bearer(bob)) == 403
    assert await status("bob", bearer(alice)) == 200
    assert await status(user["id"], ADMIN) == 200
    assert await status("nobody", ADMIN) == 404
    assert await status("bob", {}) == 401
    open_house = await make_auth(guest_claims={"permissions": ["users.read"]})
    assert (await open_house.client.get("/auth/users/bob/logo")).status_code == 401


async def test_an_administrator_removes_a_picture(auth: Auth) -> None:
    await auth.register("alice")
    bob = await auth.register("bob")
    user = await auth.me(bob)
    await upload(auth, bob, GIF)
    path = f"/auth/users/{user['id']}/logo"
    assert (await auth.client.delete(path, headers=bearer(bob))).status_code == 403
    assert (await auth.client.delete(path, headers=ADMIN)).status_code == 204
    assert (await auth.client.delete(path, headers=ADMIN)).status_code == 404


async def test_the_picture_goes_with_its_user(auth: Auth, tmp_path: Path) -> None:
    token = await auth.register("alice")
    await upload(auth, token, PNG)
    await auth.client.delete("/auth/users/me", headers=bearer(token))
    assert stored(tmp_path) == []


async def test_a_lost_file_is_no_picture(auth: Auth, tmp_path: Path) -> None:
    token = await auth.register("alice")
    await upload(auth, token, PNG)
    for path in (tmp_path / "pictures").iterdir():
        path.unlink()
    assert (await auth.client.get("/auth/users/me/logo", headers=bearer(token))).status_code == 404


def with_gravatar(auth: Auth, answer: Callable[[httpx2.Request], httpx2.Response]) -> list[str]:
    """Let `answer` be the Gravatar of a service; gives the list of the URLs it will be asked for."""
    asked: list[str] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return answer(request)

    gravatar: Any = auth.app.state.context.gravatar
    gravatar._client = httpx2.AsyncClient(transport=httpx2.MockTransport(handle))
    return asked


async def test_gravatar_is_asked_for_who_has_no_picture(make_auth: MakeAuth) -> None:
    auth = await make_auth(gravatar=True)
    asked = with_gravatar(auth, lambda _: httpx2.Response(200, content=GIF))
    token = await auth.register("alice")
    user = await auth.me(token)
    assert (user["logo"], user["hasPicture"]) == (f"/auth/users/{user['id']}/logo", False)
    response = await auth.client.get("/auth/users/me/logo", headers=bearer(token))
    assert (response.status_code, response.content) == (200, GIF)
    assert response.headers["Cache-Control"] == "private, max-age=86400"
    digest = hashlib.md5(b"alice@kyoo.test").hexdigest()
    assert asked == [f"https://www.gravatar.com/avatar/{digest}?d=404"]
    known = {**bearer(token), "If-None-Match": response.headers["ETag"]}
    assert (await auth.client.get("/auth/users/me/logo", headers=known)).status_code == 304
    await upload(auth, token, PNG)
    assert (await auth.client.get("/auth/users/me/logo", headers=bearer(token))).content == PNG
    assert len(asked) == 2
    assert (await auth.me(token))["hasPicture"] is True


async def test_what_gravatar_has_not_is_remembered(make_auth: MakeAuth) -> None:
    auth = await make_auth(gravatar=True)
    asked = with_gravatar(auth, lambda _: httpx2.Response(404))
    headers = bearer(await auth.register("alice"))
    for _ in range(3):
        assert (await auth.client.get("/auth/users/me/logo", headers=headers)).status_code == 404
    assert len(asked) == 1


async def test_a_gravatar_that_fails_is_502_and_left_alone_for_a_while(make_auth: MakeAuth) -> None:
    def slow(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("too slow")

    for answer in (
        slow,
        lambda _: httpx2.Response(500),
        lambda _: httpx2.Response(302, headers={"Location": "http://127.0.0.1/"}),
        lambda _: httpx2.Response(200, content=b"<html>"),
        lambda _: httpx2.Response(200, content=GIF + bytes(LIMIT)),
    ):
        auth = await make_auth(gravatar=True)
        asked = with_gravatar(auth, answer)
        headers = bearer(await auth.register(f"user{id(answer)}"))
        for _ in range(2):
            assert (await auth.client.get("/auth/users/me/logo", headers=headers)).status_code == 502
        assert len(asked) == 1


async def test_gravatar_is_off_unless_asked_for(auth: Auth) -> None:
    assert auth.app.state.context.gravatar is None


async def test_pictures_in_an_object_store(make_auth: MakeAuth, bucket: Bucket) -> None:
    auth = await make_auth(profile_picture_path=bucket.url)
    token = await auth.register("alice")
    mine = {"headers": bearer(token)}
    for data in (PNG, GIF):
        assert await upload(auth, token, data) == 204
        assert (await auth.client.get("/auth/users/me/logo", **mine)).content == data
        (name,) = bucket.names()
        assert name.startswith("kyoo/")
    assert (await auth.client.delete("/auth/users/me/logo", **mine)).status_code == 204
    assert bucket.names() == []
