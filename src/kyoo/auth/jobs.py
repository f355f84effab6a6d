"""What the queue runs for the auth service: the removal of expired sessions."""

from __future__ import annotations

import procrastinate
import structlog
from procrastinate import JobContext, RetryStrategy

from kyoo.auth.context import AuthContext
from kyoo.auth.queries import sessions

log = structlog.get_logger()

blueprint = procrastinate.Blueprint()


@blueprint.periodic(cron="17 * * * *")
@blueprint.task(
    name="remove_expired_sessions",
    pass_context=True,
    queueing_lock="auth:remove_expired_sessions",
    retry=RetryStrategy(max_attempts=3, exponential_wait=10),
)
async def remove_expired_sessions(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Every hour; expired sessions are of no use before that, either."""
    auth: AuthContext = context.additional_context["auth"]
    async with auth.database.connection() as connection:
        removed = await sessions.delete_expired(connection, auth.settings.session_lifetime)
    if removed:
        log.info("expired sessions removed", count=removed)
