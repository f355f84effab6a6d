"""What the scanner measures of the services of metadata (core/metrics.py): every replica says the same."""

from __future__ import annotations

from prometheus_client import Metric

from kyoo.core.database.postgres import Database
from kyoo.core.metrics import Source, gauges
from kyoo.scanner.queries import services


def measures(database: Database) -> Source:
    async def source() -> list[Metric]:
        async with database.connection() as connection:
            states = await services.states(connection)
        return [
            gauges(
                "kyoo_provider_up",
                "Whether a service of metadata answered last: 1 yes, 0 no.",
                ["provider"],
                {(row["name"],): row["up"] for row in states},
            ),
            gauges(
                "kyoo_provider_requests",
                "Requests that were made to it since it is known.",
                ["provider"],
                {(row["name"],): row["requests"] for row in states},
            ),
        ]

    return source
