"""The Chromium of the browser tests: found, installed, opened. `python -m tests.e2e.chromium` prints its path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.waiting import PATIENCE

#: Debian's packages and other names. The shell has no windows, which cost a whole Chromium most of what a page takes.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
#: As root the sandbox cannot work; the others keep a closed network from filling the log.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


def find() -> str | None:
    """KYOO_CHROMIUM, a Chromium on the PATH, or Playwright's own; None when there is none."""
    named = os.environ.get("KYOO_CHROMIUM")
    if named:
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        bundled = playwright.chromium.executable_path
    return bundled if Path(bundled).exists() else None


def open_context(browser: Browser, **options: Any) -> BrowserContext:
    """A context of its own, as patient as the tests are."""
    context = browser.new_context(**options)
    context.set_default_timeout(1000 * PATIENCE)
    return context


def install() -> None:
    """Debian's package when root, else Playwright's download."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for package in (SHELL, "chromium"):
            command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
            if not subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL).returncode:
                break
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> None:
    if find() is None:
        install()
    path = find()
    if path is None:
        sys.exit(
            "The browser tests need a Chromium and none could be installed. Install one with: "
            "apt-get install chromium (as root), or .venv/bin/python -m playwright install --with-deps chromium"
        )
    sys.stdout.write(f"Chromium: {path}\n")


if __name__ == "__main__":
    main()
