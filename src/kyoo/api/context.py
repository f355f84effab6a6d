"""What the handlers and jobs of the api work with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from obstore.store import ObjectStore
from psycopg.errors import DeadlockDetected

from kyoo.api.limits import LimitedDatabase
from kyoo.api.settings import ApiSettings
from kyoo.core.blobs import open_store
from kyoo.core.postgres import Connection, Database
from kyoo.core.service import Runtime

T = TypeVar("T")


@dataclass(frozen=True)
class ApiContext:
    settings: ApiSettings
    runtime: Runtime
    images: ObjectStore
    # Limited to what the caller of the present request may see.
    database: Database

    async def write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """The result of `work` in a transaction. When Postgres ends the transaction to break a deadlock, as a file that
        moves while its show is seeded can cause one, `work` is done again; the third time the error is raised."""
        for last in (False, False, True):
            try:
                async with self.database.transaction() as connection:
                    return await work(connection)
            except DeadlockDetected:
                if last:
                    raise
        raise AssertionError("unreachable")


def create_context(settings: ApiSettings, runtime: Runtime) -> ApiContext:
    return ApiContext(settings, runtime, open_store(settings.image_store), LimitedDatabase(runtime.database))


async def _of_request(request: Request) -> ApiContext:
    context: ApiContext = request.app.state.context
    return context


#: The context as a parameter of a handler.
Context = Annotated[ApiContext, Depends(_of_request)]
