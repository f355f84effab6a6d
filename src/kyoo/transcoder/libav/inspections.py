"""What a process that looks into files can be asked: each look at one file, in a process of its own. See `pool.py`.

Everything is imported, and has been used once, before the file is there: afterwards no module can be loaded."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable
from typing import Any

import av
import numpy as np
import PIL.JpegImagePlugin
import PIL.PngImagePlugin
import PIL.WebPImagePlugin

from kyoo.core.languages import canonical
from kyoo.transcoder.libav.attachments import read_attachment
from kyoo.transcoder.libav.covers import make_cover
from kyoo.transcoder.libav.drawn_subtitles import make_pgs
from kyoo.transcoder.libav.file import MediaFile, UnreadableError
from kyoo.transcoder.libav.probe import probe
from kyoo.transcoder.libav.sprites import make_sprite
from kyoo.transcoder.models.media import Media
from kyoo.transcoder.subtitles.pgs import indexed

PIL.Image.preinit()
# PyAV loads some of itself when it first meets a stream of its kind.
for module in pkgutil.walk_packages(av.__path__, "av."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
canonical("und-x-nothing")
# numpy loads some of itself when colours are counted.
indexed(np.zeros((1, 1, 4), np.uint8))
# What libav has to say of a file is in its errors; its log would only mix the words of all files.
av.logging.set_level(None)

INSPECTIONS: dict[str, Callable[..., bytes]] = {
    "probe": lambda file, content_id, patience: probe(file, content_id, patience).model_dump_json().encode(),
    "cover": lambda file, media: make_cover(file, Media.model_validate(media)),
    "sprite": lambda file, media, kind: make_sprite(file, Media.model_validate(media), kind),
    "drawn_subtitles": make_pgs,
    "attachment": read_attachment,
}


def look(arguments: dict[str, Any], descriptors: list[int]) -> bytes:
    """A line of JSON, with the reason when nothing was found, and what was. What goes wrong in the program itself is
    for its operator alone."""
    file = MediaFile(descriptors, arguments.pop("decoders"))
    try:
        found = INSPECTIONS[arguments.pop("look")](file, **arguments)
    except UnreadableError as error:
        said = {"problem": str(error)}
    except MemoryError:
        said = {"problem": "it takes too much memory"}
    # Whatever libav or a hostile file makes go wrong.
    except Exception as error:  # noqa: BLE001
        if words := getattr(error, "strerror", None):
            said = {"problem": words}
        else:
            said = {"problem": "something in it is not understood", "error": f"{type(error).__name__}: {error}"[:500]}
    else:
        return b"{}\n" + found
    return json.dumps(said).encode() + b"\n"


def version(_arguments: dict[str, Any], _descriptors: list[int]) -> bytes:
    """Of the ffmpeg that PyAV's libraries are part of."""
    return str(av.ffmpeg_version_info).encode()


CALLS = {"look": look, "version": version}
