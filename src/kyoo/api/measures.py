"""What the api measures of itself and of what all share (core/metrics.py), of which every replica says the same."""

from __future__ import annotations

from prometheus_client import Metric

from kyoo.api.context import ApiContext
from kyoo.api.queries.trackers import outbox as tracker_outbox
from kyoo.core.database.queue_events import depths
from kyoo.core.metrics import Source, gauge, gauges


def measures(context: ApiContext) -> Source:
    async def source() -> list[Metric]:
        async with context.runtime.database.connection() as connection:
            queues = await depths(connection)
            outbox = await tracker_outbox.counts(connection)
        jobs = {(row["queue"], state): row[state] for row in queues for state in ("waiting", "running", "failed")}
        return [
            gauge("kyoo_websockets", "Websockets that are open here.", context.sockets.total),
            gauges(
                "kyoo_jobs",
                "Jobs of each queue: that may run now, that run, that have failed.",
                ["queue", "state"],
                jobs,
            ),
            gauges(
                "kyoo_job_age_seconds",
                "For how long the oldest job that may run has waited.",
                ["queue"],
                {(row["queue"],): row["age"] for row in queues},
            ),
            gauges(
                "kyoo_tracker_outbox",
                "What is to be told to trackers, by its state.",
                ["tracker", "state"],
                {(row["service"], row["state"]): row["count"] for row in outbox},
            ),
        ]

    return source
