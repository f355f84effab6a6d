"""What the routes and the jobs of the scanner share."""

from __future__ import annotations

from dataclasses import dataclass

from kyoo.core.files import LibraryRoots
from kyoo.core.service import Runtime
from kyoo.scanner.api_client import Api
from kyoo.scanner.providers.base import Provider
from kyoo.scanner.settings import ScannerSettings
from kyoo.scanner.sources import Sources
from kyoo.scanner.telling import Teller


@dataclass(frozen=True)
class ScannerContext:
    settings: ScannerSettings
    runtime: Runtime
    roots: LibraryRoots
    api: Api
    teller: Teller
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
        Teller(runtime.database),
        Sources(settings, runtime.database, providers),
    )
