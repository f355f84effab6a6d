"""The entry point of the worker process that `kyoo serve` starts; what it does is in worker.py."""

from __future__ import annotations

import argparse
import os
import signal
from pathlib import Path

import uvloop

from kyoo.core.logs import configure_logs
from kyoo.core.process import die_with_parent, share_heaps
from kyoo.core.telemetry import configure_telemetry
from kyoo.serve.options import ServeOptions
from kyoo.serve.supervisor import WORKER_ALONE, WORKER_CONNINFO, WORKER_KEY, WORKER_PARENT


def main() -> None:
    # At once: with kyoo gone Postgres goes too, and a job that is cut off runs again at the next start.
    die_with_parent(int(os.environ.pop(WORKER_PARENT)), signal.SIGKILL)
    # Whoever watches comes before whatever is scanned; programs that jobs start inherit this.
    os.nice(15)
    share_heaps()
    configure_logs()
    configure_telemetry("kyoo worker")
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", action="append", default=[])
    parser.add_argument("--data-dir", required=True)
    parser.add_argument("--public-url", required=True)
    arguments = parser.parse_args()
    options = ServeOptions(
        libraries=tuple(map(Path, arguments.library)),
        data_dir=Path(arguments.data_dir),
        host="",
        port=0,
        public_url=arguments.public_url,
    )
    # Taken out of the environment, so that no program a job starts can read them.
    conninfo, key = os.environ.pop(WORKER_CONNINFO), os.environ.pop(WORKER_KEY)
    alone = bool(os.environ.pop(WORKER_ALONE))

    from kyoo.serve.worker import work

    uvloop.run(work(options, conninfo, key, alone=alone))


if __name__ == "__main__":
    main()
