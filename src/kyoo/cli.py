"""The commands: `kyoo serve` runs everything on this machine, the others one service each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import click
import uvloop
from pydantic import ValidationError
from pydantic_settings import SettingsError

from kyoo import __version__
from kyoo.core.errors import KyooError
from kyoo.core.logs import configure_logs
from kyoo.core.process import raise_open_files
from kyoo.core.settings import OptionError

Function = TypeVar("Function", bound=Callable[..., Any])

SERVICES = {
    "auth": "users, sessions, API keys and tokens",
    "api": "the catalogue and what viewers did with it",
    "scanner": "the routes of the scanner",
    "transcoder": "media info, HLS, subtitles, pictures",
}


def library_options(command: Function) -> Function:
    """What a process that sees the library is told."""
    options = [
        click.option(
            "--library",
            multiple=True,
            envvar=["KYOO_LIBRARY", "SCANNER_LIBRARY_ROOT"],
            type=click.Path(readable=False),
            metavar="DIR",
            help="A folder of videos; may be given several times.",
        ),
        click.option(
            "--data-dir",
            envvar="KYOO_DATA_DIR",
            type=click.Path(readable=False),
            metavar="DIR",
            help="Where everything is kept.",
        ),
        click.option(
            "--public-url",
            envvar=["KYOO_PUBLIC_URL", "PUBLIC_URL"],
            metavar="URL",
            help="The address clients use, when it is another (behind a proxy).",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def host_option(command: Function) -> Function:
    return click.option(
        "--host",
        envvar="KYOO_HOST",
        default="localhost",
        help="The address to listen on; 0.0.0.0 opens the server to the network, :: also over IPv6.",
    )(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__, package_name="kyoo")
def main() -> None:
    """A self-hosted media server for films, series and anime."""


@main.command()
@library_options
@host_option
@click.option("--port", envvar="KYOO_PORT", type=click.IntRange(1, 65535), default=8901, help="The port to listen on.")
def serve(library: tuple[str, ...], data_dir: str | None, host: str, port: int, public_url: str | None) -> None:
    """Run the whole server on this machine: database, services, worker and web pages."""
    from kyoo.serve.options import checked
    from kyoo.serve.progress import Console
    from kyoo.serve.supervisor import serve as serve_all

    run(lambda: serve_all(checked(library, data_dir, host, port, public_url), Console()))


@main.command()
@click.option(
    "--folder",
    envvar="KYOO_DEMO_FOLDER",
    type=click.Path(readable=False),
    metavar="DIR",
    help="Where all of it is kept, if not in the user's data folder; delete it to begin again.",
)
@click.option("--host", default="127.0.0.1", help="The address to listen on; the passwords are known to everybody.")
@click.option("--port", type=click.IntRange(1, 65535), default=8902, help="The port to listen on.")
@click.option("--public-url", metavar="URL", help="The address clients use, when it is another.")
def demo(folder: str | None, host: str, port: int, public_url: str | None) -> None:
    """Try it out: run a server of its own with invented films and series, users and what they watched."""
    from kyoo.serve import demo as serve_demo
    from kyoo.serve.progress import Console

    console = Console()

    async def work() -> None:
        await serve_demo.run(*serve_demo.prepare(folder, host, port, public_url, console), console)

    run(work)


@main.command()
@library_options
def worker(library: tuple[str, ...], data_dir: str | None, public_url: str | None) -> None:
    """Run the jobs of every service and the watcher of the folders, beside services that run by themselves."""
    from kyoo.serve.alone import run_worker
    from kyoo.serve.options import checked

    run(lambda: run_worker(checked(library, data_dir, "localhost", 8901, public_url)))


def service_command(name: str, what: str) -> click.Group:
    """The command that runs a service; commands about that service can be added to it."""

    @click.group(
        name,
        help=f"Run the {name} service by itself: {what}. Its variables configure it.",
        invoke_without_command=True,
        subcommand_metavar="",
    )
    @host_option
    @click.option("--port", envvar="KYOO_PORT", type=click.IntRange(1, 65535), help="The port, if not Kyoo's own.")
    @click.pass_context
    def command(context: click.Context, host: str, port: int | None) -> None:
        from kyoo.serve.alone import run_service

        if context.invoked_subcommand is None:
            run(lambda: run_service(name, host, port))

    return command


COMMANDS = {name: service_command(name, what) for name, what in SERVICES.items()}
for _command in COMMANDS.values():
    main.add_command(_command)


@COMMANDS["auth"].command("rotate-keys")
@click.option(
    "--data-dir",
    envvar="KYOO_DATA_DIR",
    type=click.Path(readable=False),
    metavar="DIR",
    help="Where everything is kept, when no variable names a Postgres.",
)
@click.option("--revoke", is_flag=True, help="Take the former keys back at once: one was stolen.")
def rotate_keys(data_dir: str | None, revoke: bool) -> None:
    """Sign tokens with a new key. Nobody is logged out, and nothing needs a restart."""
    from kyoo.serve.rotation import rotate_keys as rotate

    run(lambda: rotate(data_dir, revoke=revoke))


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run `work`; an expected failure is one clear line on standard error and exit code 1, or 2 when an option or a
    variable is at fault (a line for each)."""
    configure_logs()
    raise_open_files()
    try:
        uvloop.run(work())
    except OptionError as error:
        fail(error.message, status=2)
    except KyooError as error:
        fail(error.message)
    except ValidationError as error:
        fault = error.errors()[0]
        message = fault["msg"].removeprefix("Value error, ")
        fail(f"{'.'.join(map(str, fault['loc'])) or error.title}: {message}")
    except SettingsError as error:
        fail(str(error))


def fail(message: str, *, status: int = 1) -> None:
    for line in message.splitlines():
        click.echo(f"kyoo: {line}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
