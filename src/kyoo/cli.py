"""The commands: `kyoo serve` runs everything on this machine, the others one service each."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click
import uvloop
from pydantic import ValidationError

from kyoo import __version__
from kyoo.core.errors import KyooError
from kyoo.core.logs import configure_logs
from kyoo.core.process import raise_open_files
from kyoo.core.settings import OptionError, wanted
from kyoo.serve.services import SERVICES

Function = TypeVar("Function", bound=Callable[..., Any])


def _given(_context: click.Context, _option: click.Parameter, value: Any) -> Any:
    return None if value == () else value


def option(name: str, metavar: str, text: str, **more: Any) -> Callable[[Function], Function]:
    """An option as it is written; what it must be is said by the settings that hold its variable, too. None when it is
    not given, also one that may be given several times: then its variable counts."""
    return click.option(name, metavar=metavar, help=text, callback=_given, **more)


def library_options(command: Function) -> Function:
    """What a process that sees the library is told."""
    for add in (
        option("--public-url", "URL", "The address clients use, when it is another (behind a proxy)."),
        data_option,
        option("--library", "DIR", "A folder of videos; may be given several times.", multiple=True),
    ):
        command = add(command)
    return command


data_option = option("--data-dir", "DIR", "Where everything is kept, if not in the user's data folder.")


def listen_options(port: str) -> Callable[[Function], Function]:
    """Where a server listens; `port` says which port if none is given."""

    def add(command: Function) -> Function:
        text = f"The port to listen on, if not {port}."
        command = option("--port", "PORT", text)(command)
        return option(
            "--host",
            "HOST",
            "The address to listen on, if not localhost; 0.0.0.0 opens the server to the network, :: also over IPv6.",
        )(command)

    return add


class Commands(click.Group):
    """Says what is wrong with a command line in one line, as all else is said."""

    def main(self, *args: Any, **more: Any) -> Any:
        try:
            return super().main(*args, **more | {"standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help())
            sys.exit(2)
        except click.ClickException as error:
            fail(" ".join(error.format_message().split()), status=2)
        except click.Abort:
            sys.exit(130)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="kyoo")
def main() -> None:
    """A self-hosted media server for films, series and anime."""


@main.command()
@library_options
@listen_options("8901")
@option("--tls-certificate", "FILE", "Serve HTTPS with this certificate (PEM); read again when it changes.")
@option("--tls-key", "FILE", "The key of the certificate.")
@option("--workers", "N", "Processes that answer requests, if not one: for more than one core.")
def serve(**given: Any) -> None:
    """Run the whole server on this machine: database, services, worker and web pages."""

    def work() -> Coroutine[Any, Any, None]:
        from kyoo.serve.http.tls import TlsSettings
        from kyoo.serve.options import ListenSettings, PlaceSettings, WorkersSettings, serve_options
        from kyoo.serve.progress import Console

        options = serve_options(
            chosen(PlaceSettings, given),
            chosen(ListenSettings, given),
            chosen(TlsSettings, given),
            chosen(WorkersSettings, given).workers,
        )
        # The services, which take long to load: after what is wrong is said.
        from kyoo.serve.processes.supervisor import serve as serve_all

        return serve_all(options, Console())

    run("serve", given, work)


@main.command()
@option("--folder", "DIR", "Where all of it is kept, if not in the user's data folder; delete it to begin again.")
@option("--host", "HOST", "The address to listen on, if not 127.0.0.1; the passwords are known to everybody.")
@option("--port", "PORT", "The port to listen on, if not 8902.")
@option("--public-url", "URL", "The address clients use, when it is another.")
def demo(**given: Any) -> None:
    """Try it out: run a server of its own with invented films and series, users and what they watched."""

    async def work() -> None:
        from kyoo import demo as invented
        from kyoo.serve.options import DemoSettings
        from kyoo.serve.progress import Console

        console = Console()
        await invented.run(*invented.prepare(chosen(DemoSettings, given), console), console)

    run("demo", given, work)


@main.command()
@library_options
def worker(**given: Any) -> None:
    """Run the jobs of every service and the watcher of the folders, beside services that run by themselves."""

    def work() -> Coroutine[Any, Any, None]:
        from kyoo.serve.options import ListenSettings, PlaceSettings, serve_options
        from kyoo.serve.processes.alone import run_worker

        return run_worker(serve_options(chosen(PlaceSettings, given), ListenSettings(host="localhost", port=8901)))

    run("worker", given, work)


def service_command(name: str, what: str) -> click.Group:
    """The command that runs a service; commands about that service can be added to it."""

    @click.group(
        name,
        help=f"Run the {name} service by itself: {what}. Its variables configure it.",
        invoke_without_command=True,
        subcommand_metavar="",
    )
    @listen_options("Kyoo's own")
    @click.pass_context
    def command(context: click.Context, /, **given: Any) -> None:
        def work() -> Coroutine[Any, Any, None]:
            from kyoo.serve.options import ListenSettings
            from kyoo.serve.processes.alone import run_service

            return run_service(name, chosen(ListenSettings, given))

        if context.invoked_subcommand is None:
            run(name, given, work)

    return command


COMMANDS = {name: service_command(name, service.what) for name, service in SERVICES.items()}
for _command in COMMANDS.values():
    main.add_command(_command)


@COMMANDS["auth"].command("rotate-keys")
@data_option
@click.option("--revoke", is_flag=True, help="Take the former keys back at once: one was stolen.")
def rotate_keys(data_dir: str | None, *, revoke: bool) -> None:
    """Sign tokens with a new key. Nobody is logged out, and nothing needs a restart."""
    given = {"data_dir": data_dir}

    def work() -> Coroutine[Any, Any, None]:
        from kyoo.serve.commands.rotation import rotate_keys as rotate
        from kyoo.serve.options import DataSettings

        return rotate(chosen(DataSettings, given).data_dir, revoke=revoke)

    run("rotate-keys", given, work)


@COMMANDS["auth"].command("make-administrator")
@data_option
@click.argument("login")
def make_administrator(data_dir: str | None, login: str) -> None:
    """Give an account, by its username or e-mail, every permission and no limits. For when nobody can who may."""
    given = {"data_dir": data_dir}

    def work() -> Coroutine[Any, Any, None]:
        from kyoo.serve.commands.recovery import promote
        from kyoo.serve.options import DataSettings

        return promote(chosen(DataSettings, given).data_dir, login)

    run("make-administrator", given, work)


@COMMANDS["auth"].command("set-password")
@data_option
@click.option("--keep-second-factors", is_flag=True, help="Only the password is lost, not phone and passkeys.")
@click.password_option(help="Better not given here, where others of this machine see it: it is asked for.")
@click.argument("login")
def set_password(data_dir: str | None, *, keep_second_factors: bool, password: str, login: str) -> None:
    """Set the password of an account, by its username or e-mail; its devices are logged out."""
    given = {"data_dir": data_dir}

    def work() -> Coroutine[Any, Any, None]:
        from kyoo.serve.commands.recovery import change_password
        from kyoo.serve.options import DataSettings

        folder = chosen(DataSettings, given).data_dir
        return change_password(folder, login, password, keep_second_factors=keep_second_factors)

    run("set-password", given, work)


@COMMANDS["scanner"].command("guess")
@click.option("--json", "as_json", is_flag=True, help="JSON also on a terminal; into files and pipes it always is.")
def guess(*, as_json: bool) -> None:
    """Say what file names mean: names on standard input, one a line; a line for each on standard output."""
    from kyoo.scanner.naming.command import answer

    try:
        answer(sys.stdin.buffer, sys.stdout, text=sys.stdout.isatty() and not as_json)
    except BrokenPipeError:  # whoever reads has enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def file_argument(command: Function) -> Function:
    return click.argument("file", type=click.Path(path_type=Path, dir_okay=False, resolve_path=True))(command)


def optional_file_argument(command: Function) -> Function:
    kind = click.Path(path_type=Path, dir_okay=False, resolve_path=True)
    return click.argument("file", type=kind, required=False)(command)


@main.command("export")
@data_option
@file_argument
def export_command(data_dir: str | None, file: Path) -> None:
    """Write what the database knows into FILE: users, history, lists, edits, the catalogue. Also while it runs."""
    given = {"data_dir": data_dir}

    def work() -> Coroutine[Any, Any, None]:
        from kyoo.serve.commands.copying import export
        from kyoo.serve.options import DataSettings

        return export(chosen(DataSettings, given).data_dir, file)

    run("export", given, work)


@main.command("import")
@data_option
@click.option(
    "--from-kyoo",
    "databases",
    metavar="URL",
    multiple=True,
    help="Take accounts, history and lists of the database of a Kyoo 5 (postgres://…); twice if it has two.",
)
@optional_file_argument
def import_command(data_dir: str | None, file: Path | None, databases: tuple[str, ...]) -> None:
    """Take a FILE of `kyoo export` into a new database, or what a Kyoo 5 holds into this one."""
    given = {"data_dir": data_dir}
    if (file is None) == (not databases):
        raise click.UsageError("Give either the FILE of an export or --from-kyoo")

    def work() -> Coroutine[Any, Any, None]:
        if file is None:
            from kyoo.serve.commands.moving import take_from_kyoo
            from kyoo.serve.options import DataSettings

            return take_from_kyoo(chosen(DataSettings, given).data_dir, databases)
        from kyoo.serve.commands.copying import take_in
        from kyoo.serve.options import DataSettings

        return take_in(chosen(DataSettings, given).data_dir, file)

    run("import", given, work)


@main.command()
@data_option
@click.option("--database-only", is_flag=True, help="Without pictures, subtitles and previews, which are made again.")
@click.option("--keep", metavar="N", type=click.IntRange(1), help="Delete backups but for the newest N.")
@click.argument("target")
def backup(data_dir: str | None, *, database_only: bool, keep: int | None, target: str) -> None:
    """Keep the database and all stored files in TARGET, a folder or s3://bucket/prefix. Also while the server runs."""
    given = {"data_dir": data_dir}

    def work() -> Coroutine[Any, Any, None]:
        from kyoo.serve.backup.command import make
        from kyoo.serve.options import DataSettings

        return make(chosen(DataSettings, given).data_dir, target, files=not database_only, keep=keep)

    run("backup", given, work)


@main.command()
@data_option
@option("--backup", "NAME", "Which backup, if not the newest.")
@click.option("--list", "listed", is_flag=True, help="Say which backups there are, and change nothing.")
@click.option("--trust", "trusted", is_flag=True, help="Also a database that holds what kyoo did not make.")
@click.argument("target")
def restore(data_dir: str | None, backup: str | None, *, listed: bool, trusted: bool, target: str) -> None:
    """Bring a backup in TARGET back into a new data directory, on this machine or another."""
    given = {"data_dir": data_dir}

    def work() -> Coroutine[Any, Any, None]:
        from kyoo.serve.backup.command import bring_back, say_all
        from kyoo.serve.options import DataSettings

        if listed:
            return say_all(target)
        return bring_back(chosen(DataSettings, given).data_dir, target, backup, trusted=trusted)

    run("restore", given, work)


@main.command()
@data_option
@click.option("--check", "only_check", is_flag=True, required=True, help="Say what the first start will do.")
def upgrade(data_dir: str | None, *, only_check: bool) -> None:
    """Say whether this release can take over a data directory, and what its first start will do. Exit code 1: something
    stands in the way. The upgrade itself is a start."""
    del only_check
    given = {"data_dir": data_dir}

    async def work() -> None:
        from kyoo.serve.commands.upgrade_check import check
        from kyoo.serve.options import DataSettings

        if not await check(chosen(DataSettings, given).data_dir):
            sys.exit(1)

    run("upgrade", given, work)


@main.command()
@library_options
@listen_options("8901")
@click.option("--json", "as_json", is_flag=True, help="JSON in place of lines.")
def doctor(*, as_json: bool, **given: Any) -> None:
    """Look at everything that the server works with, also while it runs, and say what to do. Exit code 1: there are
    findings."""
    given = {name: value for name, value in given.items() if value is not None}
    try:
        from kyoo.serve.doctor.command import run as examine

        configure_logs()
        well = uvloop.run(examine(given, as_json=as_json))
    except OptionError as error:
        fail(error.message, status=2)
    sys.exit(0 if well else 1)


def chosen(kind: Any, given: dict[str, Any]) -> Any:
    """The settings of a kind, from the options that were given and the environment."""
    return kind(**{name: value for name, value in given.items() if value is not None and name in kind.model_fields})


def run(command: str, given: dict[str, Any], work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Check what `command` is told, then run `work`. An expected failure is one clear line on standard error and exit
    code 1, or 2 when an option or a variable is at fault (a line for each)."""
    given = {name: value for name, value in given.items() if value is not None}
    try:
        from kyoo.serve.checks import check, say_unknown
        from kyoo.serve.private_files import make_private_files

        check(command, given)
        configure_logs()
        say_unknown()
        raise_open_files()
        make_private_files()
        uvloop.run(work())
    except OptionError as error:
        fail(error.message, status=2)
    except KyooError as error:
        fail(error.message)
    except ValidationError as error:
        fail("\n".join(f"{fault['loc']} {wanted(fault)}" for fault in error.errors()), status=2)


def fail(message: str, *, status: int = 1) -> None:
    for line in message.splitlines():
        click.echo(f"kyoo: {line}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
