"""What the queue runs for the scanner. How jobs get into the queue is in `work.py`."""

from __future__ import annotations

import procrastinate
from procrastinate.retry import RetryDecision

from kyoo.core.database import queue
from kyoo.core.errors import KyooError
from kyoo.core.outside import outside_transport
from kyoo.scanner import work
from kyoo.scanner.anime import keeping
from kyoo.scanner.api_client import ApiUnavailableError
from kyoo.scanner.context import ScannerContext
from kyoo.scanner.metadata import describing, films, identification, ordering, refreshing
from kyoo.scanner.scanning import comparing, probing, renewing

blueprint = procrastinate.Blueprint()


class BackOff(queue.BackOff):
    """A request that was understood and refused is not repeated."""

    def get_retry_decision(self, *, exception: BaseException, job: procrastinate.jobs.Job) -> RetryDecision | None:
        if isinstance(exception, KyooError) and not isinstance(exception, ApiUnavailableError):
            return None
        decision = super().get_retry_decision(exception=exception, job=job)
        if decision is not None:
            # A job that waits must not hold up the later ones of its lock: see `work.py`.
            decision.priority = min(job.priority, work.LATER)
        return decision


def _context(context: procrastinate.JobContext) -> ScannerContext:
    found = context.additional_context["scanner"]
    assert isinstance(found, ScannerContext)
    return found


@blueprint.task(name="scan", queue="scan", pass_context=True, retry=BackOff(attempts=12))
async def scan(
    context: procrastinate.JobContext,
    paths: list[str] | None = None,
    reconcile: bool = False,
    remove_missing: bool = False,
) -> None:
    await comparing.scan(_context(context), paths, reconcile=reconcile, remove_missing=remove_missing)


@blueprint.task(name="identify", queue="identify", pass_context=True, retry=BackOff(attempts=8))
async def identify(context: procrastinate.JobContext, show_id: int) -> None:
    await identification.identify(_context(context), show_id)


@blueprint.task(name="refresh", queue="identify", pass_context=True, retry=BackOff(attempts=8))
async def refresh(context: procrastinate.JobContext, show_id: int, prune: bool = False) -> None:
    await identification.identify(_context(context), show_id, prune=prune, only_changed=not prune)


@blueprint.task(name="describe", queue="describe", pass_context=True, retry=BackOff(attempts=8))
async def describe(
    context: procrastinate.JobContext, show_id: int, again: bool = False, urgent: bool = False, attempt: int = 0
) -> None:
    await describing.describe(_context(context), show_id, again=again, urgent=urgent, attempt=attempt)
    await films.describe(_context(context), show_id, again=again)
    if again:
        await ordering.refresh(_context(context), show_id)


@blueprint.periodic(cron="41 * * * *")
@blueprint.task(name="refresh_due", queue="describe", pass_context=True, queueing_lock="scanner:refresh_due")
async def refresh_due(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Every hour: what the first run of a day leaves, the next ones find."""
    await refreshing.refresh_due(_context(context))
    await refreshing.forget_answers(_context(context))


@blueprint.periodic(cron="29 * * * *")
@blueprint.task(
    name="renew_anime_lists", queue="identify", pass_context=True, queueing_lock="scanner:renew_anime_lists"
)
async def renew_anime_lists(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    await work.anime_lists(_context(context).runtime.queue)


@blueprint.task(name="anime_lists", queue="identify", pass_context=True, retry=BackOff(attempts=3))
async def anime_lists(context: procrastinate.JobContext) -> None:
    scanner = _context(context)
    settings = scanner.settings
    changed = await keeping.refresh(
        scanner.runtime.database,
        settings.anime_lists_url,
        every=settings.anime_lists_interval,
        limit=settings.anime_lists_limit,
        transport=outside_transport(settings),
    )
    if changed and await renewing.outdate(scanner.runtime.database):
        await work.scan_all(scanner.runtime.queue)


@blueprint.task(name="probe", queue="probe", pass_context=True, retry=BackOff(attempts=12))
async def probe(context: procrastinate.JobContext) -> None:
    await probing.probe(_context(context))
