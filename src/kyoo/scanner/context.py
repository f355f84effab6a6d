"""What the routes and the jobs of the scanner share."""

from __future__ import annotations

from dataclasses import dataclass

from kyoo.core.files import LibraryRoots
from kyoo.core.http.service import Runtime
from kyoo.scanner.api_client import Api
from kyoo.scanner.providers.base import Provider
from kyoo.scanner.reporting import Reporter
from kyoo.scanner.settings import ScannerSettings
from kyoo.scanner.sources import Sources


@dataclass(frozen=True)
class ScannerContext:
    settings: ScannerSettings
    runtime: Runtime
    roots: LibraryRoots
    api: Api
    reporter: Reporter
    #: Where metadata is looked up; file names and .nfo files are always there as the last resort.
    sources: Sources


def create_context(
    settings: ScannerSettings, runtime: Runtime, providers: list[Provider] | None = None
) -> ScannerContext:
    return ScannerContext(
        settings,
        runtime,
        LibraryRoots(settings.library),
        Api(runtime.peer),
        Reporter(runtime.database),
        Sources(settings, runtime.database, providers),
    )
