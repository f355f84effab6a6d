"""The entry point of the worker process that `kyoo serve` starts; what it does is in worker.py."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

import uvloop

from kyoo.core.logs import configure_logs
from kyoo.core.process import die_with_parent, share_heaps, stand_back
from kyoo.core.telemetry import configure_telemetry
from kyoo.serve.options import ServeOptions
from kyoo.serve.private_files import make_private_files


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", action="append", default=[])
    parser.add_argument("--data-dir", required=True)
    parser.add_argument("--public-url", required=True)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--processes", type=int)
    arguments = parser.parse_args()
    # At once: with kyoo gone Postgres goes too, and a job that is cut off runs again at the next start.
    die_with_parent(arguments.parent, signal.SIGKILL)
    make_private_files()
    stand_back()
    share_heaps()
    configure_logs()
    configure_telemetry("kyoo worker")
    options = ServeOptions(
        libraries=tuple(map(Path, arguments.library)),
        data_dir=Path(arguments.data_dir),
        host="",
        port=0,
        public_url=arguments.public_url,
    )
    conninfo, key = json.load(sys.stdin)

    from kyoo.serve.processes.worker import work

    uvloop.run(work(options, conninfo, key, processes=arguments.processes))


if __name__ == "__main__":
    main()
