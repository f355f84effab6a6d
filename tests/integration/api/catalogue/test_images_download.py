"""Where a picture may come from: the instance itself, or the public internet within limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx2
import pytest

from kyoo.api.catalogue import images
from kyoo.api.catalogue.images import ImageError, download, image_id, own_path
from kyoo.core.public_internet import PublicOnly

HERE = "https://kyoo.example.com"


def test_own_urls_are_known_without_their_origin() -> None:
    assert own_path("https://kyoo.example.com/scanner/pictures/x?v=1", HERE) == "/scanner/pictures/x?v=1"
    assert own_path("/video/x/cover.jpg", HERE) == "/video/x/cover.jpg"
    assert own_path("https://kyoo.example.com.evil.org/x", HERE) is None
    assert own_path("//evil.org/x", HERE) is None
    assert own_path("https://image.tmdb.org/t/p/original/x.jpg", HERE) is None


def test_the_id_of_an_own_picture_survives_a_move_of_the_instance() -> None:
    assert image_id("https://kyoo.example.com/video/x", HERE) == image_id(
        "http://localhost/video/x", "http://localhost"
    )
    assert image_id("https://a.org/x", HERE) != image_id("https://b.org/x", HERE)


Handler = Callable[[httpx2.Request], httpx2.Response]


def outside(handler: Handler, hosts: dict[str, list[str]] | None = None) -> httpx2.AsyncClient:
    """A client of the internet whose names are in `hosts` and whose servers are `handler`."""

    async def resolve(host: str, _port: int) -> list[str]:
        return (hosts or {"pictures.org": ["93.184.216.34"]}).get(host) or [host]

    return httpx2.AsyncClient(
        transport=PublicOnly(lambda: httpx2.MockTransport(handler), resolve), follow_redirects=True, max_redirects=3
    )


def unreachable(request: httpx2.Request) -> httpx2.Response:
    raise AssertionError(f"{request.url} must not be asked for")


async def fetch(
    handler: Handler, source: str = "https://pictures.org/a.jpg", hosts: dict[str, list[str]] | None = None
) -> bytes:
    peer = httpx2.AsyncClient(transport=httpx2.MockTransport(unreachable), base_url=HERE)
    async with peer, outside(handler, hosts) as client:
        return await download(source, public_url=HERE, peer=peer, outside=client)


def picture(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, content=b"bytes", headers={"content-type": "image/jpeg"})


async def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    seen: list[httpx2.Request] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return picture(request)

    assert await fetch(handler) == b"bytes"
    assert seen[0].url.host == "93.184.216.34"
    assert seen[0].headers["host"] == "pictures.org"
    assert seen[0].extensions["sni_hostname"] == "pictures.org"


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    tried: list[str] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        tried.append(request.url.host)
        if request.url.host == "1.1.1.1":
            raise httpx2.ConnectTimeout("no answer", request=request)
        return picture(request)

    hosts = {"pictures.org": ["1.1.1.1", "93.184.216.34"]}
    assert await fetch(handler, hosts=hosts) == b"bytes"
    assert tried == ["1.1.1.1", "93.184.216.34"]
    with pytest.raises(ImageError, match="no answer"):
        await fetch(handler, hosts={"pictures.org": ["1.1.1.1"]})


async def test_hosts_that_share_an_address_share_no_connection() -> None:
    made: list[list[str]] = []

    def make_transport() -> httpx2.MockTransport:
        hosts: list[str] = []
        made.append(hosts)

        def handler(request: httpx2.Request) -> httpx2.Response:
            hosts.append(request.headers["host"])
            return picture(request)

        return httpx2.MockTransport(handler)

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["93.184.216.34"]

    async with httpx2.AsyncClient(transport=PublicOnly(make_transport, resolve)) as client:
        for host in ("a.org", "b.org", "a.org"):
            await client.get(f"https://{host}/x.jpg")
    assert made == [["a.org", "a.org"], ["b.org"]]


@pytest.mark.parametrize(
    ("source", "hosts"),
    [
        ("http://localhost/a.jpg", {"localhost": ["127.0.0.1"]}),
        ("http://127.0.0.1:5432/", None),
        ("http://[::1]/", None),
        ("http://169.254.169.254/latest/meta-data", None),
        ("http://half.org/", {"half.org": ["93.184.216.34", "10.0.0.1"]}),
        ("http://nowhere.org/", {"nowhere.org": []}),
        ("file:///etc/passwd", None),
        ("ftp://pictures.org/a.jpg", None),
        ("gopher://pictures.org/", None),
        ("no url", None),
        ("", None),
    ],
)
async def test_private_addresses_and_other_schemes_are_refused(source: str, hosts: dict[str, list[str]] | None) -> None:
    with pytest.raises(ImageError):
        await fetch(unreachable, source, hosts)


async def test_a_redirect_to_a_private_address_is_refused() -> None:
    def handler(request: httpx2.Request) -> httpx2.Response:
        assert request.url.host == "93.184.216.34"
        return httpx2.Response(302, headers={"location": "http://10.0.0.1/secret"})

    with pytest.raises(ImageError, match="public"):
        await fetch(handler)


async def test_redirects_end() -> None:
    with pytest.raises(ImageError, match="redirects"):
        await fetch(lambda _: httpx2.Response(302, headers={"location": "https://pictures.org/b.jpg"}))


async def test_what_is_cut_off_is_a_failure_of_its_host() -> None:
    async def cut() -> AsyncIterator[bytes]:
        yield b"half"
        raise httpx2.RemoteProtocolError("peer closed connection")

    with pytest.raises(ImageError, match="closed") as raised:
        await fetch(lambda _: httpx2.Response(200, content=cut(), headers={"content-type": "image/png"}))
    assert raised.value.away


@pytest.mark.parametrize("status", [204, 401, 404, 500])
async def test_any_status_but_200_is_a_failure(status: int) -> None:
    with pytest.raises(ImageError, match=str(status)):
        await fetch(lambda _: httpx2.Response(status, content=b"x", headers={"content-type": "image/png"}))


async def test_only_image_types() -> None:
    with pytest.raises(ImageError, match="text/html"):
        await fetch(lambda _: httpx2.Response(200, content=b"x", headers={"content-type": "text/html; charset=utf-8"}))
    assert await fetch(
        lambda _: httpx2.Response(200, content=b"x", headers={"content-type": "application/octet-stream"})
    )
    assert await fetch(lambda _: httpx2.Response(200, content=b"x"))


async def test_a_source_without_end_is_cut_off() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1 << 20
            yield bytes(1 << 20)

    with pytest.raises(ImageError, match="20 MB"):
        await fetch(lambda _: httpx2.Response(200, content=endless(), headers={"content-type": "image/png"}))
    assert sent <= images.MAX_BYTES + (2 << 20)


async def test_a_slow_source_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_SECONDS", 0.05)

    async def slow() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.01)
            yield b"x"

    with pytest.raises(ImageError, match="takes over"):
        await fetch(lambda _: httpx2.Response(200, content=slow(), headers={"content-type": "image/png"}))


async def test_own_pictures_come_through_the_gateway_and_nowhere_else() -> None:
    asked: list[str] = []

    def gateway(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        if request.url.path == "/moved":
            return httpx2.Response(302, headers={"location": "https://evil.org/"})
        return picture(request)

    peer = httpx2.AsyncClient(transport=httpx2.MockTransport(gateway), base_url="http://inside", follow_redirects=True)
    async with peer, outside(unreachable) as client:

        async def get(source: str) -> bytes:
            return await download(source, public_url=HERE, peer=peer, outside=client)

        assert await get(f"{HERE}/scanner/pictures/abc?v=3") == b"bytes"
        assert await get("/video/abc/cover.jpg?v=1") == b"bytes"
        with pytest.raises(ImageError, match="302"):
            await get("/moved")
    assert asked == [
        "http://inside/scanner/pictures/abc?v=3",
        "http://inside/video/abc/cover.jpg?v=1",
        "http://inside/moved",
    ]
