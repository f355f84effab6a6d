"""`kyoo demo`: a complete instance with an invented library, in a folder of its own. Nobody's library is touched."""

from __future__ import annotations

import os

import structlog

from kyoo.core.peers import peer_client
from kyoo.demo.filling import ADMIN, ADULT, CHILD, PASSWORD, Filling
from kyoo.demo.library import make_library
from kyoo.serve.composition import Instance
from kyoo.serve.options import DemoSettings, ListenSettings, PlaceSettings, ServeOptions, serve_options
from kyoo.serve.processes.supervisor import serve
from kyoo.serve.progress import Console
from kyoo.transcoder.settings import TranscoderSettings

#: What tells a real instance where its database, pictures and files are.
FOREIGN = ("PG", "POSTGRES", "KYOO_", "KEIBI_", "GOCODER_", "SCANNER_", "PUBLIC_URL", "IMAGES_PATH", "S3_", "AWS_")
KEPT = ("KYOO_FFMPEG",)

log = structlog.get_logger()


def prepare(settings: DemoSettings, console: Console) -> tuple[ServeOptions, int]:
    """Make the library and say how to serve it, and how many videos it has."""
    for name in list(os.environ):
        if name.startswith(FOREIGN) and name not in KEPT:
            del os.environ[name]
    # Its password is known to everybody anyway.
    os.environ["KYOO_PASSWORD_POLICY"] = "off"  # noqa: S105
    # Nobody knows invented titles.
    os.environ["KYOO_PROVIDERS"] = "none"
    library = settings.folder / "library"
    library.mkdir(parents=True, exist_ok=True)
    public_url = settings.public_url or _address(settings.host, settings.port)
    places = PlaceSettings(library=(library,), data_dir=settings.folder / "data", public_url=public_url)
    options = serve_options(places, ListenSettings(host=settings.host, port=settings.port))
    with console.bar("Making films and pictures") as told:
        videos = make_library(library, TranscoderSettings().ffmpeg_path(), told)
    return options, videos


def _address(host: str, port: int) -> str | None:
    """Not `localhost`: cookies do not know ports, so a real server of that name would share those of the demo."""
    return f"http://127.0.0.1:{port}" if host in ("127.0.0.1", "localhost") else None


async def run(options: ServeOptions, videos: int, console: Console) -> None:
    async def fill(instance: Instance) -> None:
        mark = options.data_dir / "demo"
        if not mark.exists():
            async with peer_client(options.public_url, app=instance.gateway) as client:
                await Filling(client).fill(options.libraries[0], videos)
            mark.touch()
        console.step(f"Log in as {ADMIN} (administrator), {ADULT} or {CHILD} (a child); the password is {PASSWORD}")

    await serve(options, console, then=fill)
