"""What `kyoo serve` says: a line for each step, the address, and the progress of the first scan."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
from rich.console import Console as RichConsole
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from kyoo.serve.options import ServeOptions

#: Seconds after which the worker of a slow machine has begun to scan.
WORKER_START = 20


class Console:
    """Writes to standard output: colours and a bar on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self.rich = RichConsole(highlight=False, soft_wrap=True)
        self.started = time.monotonic()

    @property
    def interactive(self) -> bool:
        return self.rich.is_terminal

    def step(self, text: str) -> None:
        self.line(f"[dim]{time.monotonic() - self.started:5.1f} s[/dim]  {text}")

    def address(self, url: str) -> None:
        self.line(f"[bold]kyoo[/bold] will be at [bold cyan]{escape(url)}[/bold cyan]")

    def ready(self, options: ServeOptions) -> None:
        self.step(f"[green]Ready[/green]: open [bold cyan]{escape(options.public_url)}[/bold cyan]  (Ctrl-C stops)")
        if options.host in ("localhost", "127.0.0.1", "::1"):
            self.step("Only this computer can reach it; --host 0.0.0.0 opens it to your network")

    @contextlib.contextmanager
    def bar(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """A bar on a terminal, a line elsewhere. The function is told what is done, of how much."""
        if self.interactive:
            columns = (SpinnerColumn(), TextColumn(what), BarColumn(), MofNCompleteColumn())
            with Progress(*columns, console=self.rich, transient=True) as progress:
                task = progress.add_task(what, total=None)
                yield lambda done, total: progress.update(task, completed=done, total=total)
            return
        said = False

        def told(_: int, total: int) -> None:
            nonlocal said
            if not said:
                self.step(f"{what}: {total}")
            said = True

        yield told

    def line(self, text: str) -> None:
        # A terminal that was closed ends the server by a signal, in order; what it says till then nobody reads.
        with contextlib.suppress(OSError):
            self.rich.print(text)
            sys.stdout.flush()


async def follow_first_scan(peer: httpx2.AsyncClient, console: Console) -> None:
    """Show how far the scan is until everything found is in the library; silent when nothing is new."""
    before = state = await _state(peer, {})
    waited = 0
    while waited < WORKER_START and not _busy(state):
        # The worker needs a moment to start; a library that is up to date never becomes busy.
        await asyncio.sleep(1)
        waited += 1
        state = await _state(peer, state)
        if not _busy(state) and state.get("found", 0) > before.get("found", 0):
            # A small library is scanned between two looks.
            _say_result(state, console)
            return
    if not _busy(state):
        return
    if console.interactive:
        await _bar(peer, console, state)
    else:
        await _lines(peer, console, state)


def _busy(state: dict[str, Any]) -> bool:
    return bool(state.get("running")) or _done(state) < int(state.get("found", 0))


def _done(state: dict[str, Any]) -> int:
    return int(state.get("identified", 0)) + int(state.get("failed", 0))


async def _state(peer: httpx2.AsyncClient, known: dict[str, Any]) -> dict[str, Any]:
    """What the scanner says, or what is known when it says nothing: its database may be starting again."""
    try:
        response = await peer.get("/scanner/progress")
        return dict(response.json()) if response.status_code == 200 else known
    except (httpx2.HTTPError, ValueError):
        return known


async def _bar(peer: httpx2.AsyncClient, console: Console, state: dict[str, Any]) -> None:
    columns = (SpinnerColumn(), TextColumn("Scanning"), BarColumn(), MofNCompleteColumn(), TextColumn("files"))
    with Progress(*columns, console=console.rich, transient=True) as progress:
        task = progress.add_task("scan", total=None)
        while _busy(state):
            progress.update(task, total=int(state.get("found", 0)) or None, completed=_done(state))
            await asyncio.sleep(0.5)
            state = await _state(peer, state)
    _say_result(state, console)


async def _lines(peer: httpx2.AsyncClient, console: Console, state: dict[str, Any]) -> None:
    said = -1
    while _busy(state):
        if _done(state) != said:
            said = _done(state)
            console.step(f"Scanning: {said} of {state.get('found', 0)} files")
        await asyncio.sleep(2)
        state = await _state(peer, state)
    _say_result(state, console)


def _say_result(state: dict[str, Any], console: Console) -> None:
    failed = int(state.get("failed", 0))
    text = f"The library is scanned: {state.get('identified', 0)} files"
    console.step(f"{text}, {failed} could not be read (see Admin)" if failed else text)
