"""Which addresses are of the public internet."""

from __future__ import annotations

import httpx2
import pytest

from kyoo.core import public_internet
from kyoo.core.public_internet import PublicOnly, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b:1::7f00:1",
        "fec0::1",
        "2001:0:7f00:1::",
        "nonsense",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


async def test_connections_are_kept_to_some_hosts_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_internet, "HOSTS", 2)
    closed: list[int] = []

    class Server(httpx2.MockTransport):
        def __init__(self, number: int) -> None:
            super().__init__(lambda _: httpx2.Response(200, text=str(number)))
            self.number = number

        async def aclose(self) -> None:
            closed.append(self.number)

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["1.1.1.1"]

    made = iter(range(9))
    async with httpx2.AsyncClient(transport=PublicOnly(lambda: Server(next(made)), resolve)) as client:
        answers = [(await client.get(f"https://{host}.example/")).text for host in "abacab"]
    # a stays, as it is used again; c takes the place of b, and b that of c.
    assert answers == ["0", "1", "0", "2", "0", "3"]
    assert closed == [1, 2, 0, 3]
