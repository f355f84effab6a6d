"""The entry point of the processes that answer requests beside the first one of `kyoo serve --workers N`."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import uvloop

from kyoo.core.database.shares import Tenant
from kyoo.core.logs import configure_logs
from kyoo.core.process import die_with_parent, raise_open_files, settle, stop_at_signals
from kyoo.core.telemetry import configure_telemetry
from kyoo.serve.http.tls import TlsSettings
from kyoo.serve.options import ServeOptions
from kyoo.serve.private_files import make_private_files


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    # At once: with the first one Postgres goes, too, and the next start needs the port.
    die_with_parent(parser.parse_args().parent, signal.SIGKILL)
    make_private_files()
    raise_open_files()
    configure_logs()
    configure_telemetry("kyoo")
    uvloop.run(answer(json.load(sys.stdin)))


async def answer(told: dict[str, Any]) -> None:
    """Until SIGTERM. `told` is what the supervisor says."""
    from kyoo.serve.composition import composed
    from kyoo.serve.metrics import metrics
    from kyoo.serve.processes.answering import Listeners, answering
    from kyoo.serve.processes.beside import ServerProcess

    stop = asyncio.Event()
    stop_at_signals(stop.set)
    options = options_of(told["options"])
    clients, inside, measured = ([socket.socket(fileno=number) for number in of] for of in told["listeners"])
    process = ServerProcess(told["number"], tuple(told["addresses"]))
    tenant = Tenant("kyoo serve", processes=told["processes"])
    async with (
        composed(options, told["conninfo"], told["key"], role="serve", tenant=tenant, process=process) as instance,
        metrics(instance.applications.values(), measured),
        answering(instance, Listeners(clients, inside[0], measured), options.tls) as running,
    ):
        settle()
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([running, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if running.done():
            running.result()


def written(options: ServeOptions) -> dict[str, Any]:
    """As JSON, for `options_of`."""
    tls = options.tls
    return {
        "libraries": [str(folder) for folder in options.libraries],
        "data_dir": str(options.data_dir),
        "public_url": options.public_url,
        "workers": options.workers,
        "tls": None if tls is None else [str(tls.tls_certificate), str(tls.tls_key)],
    }


def options_of(said: dict[str, Any]) -> ServeOptions:
    certificate, key = said["tls"] or (None, None)
    return ServeOptions(
        libraries=tuple(map(Path, said["libraries"])),
        data_dir=Path(said["data_dir"]),
        host="",
        port=0,
        public_url=said["public_url"],
        tls=None if certificate is None else TlsSettings(tls_certificate=certificate, tls_key=key),
        workers=said["workers"],
    )


if __name__ == "__main__":
    main()
