"""Builds the whole instance inside one process: every service's application behind the gateway, and their contexts."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from pydantic import AliasChoices
from pydantic_settings import BaseSettings

from kyoo.api.settings import ApiSettings
from kyoo.auth.routes.remembered import remembered_exchange
from kyoo.auth.settings import ApiKeyConfig, AuthSettings
from kyoo.core.database.postgres import Database
from kyoo.core.database.queue import make_queue
from kyoo.core.database.shares import Tenant
from kyoo.core.errors import error_object
from kyoo.core.http.body_limit import MAX_BYTES, BodyLimit
from kyoo.core.http.permissions import Authentication
from kyoo.core.http.service import Runtime
from kyoo.core.peers import peer_client
from kyoo.core.settings import Settings
from kyoo.core.tokens import JwksUrl, Verifier
from kyoo.scanner.settings import ScannerSettings
from kyoo.serve.administration import create_app as create_administration
from kyoo.serve.http.gateway import Gateway
from kyoo.serve.http.web import web_client
from kyoo.serve.options import ServeOptions
from kyoo.serve.processes.beside import ServerProcess, ToFirst
from kyoo.serve.services import SERVICES, Service, check_lanes
from kyoo.transcoder.settings import TranscoderSettings

#: The name and the rights of the service account that scanner and workers act as.
SERVICE_ACCOUNT = "service"
SERVICE_PERMISSIONS = [
    "core.read",
    "core.write",
    "core.play",
    "users.read",
    "scanner.trigger",
    "scanner.add",
    # For the guests of rooms, whose keys end with them (api/realtime/invitations.py).
    "apikeys.write",
]

#: What the api holds about a user, for the export of an account.
EXPORT_LINKS = {"profile": "/api/profiles/me/export"}


@dataclass(frozen=True)
class Instance:
    """`contexts` is what the jobs of each service find in `additional_context`."""

    gateway: Gateway
    runtime: Runtime
    applications: dict[str, FastAPI]
    #: What the server tells about itself; None where nobody reaches it from outside.
    administration: FastAPI | None = None

    @property
    def contexts(self) -> dict[str, Any]:
        return {name: app.state.context for name, app in self.applications.items()}


@asynccontextmanager
async def composed(
    options: ServeOptions,
    conninfo: str,
    service_key: str,
    *,
    role: str,
    tenant: Tenant,
    process: ServerProcess | None = None,
) -> AsyncIterator[Instance]:
    """The instance with its database pool, queue and services running. `role` is `serve` or `worker`: both hold all
    services, so that a service calls another in its own process; only `serve` is reached from outside. `process`:
    among the processes that answer beside each other. Raises LaneError."""
    check_lanes()
    gateway = Gateway()
    peer = peer_client(options.public_url, api_key=service_key, app=gateway)
    jwks = JwksUrl(peer, "/.well-known/jwks.json")
    share = await tenant.share(conninfo)
    # Jobs wait for a server that is away; whoever asks over HTTP is told.
    database = Database(
        conninfo, name=tenant.name, max_size=share.pool, max_apart=share.limited, patient=role == "worker"
    )
    queue = make_queue(conninfo, max_size=share.queue)

    def runtime(service: Service) -> Runtime:
        verifier = Verifier(jwks, issuer=options.public_url)
        authentication = Authentication(verifier, service.missing_status, service.malformed_status)
        address, leader = (process.address, process.first) if process is not None else (None, None)
        return Runtime(database, queue, authentication, peer, options.public_url, address, leader)

    settings = settings_of(options, service_key, role)
    applications = {name: service.create_app(settings[name], runtime(service)) for name, service in SERVICES.items()}
    administration = (
        create_administration(options, conninfo, settings, runtime(SERVICES["auth"])) if role == "serve" else None
    )
    to_first = ToFirst(process.first) if process is not None and process.number else None
    gateway.mount(
        applications,
        administration=administration,
        web=web_client() if role == "serve" else None,
        remembered=remembered_exchange(applications["auth"].state.context),
        first=BodyLimit(to_first, MAX_BYTES, MAX_BYTES, error_object) if to_first is not None else None,
    )
    await database.open()
    try:
        async with peer, queue.open_async(), tenant.at_home(database, queue), gateway.running():
            yield Instance(gateway, runtime(SERVICES["api"]), applications, administration)
    finally:
        if to_first is not None:
            await to_first.close()
        await database.close()


def settings_of(options: ServeOptions, service_key: str, role: str) -> dict[str, Settings]:
    """The settings of every service, for what is not configured those of one machine. Raises ValidationError."""
    data = options.data_dir
    roots = [str(folder) for folder in options.libraries]
    return {
        "auth": AuthSettings(
            public_url=options.public_url,
            api_keys={SERVICE_ACCOUNT: ApiKeyConfig(token=service_key, claims={"permissions": SERVICE_PERMISSIONS})},
            **_unless_set(AuthSettings, profile_picture_path=str(data / "profile_pictures"), export_links=EXPORT_LINKS),
        ),
        "api": ApiSettings(**_unless_set(ApiSettings, images=str(data / "images"), secrets_folder=data / "secrets")),
        "scanner": ScannerSettings(library=roots, **_unless_set(ScannerSettings, secrets_folder=data / "secrets")),
        "transcoder": TranscoderSettings(
            library=roots,
            **_unless_set(TranscoderSettings, cache_root=data / "cache" / role, metadata_root=str(data / "metadata")),
        ),
        **{service.name: service.settings() for service in SERVICES.values() if service.facade},
    }


def _unless_set(settings: type[BaseSettings], **defaults: Any) -> dict[str, Any]:
    """Those of `defaults` whose variables are not in the environment."""

    def names(field: str) -> list[str]:
        alias = settings.model_fields[field].validation_alias
        return [str(name) for name in alias.choices] if isinstance(alias, AliasChoices) else [field]

    return {field: value for field, value in defaults.items() if not any(map(os.environ.get, names(field)))}
