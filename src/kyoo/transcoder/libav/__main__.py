"""The child process: one look at a file after the other, asked for on stdin, answered on stdout. See `pool.py`.

A request is a line of JSON. An answer is a line of JSON, with the length of the bytes that follow or with the reason
why there are none."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kyoo.core.process import die_with_parent
from kyoo.transcoder.models.media import Media

#: Bytes of memory a file may make libav ask for: far above what a film needs.
ADDRESS_SPACE = 4 * 1024**3


def probe(path: Path, content_id: str, patience: float) -> bytes:
    from kyoo.transcoder.libav.probe import probe

    return probe(path, content_id, patience).model_dump_json().encode()


def cover(path: Path, media: dict[str, Any]) -> bytes:
    from kyoo.transcoder.libav.covers import make_cover

    return make_cover(path, Media.model_validate(media))


def sprite(path: Path, media: dict[str, Any]) -> bytes:
    from kyoo.transcoder.libav.sprites import make_sprite

    return make_sprite(path, Media.model_validate(media))


def attachment(path: Path, stream: int) -> bytes:
    from kyoo.transcoder.libav.attachments import read_attachment

    return read_attachment(path, stream)


LOOKS: dict[str, Callable[..., bytes]] = {look.__name__: look for look in (probe, cover, sprite, attachment)}


def answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    path = Path(os.fsdecode(bytes.fromhex(request.pop("path"))))
    try:
        body = LOOKS[request.pop("look")](path, **request)
    # Whatever libav or a hostile file makes go wrong is said to who asked; the next file is another matter.
    except Exception as error:  # noqa: BLE001
        words = getattr(error, "strerror", None) or str(error).replace(str(path), path.name)
        reason = " ".join(words.split())
        return {"problem": reason or type(error).__name__}, b""
    return {"length": len(body)}, body


def main() -> None:
    die_with_parent(int(sys.argv[1]), signal.SIGKILL)
    # Ctrl-C reaches the whole group; the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    # What libraries print must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        head, body = answer(json.loads(line))
        answers.write(json.dumps(head).encode() + b"\n" + body)
        answers.flush()


if __name__ == "__main__":
    main()
