"""Texts of websockets as they are on the wire: one text for many sockets is made ready once, and given to each without
the way through the application. A server that can take one says so in the scope; others are sent texts by ASGI."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import Scope
from websockets.frames import Frame, Opcode

#: Writes a frame at once; False: that cannot be at present, and the text has to be sent, and waited for.
Write = Callable[[bytes], bool]

#: Where the scope of a websocket has its `Write`.
WRITES = "kyoo.writes"


def frame_of(text: str) -> bytes:
    """A server's frames are not masked, and ours are not compressed: they are the same for all clients."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def writer(scope: Scope) -> Write:
    write: Write | None = scope.get("extensions", {}).get(WRITES)
    return write or _cannot


def _cannot(_: bytes) -> bool:
    return False
