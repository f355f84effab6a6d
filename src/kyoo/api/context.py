"""What the handlers and jobs of the api work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from obstore.store import ObjectStore

from kyoo.api.settings import ApiSettings
from kyoo.core.blobs import open_store
from kyoo.core.postgres import Database
from kyoo.core.service import Runtime


@dataclass(frozen=True)
class ApiContext:
    settings: ApiSettings
    runtime: Runtime
    images: ObjectStore

    @property
    def database(self) -> Database:
        return self.runtime.database


def create_context(settings: ApiSettings, runtime: Runtime) -> ApiContext:
    return ApiContext(settings, runtime, open_store(settings.image_store))


def _of_request(request: Request) -> ApiContext:
    context: ApiContext = request.app.state.context
    return context


#: The context as a parameter of a handler.
Context = Annotated[ApiContext, Depends(_of_request)]
