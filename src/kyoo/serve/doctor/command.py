"""`kyoo doctor`: looks at the server of a data directory, whether it runs or not, and prints what it found."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from kyoo.core.database.postgres import check_server, external_conninfo
from kyoo.core.errors import KyooError
from kyoo.core.settings import OptionError, examined, read
from kyoo.serve.checks import faults, unknown_here
from kyoo.serve.composition import settings_of
from kyoo.serve.data_directory import is_held
from kyoo.serve.doctor.examining import examine
from kyoo.serve.doctor.findings import Finding
from kyoo.serve.doctor.subject import Subject, known
from kyoo.serve.options import DataSettings, ListenSettings, PlaceSettings, ServeOptions, WorkersSettings, serve_options
from kyoo.serve.postgres.reaching import reachable


async def run(given: Mapping[str, Any], *, as_json: bool) -> bool:
    """Print the findings; whether all is well."""
    findings = [Finding("options", line, "Correct it: docs/operating/configuration.md") for line in _faults(given)]
    findings += [Finding("options", line, "Correct the name, or remove it") for line in unknown_here()]
    if not findings:
        findings.append(Finding("options", "every option and variable can be what it is"))
    async with AsyncExitStack() as stack:
        subject, cannot = await stack.enter_async_context(_subject(given))
        findings += [*cannot, *await examine(subject)]
    if as_json:
        click.echo(json.dumps([finding.to_json() for finding in findings], indent=2, ensure_ascii=False))
    else:
        _print(findings)
    return all(finding.well for finding in findings)


def _faults(given: Mapping[str, Any]) -> list[str]:
    return faults("doctor", given)


@asynccontextmanager
async def _subject(given: Mapping[str, Any]) -> AsyncIterator[tuple[Subject, list[Finding]]]:
    """What is to be looked at, and what keeps us from looking at the database."""
    options = _options(given)
    try:
        settings = settings_of(options, "k" * 32, "serve")
    except (OptionError, ValidationError):
        settings = {}  # said already, by name
    embedded = external_conninfo() is None
    subject = Subject(
        options.data_dir,
        options.libraries,
        options.public_url,
        settings,
        None,
        embedded,
        running=await asyncio.to_thread(is_held, options.data_dir),
        workers=options.workers,
    )
    async with AsyncExitStack() as stack:
        cannot: list[Finding] = []
        try:
            conninfo = await stack.enter_async_context(reachable(options.data_dir))
            await check_server(conninfo)
            subject = await known(replace(subject, conninfo=conninfo))
        except KyooError as error:
            cannot.append(Finding("database", error.message, _what_to_do(options.data_dir, embedded=embedded)))
        yield subject, cannot


def _options(given: Mapping[str, Any]) -> ServeOptions:
    """As `kyoo serve` has them; the defaults for what cannot be."""

    def of(kind: Any) -> Any:
        ours = {name: value for name, value in given.items() if name in kind.model_fields}
        return examined(kind, ours)[0] or kind.model_construct()

    places, listening = of(PlaceSettings), of(ListenSettings)
    if not isinstance(getattr(places, "data_dir", None), Path):
        places = places.model_copy(update={"data_dir": read(DataSettings).data_dir})
    return serve_options(places, listening, workers=of(WorkersSettings).workers)


def _what_to_do(data_dir: Path, *, embedded: bool) -> str:
    if not embedded:
        return "Start Postgres, and look at POSTGRES_URL or the PG* variables"
    if not (data_dir / "postgres").exists():
        return "Start kyoo serve, which makes one; or name another folder with --data-dir"
    return f"Look into {data_dir / 'postgres.log'}; restore a backup if the disk has damaged it"


def _print(findings: list[Finding]) -> None:
    width = max(len(finding.area) for finding in findings)
    for finding in findings:
        if not finding.well:
            mark = click.style("FIND", fg="red", bold=True)
        else:
            mark = click.style("tip ", fg="yellow") if finding.todo else click.style("ok  ", fg="green")
        click.echo(f"{mark}  {finding.area:{width}}  {finding.what}")
        if finding.todo is not None:
            click.echo(f"      {'':{width}}  → {finding.todo}")
    count = sum(not finding.well for finding in findings)
    click.echo(f"\n{count} finding{'s' * (count != 1)}" if count else "\nAll is well.")
