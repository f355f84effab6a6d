"""Network namespaces as hosts on one bridge, whose packets can be lost, late or held back."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.gateways.programs import Host

#: For tests of networks (RFC 2544).
NETWORK = "198.18"
#: What a host drops of what arrives: everything from some, and a share of the rest.
RULES = """
add table inet weather
add set inet weather lost { type ipv4_addr; }
add chain inet weather arriving { type filter hook input priority 0; }
add chain inet weather lossy
add rule inet weather arriving iif lo accept
add rule inet weather arriving ip saddr @lost drop
add rule inet weather arriving jump lossy
"""
CLONE_NEWNET = 0x40000000


class NotAllowedError(Exception):
    """This machine does not let these tests make hosts."""


def _run(*command: str, given: str | None = None) -> None:
    done = subprocess.run(command, input=given, text=True, capture_output=True, check=False)
    if done.returncode:
        raise NotAllowedError(f"{' '.join(command)}: {done.stderr.strip()}")


@dataclass(frozen=True)
class Namespace(Host):
    name: str = ""

    def rules(self, text: str) -> None:
        _run(*self.prefix, "nft", "-f", "-", given=text)

    def lose(self, percent: int) -> None:
        """So many of the packets that arrive."""
        drop = f"add rule inet weather lossy numgen random mod 100 < {percent} drop\n" if percent else ""
        self.rules(f"flush chain inet weather lossy\n{drop}")

    def slow_down(self) -> None:
        """What it sends is late where the kernel has netem, and else goes over a slow line."""
        line = (*self.prefix, "tc", "qdisc", "replace", "dev", "lan", "root")
        try:
            _run(*line, "netem", "delay", "20ms", "5ms")
        except NotAllowedError:
            _run(*line, "tbf", "rate", "20mbit", "burst", "64kb", "latency", "200ms")

    def speed_up(self) -> None:
        _run(*self.prefix, "tc", "qdisc", "del", "dev", "lan", "root")

    @contextmanager
    def entered(self) -> Iterator[None]:
        """What this thread starts meanwhile runs on the host: for programs whose command is somebody else's."""
        libc = ctypes.CDLL(None, use_errno=True)
        with Path("/proc/thread-self/ns/net").open() as here, Path(f"/run/netns/{self.name}").open() as there:
            if libc.setns(there.fileno(), CLONE_NEWNET):
                raise NotAllowedError(os.strerror(ctypes.get_errno()))
            try:
                yield
            finally:
                assert libc.setns(here.fileno(), CLONE_NEWNET) == 0


@dataclass
class Network:
    hosts: dict[str, Namespace] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Namespace:
        return self.hosts[name]

    @contextmanager
    def cut(self, one: str, *others: str) -> Iterator[None]:
        """Nothing goes between `one` and `others` (nobody named: everybody); neither is told."""
        pairs = [(self[one], self[other]) for other in others or self.hosts if other != one]
        for here, there in pairs:
            here.rules(f"add element inet weather lost {{ {there.address} }}")
            there.rules(f"add element inet weather lost {{ {here.address} }}")
        try:
            yield
        finally:
            for here, there in pairs:
                here.rules("flush set inet weather lost")
                there.rules("flush set inet weather lost")


@contextmanager
def network(*names: str) -> Iterator[Network]:
    """A host of each name, which this machine reaches too. Raises NotAllowedError."""
    if lacking := [program for program in ("ip", "nft", "tc") if shutil.which(program) is None]:
        raise NotAllowedError(f"{', '.join(lacking)}: not there")
    mark = f"ky{os.getpid()}"
    subnet = f"{NETWORK}.{os.getpid() % 250}"
    made = Network()
    with contextlib.ExitStack() as undone:

        def undo(*command: str) -> None:
            undone.callback(subprocess.run, command, check=False, capture_output=True)

        _run("ip", "link", "add", mark, "type", "bridge")
        undo("ip", "link", "del", mark)
        _run("ip", "address", "add", f"{subnet}.254/24", "dev", mark)
        _run("ip", "link", "set", mark, "up")
        for number, name in enumerate(names, 1):
            space, cable = f"{mark}-{name}", f"{mark}.{number}"
            host = Namespace(f"{subnet}.{number}", ("ip", "netns", "exec", space), space)
            _run("ip", "netns", "add", space)
            undo("ip", "netns", "del", space)
            _run("ip", "link", "add", cable, "master", mark, "type", "veth", "peer", "lan", "netns", space)
            # Its namespace goes with its last process, which nobody waits for.
            undo("ip", "link", "del", cable)
            _run("ip", "link", "set", cable, "up")
            for line in ("link set lo up", "link set lan up", f"address add {host.address}/24 dev lan"):
                _run(*host.prefix, "ip", *line.split())
            host.rules(RULES)
            host.lose(5)
            host.slow_down()
            host.lose(0)
            host.speed_up()
            made.hosts[name] = host
        yield made
