"""What the queue runs for the auth service: the removal of what time has made useless."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import procrastinate
import structlog
from procrastinate import JobContext, RetryStrategy

from kyoo.auth.context import AuthContext
from kyoo.auth.mail import MailError
from kyoo.auth.oidc.logins import AT_PROVIDER
from kyoo.auth.queries import (
    audit,
    challenges,
    device_logins,
    federation,
    invitations,
    oidc,
    password_resets,
    sessions,
    signing_keys,
    throttle,
)
from kyoo.auth.tokens.signing import KEPT_AFTER
from kyoo.core.blobs import remove_unfinished

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
        await throttle.delete_past(connection)
        await oidc.delete_older(connection, AT_PROVIDER)
        await federation.delete_older(connection, AT_PROVIDER)
        await password_resets.delete_expired(connection)
        await invitations.delete_expired(connection)
        await challenges.delete_expired(connection)
        await device_logins.delete_expired(connection)
        await signing_keys.delete_superseded(connection, KEPT_AFTER)
    if removed:
        log.info("expired sessions removed", count=removed)


@blueprint.periodic(cron="47 3 * * *")
@blueprint.task(name="forget_audit", pass_context=True, queueing_lock="auth:forget_audit")
async def forget_audit(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Every night; what it leaves, the next night removes."""
    auth: AuthContext = context.additional_context["auth"]
    async with auth.database.connection() as connection:
        await audit.delete_older(connection, timedelta(days=auth.settings.audit_days))


@blueprint.periodic(cron="57 3 * * *")
@blueprint.task(name="remove_unfinished_pictures", pass_context=True, queueing_lock="auth:remove_unfinished_pictures")
async def remove_unfinished_pictures(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Every night."""
    auth: AuthContext = context.additional_context["auth"]
    await asyncio.to_thread(remove_unfinished, auth.settings.profile_picture_path)


@blueprint.task(
    name="mail_password_reset",
    pass_context=True,
    retry=RetryStrategy(max_attempts=5, exponential_wait=5, retry_exceptions=[MailError]),
)
async def mail_password_reset(context: JobContext, login: str) -> None:
    """Send a link to set a new password to the user of a name or an address, if there is one."""
    auth: AuthContext = context.additional_context["auth"]
    await auth.password_resets.mail(login)
