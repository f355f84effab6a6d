"""Profile pictures: upload, caching, who sees them, Gravatar."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from auth_client import ADMIN_KEY, Auth, MakeAuth, bearer
from PIL import Image, ImageColor
from tests.fakes.s3 import Bucket

ADMIN = {"X-Api-Key": ADMIN_KEY}
LIMIT = 5 * 1024 * 1024


def drawn(kind: str, colour: str, size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", size, colour).save(output, kind, **options)
    return output.getvalue()


PNG = drawn("PNG", "red")
GIF = drawn("GIF", "blue")


def shows(content: bytes, colour: str, size: tuple[int, int] = (40, 30)) -> bool:
    """Whether this is a copy of ours of a picture that `drawn` made."""
    with Image.open(io.BytesIO(content), formats=["WEBP"]) as copy:
        assert set(copy.info) <= {"loop", "background", "timestamp", "duration"}
        wanted = ImageColor.getrgb(colour)
        found = copy.convert("RGB").getpixel((copy.width // 2, copy.height // 2))
        assert isinstance(found, tuple)
        return copy.size == size and all(abs(a - b) < 6 for a, b in zip(found, wanted, strict=True))


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
    assert (await auth.client.get("/auth/users/me/logo", **mine)).status_code == 404  # type: ignore[arg-type]
    for data, colour in ((PNG, "red"), (GIF, "blue")):
        assert await upload(auth, token, data) == 204
        response = await auth.client.get("/auth/users/me/logo", **mine)  # type: ignore[arg-type]
        assert response.status_code == 200
        assert shows(response.content, colour)
        assert response.headers["Content-Type"] == "image/webp"
        assert stored(tmp_path) == [response.content]
    assert (await auth.client.delete("/auth/users/me/logo", **mine)).status_code == 204  # type: ignore[arg-type]
    assert (await auth.client.get("/auth/users/me/logo", **mine)).status_code == 404  # type: ignore[arg-type]
    assert (await auth.client.delete("/auth/users/me/logo", **mine)).status_code == 404  # type: ignore[arg-type]
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
    assert changed.status_code == 200
    assert shows(changed.content, "blue")


async def test_a_user_object_says_where_the_picture_is(auth: Auth) -> None:
    token = await auth.register("alice")
    paths = [(await auth.me(token))["logo"]]
    for data, colour in ((PNG, "red"), (GIF, "blue")):
        await upload(auth, token, data)
        path = (await auth.me(token))["logo"]
        assert shows((await auth.client.get(path, headers=bearer(token))).content, colour)
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
    (kept,) = stored(tmp_path)
    assert shows(kept, "red")


def png(width: int, height: int, rows: int | None = None) -> bytes:
    """A PNG whose header says this size, with all of its pixels or only some rows of them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = bytes((1 + (width + 7) // 8) * (height if rows is None else rows))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(20_000, 20_000), (2, 17_000), (17_000, 2), (1, 40_000_000), (60_000, 60_000)])
async def test_a_picture_that_says_it_is_huge_is_refused_by_its_header(
    auth: Auth, tmp_path: Path, size: tuple[int, int]
) -> None:
    token = await auth.register("alice")
    files = {"logo": ("me.png", png(*size, rows=2), "image/png")}
    refused = await auth.client.post("/auth/users/me/logo", files=files, headers=bearer(token))
    assert (refused.status_code, "too large" in refused.json()["message"]) == (422, True)
    assert not (tmp_path / "pictures").exists() or stored(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["../../../evil.png", "/etc/cron.d/evil", "..\\..\\evil.png", "evil.php", "a/../../b.webp", "%2e%2e%2fevil"]
)
async def test_the_name_of_an_upload_decides_nothing(auth: Auth, tmp_path: Path, name: str) -> None:
    """CVE-2026-35031: an uploaded file was written where its name said."""
    token = await auth.register("alice")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    files = {"logo": (name, PNG, "image/png")}
    assert (await auth.client.post("/auth/users/me/logo", files=files, headers=bearer(token))).status_code == 204
    (made,) = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    user = await auth.me(token)
    assert (made.parent, made.name.startswith(user["id"]), made.suffix) == (tmp_path / "pictures", True, ".webp")


@pytest.mark.parametrize(
    ("size", "kept"), [((2, 16_000), (1, 512)), ((16_000, 1), (512, 1)), ((3000, 1500), (512, 256)), ((8, 8), (8, 8))]
)
async def test_a_copy_is_small_whatever_the_shape(
    auth: Auth, tmp_path: Path, size: tuple[int, int], kept: tuple[int, int]
) -> None:
    token = await auth.register("alice")
    assert await upload(auth, token, png(*size)) == 204
    (copy,) = stored(tmp_path)
    assert Image.open(io.BytesIO(copy)).size == kept


async def test_nothing_that_a_photo_says_of_its_maker_is_kept(auth: Auth, tmp_path: Path) -> None:
    token = await auth.register("alice")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (48.0, 12.0, 30.0)}  # GPS
    exif[0x010F] = "SECRET CAMERA"
    photo = drawn("JPEG", "red", (600, 400), exif=exif, comment=b"SECRET COMMENT", icc_profile=b"SECRET" * 20)
    assert photo.count(b"SECRET") > 20
    assert await upload(auth, token, photo) == 204
    (copy,) = stored(tmp_path)
    assert b"SECRET" not in copy
    assert shows(copy, "red", (512, 341))


async def test_an_animation_becomes_its_first_picture(auth: Auth, tmp_path: Path) -> None:
    token = await auth.register("alice")
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("lime", "black", "red")]
    output = io.BytesIO()
    frames[0].save(output, "GIF", save_all=True, append_images=frames[1:])
    assert await upload(auth, token, output.getvalue()) == 204
    (copy,) = stored(tmp_path)
    assert shows(copy, "lime", (50, 50))


async def test_an_upload_from_before_copies_were_made_is_sent_as_a_copy(auth: Auth, tmp_path: Path) -> None:
    token = await auth.register("alice")
    await upload(auth, token, PNG)
    (made,) = (tmp_path / "pictures").iterdir()
    (tmp_path / "pictures" / "old").write_bytes(drawn("PNG", "blue", (2000, 1000)))
    database = auth.app.state.context.database
    async with database.connection() as connection:
        await connection.execute("update auth.pictures set object = 'old', content_type = 'image/png'")
    for _ in range(2):
        response = await auth.client.get("/auth/users/me/logo", headers=bearer(token))
        assert response.headers["Content-Type"] == "image/webp"
        assert shows(response.content, "blue", (512, 256))
    made.unlink()
    assert stored(tmp_path) == [response.content]
    (tmp_path / "pictures" / "older").write_bytes(png(20_000, 20_000, rows=2))
    async with database.connection() as connection:
        await connection.execute("update auth.pictures set object = 'older', content_type = 'image/png'")
    assert (await auth.client.get("/auth/users/me/logo", headers=bearer(token))).status_code == 404


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
    assert response.status_code == 200
    assert shows(response.content, "blue")
    assert response.headers["Cache-Control"] == "private, max-age=86400"
    digest = hashlib.md5(b"alice@kyoo.test").hexdigest()
    assert asked == [f"https://www.gravatar.com/avatar/{digest}?d=404"]
    known = {**bearer(token), "If-None-Match": response.headers["ETag"]}
    assert (await auth.client.get("/auth/users/me/logo", headers=known)).status_code == 304
    await upload(auth, token, PNG)
    assert shows((await auth.client.get("/auth/users/me/logo", headers=bearer(token))).content, "red")
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
        lambda _: httpx2.Response(200, content=png(20_000, 20_000, rows=2)),
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
    for data, colour in ((PNG, "red"), (GIF, "blue")):
        assert await upload(auth, token, data) == 204
        assert shows((await auth.client.get("/auth/users/me/logo", **mine)).content, colour)  # type: ignore[arg-type]
        (name,) = bucket.names()
        assert name.startswith("kyoo/")
    assert (await auth.client.delete("/auth/users/me/logo", **mine)).status_code == 204  # type: ignore[arg-type]
    assert bucket.names() == []
