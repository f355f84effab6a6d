"""`python -m tests.advisories`: asks whether what is locked has known holes, and fails when it has.

OSV is asked for the packages of `uv.lock`, npm's registry for those of `web/package-lock.json`. One that cannot be
asked is named and fails nothing: a build does not depend on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
#: Of a request, and of all of them, in seconds.
REQUEST, WHOLE = 20, 120


class Verdict(NamedTuple):
    """`sound` is None when nobody could be asked; then `text` says why, else what was found."""

    sound: bool | None
    text: str


def of_python(service: str | None = None) -> Verdict:
    """By the OSV API at `service`."""
    uv = Path(sys.executable).with_name("uv")
    where = ["--service-url", service] if service else []
    limits = {"UV_HTTP_TIMEOUT": str(REQUEST), "UV_HTTP_RETRIES": "0"}
    command: list[str | Path] = [uv, "audit", "--quiet", "--frozen", "--preview-features", "audit-command", *where]
    status, out, err = _run(command, limits)
    # 2: it failed itself.
    sound: dict[int | None, bool] = {0: True, 1: False}
    return Verdict(sound.get(status), out + err)


def of_web(registry: str | None = None) -> Verdict:
    where = ["--registry", registry] if registry else []
    limits = ["--fetch-retries=0", f"--fetch-timeout={REQUEST * 1000}"]
    status, out, err = _run([sys.executable, "hatch_build.py", "audit", "--json", *limits, *where], {})
    try:
        report = json.loads(out)
    except ValueError:
        return Verdict(None, err)
    if "auditReportVersion" not in report:
        return Verdict(None, str(report.get("message", err)))
    holes = [
        f"{name}: {via['title']} ({via['url']})"
        for name, package in report["vulnerabilities"].items()
        for via in package["via"]
        if isinstance(via, dict)
    ]
    return Verdict(status == 0, "\n".join(holes))


def _run(command: list[str | Path], more: dict[str, str]) -> tuple[int | None, str, str]:
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | more, capture_output=True, text=True, timeout=WHOLE, check=False
        )
    except subprocess.TimeoutExpired:
        return None, "", f"no answer within {WHOLE} seconds"
    return done.returncode, done.stdout, done.stderr


def main() -> None:
    verdicts = {"uv.lock": of_python(), "web/package-lock.json": of_web()}
    for name, verdict in verdicts.items():
        words: dict[bool | None, str] = {True: "no known holes", False: f"holes are known\n{verdict.text}"}
        reason = " ".join(verdict.text.split())[:300]
        print(f"{name}: {words.get(verdict.sound, f'nobody could be asked: {reason}')}")  # noqa: T201
    if any(verdict.sound is False for verdict in verdicts.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
