"""The commands: `kyoo serve` runs everything on this machine, the others one service each."""

from __future__ import annotations

import asyncio
import sys

import click

from kyoo import __version__
from kyoo.core.errors import KyooError
from kyoo.core.logs import configure_logs


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__, package_name="kyoo")
def main() -> None:
    """A self-hosted media server for films, series and anime."""


@main.command()
@click.option(
    "--library",
    multiple=True,
    envvar=["KYOO_LIBRARY", "SCANNER_LIBRARY_ROOT"],
    type=click.Path(),
    metavar="DIR",
    help="A folder of videos; may be given several times.",
)
@click.option("--data-dir", envvar="KYOO_DATA_DIR", type=click.Path(), metavar="DIR", help="Where everything is kept.")
@click.option(
    "--host",
    envvar="KYOO_HOST",
    default="localhost",
    help="The address to listen on; 0.0.0.0 opens the server to the network.",
)
@click.option("--port", envvar="KYOO_PORT", type=click.IntRange(1, 65535), default=8901, help="The port to listen on.")
@click.option(
    "--public-url",
    envvar=["KYOO_PUBLIC_URL", "PUBLIC_URL"],
    metavar="URL",
    help="The address clients use, when it is another (behind a proxy).",
)
def serve(library: tuple[str, ...], data_dir: str | None, host: str, port: int, public_url: str | None) -> None:
    """Run the whole server on this machine: database, services, worker and web pages."""
    from kyoo.serve.options import checked
    from kyoo.serve.progress import Console
    from kyoo.serve.supervisor import serve as run

    configure_logs()
    try:
        options = checked(library, data_dir, host, port, public_url)
        asyncio.run(run(options, Console()))
    except KyooError as error:
        fail(error)


def fail(error: KyooError) -> None:
    """One clear line on standard error, exit code 1."""
    click.echo(f"kyoo: {error.message}", err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
