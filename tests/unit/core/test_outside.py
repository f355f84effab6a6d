"""Which way a request to the outside goes: directly, through the proxy, or nowhere."""

from __future__ import annotations

import httpx2
import pytest

from kyoo.core import outside
from kyoo.core.outside import Outside, OutsideSettings


class Way(httpx2.AsyncBaseTransport):
    def __init__(self, name: str) -> None:
        self._name = name

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if "redirect" in request.url.path:
            return httpx2.Response(302, headers={"location": "http://10.0.0.9/metadata"})
        return httpx2.Response(200, text=self._name)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "PublicOnly", lambda: Way("public only"))
    monkeypatch.setattr(
        httpx2, "AsyncHTTPTransport", lambda *, trust_env, proxy=None: Way(f"through {proxy}" if proxy else "direct")
    )


async def way(settings: OutsideSettings, url: str) -> str:
    transport = outside.outside_transport(settings)
    assert isinstance(transport, Outside)
    async with httpx2.AsyncClient(transport=transport, follow_redirects=True) as client:
        return (await client.get(url)).text


async def test_an_address_that_the_operator_has_set_may_be_private() -> None:
    settings = OutsideSettings(tmdb_url="http://127.0.0.1:8765/tmdb/3", wikipedia_url="http://{lang}.wiki.lan:81")
    assert await way(settings, "http://127.0.0.1:8765/tmdb/3/movie/1") == "direct"
    assert await way(settings, "http://fr.wiki.lan:81/w/api.php") == "direct"
    for other in ("http://127.0.0.1:8766/x", "https://127.0.0.1:8765/x", "http://fr.wiki.lan/", "http://10.0.0.1/"):
        assert await way(settings, other) == "public only"
    # The addresses that are always there are no way around the check.
    assert await way(settings, "https://api.tvmaze.com/shows/1") == "public only"


async def test_a_redirect_does_not_lead_into_the_network() -> None:
    settings = OutsideSettings(tmdb_url="http://127.0.0.1:8765")
    assert await way(settings, "http://127.0.0.1:8765/redirect") == "public only"


async def test_one_proxy_is_for_all_but_the_own_network() -> None:
    proxy = "socks5://user:secret@proxy.example:1080"
    settings = OutsideSettings(proxy=proxy, tvdb_url="http://192.168.1.4:9000/v4")
    assert await way(settings, "https://image.tmdb.org/t/p/original/x.jpg") == f"through {proxy}"
    assert await way(settings, "http://192.168.1.4:9000/v4/login") == "direct"
    for private in ("http://192.168.1.5/", "http://localhost/", "http://router.lan/", "http://[::1]/"):
        assert await way(settings, private) == "public only"
    # Nor do other spellings lead the proxy to what is near it.
    for host in (
        "127.1",
        "0x7f.1",
        "0x7f.0.0.0x1",
        "2130706433",
        "127.0.0.1.",
        "a.localhost.",
        "ROUTER.LAN.",
    ):
        assert await way(settings, f"http://{host}/") == "public only", host


@pytest.mark.parametrize("value", ["proxy.example", "ftp://proxy.example", "http://", "http://a b", "http://x:0"])
def test_what_is_no_proxy_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="must be the address of a proxy"):
        OutsideSettings(proxy=value)
