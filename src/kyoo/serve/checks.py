"""What is checked before a command changes anything: every option and variable that it heeds, and whether there are
variables that nothing heeds because their names are misspelt."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import structlog

from kyoo.api.imports.settings import ImportSettings
from kyoo.api.trackers.settings import TrackerSettings
from kyoo.auth.oidc.config import FIELDS
from kyoo.auth.oidc.config import VARIABLE as PROVIDER
from kyoo.auth.settings import API_KEY_VARIABLE, AuthSettings
from kyoo.core.blobs import S3Settings
from kyoo.core.cage.processes import CageSettings
from kyoo.core.database.postgres import DatabaseSettings
from kyoo.core.database.shares import PoolSettings
from kyoo.core.http.forwarded import ForwardedSettings
from kyoo.core.http.readiness import ReadinessSettings
from kyoo.core.logs import LogSettings
from kyoo.core.pictures.rendering import PictureSettings
from kyoo.core.settings import OptionError, Settings, examined, used_variable, variables_of
from kyoo.core.telemetry import TelemetrySettings
from kyoo.serve.backup.settings import BackupSettings
from kyoo.serve.http.bounds import Bounds
from kyoo.serve.http.draining import DrainSettings
from kyoo.serve.http.tls import TlsSettings
from kyoo.serve.metrics import MetricsSettings
from kyoo.serve.options import (
    DATA,
    DataSettings,
    DemoSettings,
    ListenSettings,
    PlaceSettings,
    WorkersSettings,
    misplaced,
)
from kyoo.serve.postgres.major_upgrade import ProgramsSettings
from kyoo.serve.processes.alone_settings import AloneSettings, AuthSwitch
from kyoo.serve.services import SERVICES

log = structlog.get_logger()

COMMON: list[type[Settings]] = [LogSettings, DatabaseSettings, PoolSettings, TelemetrySettings]
#: What every process heeds that answers requests or runs jobs.
WORKING: list[type[Settings]] = [
    *COMMON,
    ForwardedSettings,
    S3Settings,
    PictureSettings,
    ReadinessSettings,
    CageSettings,
]
OF_SERVICES: dict[str, type[Settings]] = {name: service.settings for name, service in SERVICES.items()}

#: The settings that each command heeds.
HEEDED: dict[str, list[type[Settings]]] = {
    "serve": [
        *WORKING,
        AuthSwitch,
        PlaceSettings,
        ListenSettings,
        WorkersSettings,
        TlsSettings,
        Bounds,
        DrainSettings,
        MetricsSettings,
        BackupSettings,
        ProgramsSettings,
        *OF_SERVICES.values(),
    ],
    "worker": [*WORKING, AuthSwitch, PlaceSettings, BackupSettings, *OF_SERVICES.values()],
    "doctor": [
        *WORKING,
        AuthSwitch,
        PlaceSettings,
        ListenSettings,
        WorkersSettings,
        TlsSettings,
        Bounds,
        DrainSettings,
        MetricsSettings,
        BackupSettings,
        ProgramsSettings,
        *OF_SERVICES.values(),
    ],
    "demo": [LogSettings, DemoSettings],
    "export": [*COMMON, DataSettings],
    "import": [*COMMON, DataSettings],
    "backup": [*COMMON, S3Settings, DataSettings, BackupSettings, *OF_SERVICES.values()],
    "restore": [*COMMON, S3Settings, DataSettings, BackupSettings, *OF_SERVICES.values()],
    "upgrade": [*COMMON, S3Settings, DataSettings, BackupSettings, ProgramsSettings],
    "rotate-keys": [*COMMON, DataSettings, AuthSettings],
    "make-administrator": [*COMMON, DataSettings, AuthSettings],
    "set-password": [*COMMON, DataSettings, AuthSettings],
    **{
        name: [*WORKING, ListenSettings, Bounds, DrainSettings, MetricsSettings, AloneSettings, settings]
        for name, settings in OF_SERVICES.items()
    },
}

# The fields of the api's that are about trackers and imports.
for _command in ("serve", "worker", "api"):
    HEEDED[_command] += [TrackerSettings, ImportSettings]
HEEDED["import"] = [*HEEDED["import"], ImportSettings]

#: The settings that the options of the command line are of.
OPTIONS = (DataSettings, PlaceSettings, ListenSettings, WorkersSettings, TlsSettings, DemoSettings)

#: Variables of these beginnings are meant for this program.
PREFIXES = ("KYOO_", "KEIBI_", "GOCODER_", "OIDC_")
#: What Kubernetes tells every container about a service that is called kyoo.
OF_KUBERNETES = re.compile(r"\w+_(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)")


def check(command: str, given: Mapping[str, Any]) -> None:
    """Raises OptionError with a line for each option and variable that cannot work."""
    if found := faults(command, given):
        raise OptionError("\n".join(found))


def faults(command: str, given: Mapping[str, Any]) -> list[str]:
    """The lines, those that two settings share once."""
    return list(dict.fromkeys(_faults(command, given)))


def say_unknown() -> None:
    """Log which variables are meant for this program, and are none of its."""
    for line in unknown_here():
        log.warning(line)


def unknown_here() -> Iterator[str]:
    for name, nearest in unknown(os.environ):
        hint = f"; did you mean {nearest}?" if nearest else ""
        yield f"{name} is no variable of kyoo and has no effect{hint}"


def _faults(command: str, given: Mapping[str, Any]) -> Iterator[str]:
    own: dict[str, Path] = {}
    libraries: tuple[Path, ...] = ()
    for kind in HEEDED[command]:
        ours = {name: value for name, value in given.items() if name in kind.model_fields and kind in OPTIONS}
        settings, found = examined(kind, ours)
        yield from found
        if settings is None:
            continue
        yield from settings.lacks(ours)
        if kind is PlaceSettings or PlaceSettings not in HEEDED[command]:
            libraries = libraries or getattr(settings, "library", ())
        if isinstance(settings, PlaceSettings) and not settings.library and command != "doctor":
            yield f"Name at least one folder of videos: kyoo {command} --library /path/to/videos"
        own |= _own_folders(settings)
        if isinstance(settings, AuthSwitch):
            yield from settings.openness(command)
    yield from misplaced(libraries, own)


def _own_folders(settings: Settings) -> dict[str, Path]:
    """The folders of ours that variables name, by what a message calls them."""
    if isinstance(settings, DataSettings):
        return {DATA: settings.data_dir}
    folders = {}
    for name in ("images", "metadata_root", "cache_root", "profile_picture_path", "backup_target"):
        if name in type(settings).model_fields and (used := used_variable(type(settings).model_fields[name])):
            place = str(getattr(settings, name))
            if "://" not in place:
                folders[f"the folder of {used}"] = Path(place)
    return folders


def known_variables() -> list[str]:
    """Every variable of every command, but for those whose names are made up by whoever sets them."""
    kinds = dict.fromkeys(kind for heeded in HEEDED.values() for kind in heeded)
    return sorted({name for kind in kinds for field in kind.model_fields.values() for name in variables_of(field)})


def unknown(environ: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    """The variables that look like ours and are none, each with the name that was meant, perhaps."""
    known = known_variables()
    for name in sorted(environ):
        loud = name.upper()
        if not loud.startswith(PREFIXES) or name in known or OF_KUBERNETES.fullmatch(name):
            continue
        if API_KEY_VARIABLE.fullmatch(name) or PROVIDER.fullmatch(name):
            continue
        near = difflib.get_close_matches(loud, [*known, *_providers_like(loud)], n=1, cutoff=0.75)
        yield name, near[0] if near else None


def _providers_like(name: str) -> Iterator[str]:
    """The variables of OpenID providers that `name` may be meant to be one of."""
    words = name.removeprefix("KYOO_").split("_")
    if words[0] == "OIDC":
        for length in range(2, len(words)):
            yield from (f"{'_'.join(words[:length])}_{part}" for part in FIELDS)
