"""A module of a launcher whose functions are a stranger's."""

from __future__ import annotations

import json
import os
import resource
import time
from typing import Any

from tests.cages.attack import attack


def look(arguments: dict[str, Any], _descriptors: list[int]) -> bytes:
    """The attack, as the answer of a look."""
    return b"{}\n" + json.dumps(attack(arguments["targets"])).encode()


def hold(_arguments: dict[str, Any], _descriptors: list[int]) -> bytes:
    time.sleep(60)
    return b""


def limits(_arguments: dict[str, Any], _descriptors: list[int]) -> bytes:
    kinds = ("CORE", "AS", "FSIZE", "NOFILE", "CPU")
    found = {kind: resource.getrlimit(getattr(resource, f"RLIMIT_{kind}")) for kind in kinds}
    return json.dumps(found | {"nice": os.getpriority(os.PRIO_PROCESS, 0)}).encode()


def memory(arguments: dict[str, Any], _descriptors: list[int]) -> bytes:
    return str(len(bytearray(arguments["bytes"]))).encode()


def work(_arguments: dict[str, Any], _descriptors: list[int]) -> bytes:
    while True:
        pass


def nonsense(_arguments: dict[str, Any], _descriptors: list[int]) -> bytes:
    return b"[" * 1000


def endless(_arguments: dict[str, Any], _descriptors: list[int]) -> bytes:
    return bytes(64 * 1024**2)


CALLS = {f.__name__: f for f in (look, hold, limits, memory, work, nonsense, endless)}
