"""What the queue runs for the api: the download of pictures, the comparison of shows, their libraries, forgetting
deleted users. How a picture is fetched and rendered is in images.py."""

from __future__ import annotations

import asyncio
import contextlib
from uuid import UUID

import httpx2
import obstore
import psycopg
import structlog
from obstore.exceptions import NotFoundError
from procrastinate import Blueprint, JobContext
from psycopg_pool import PoolTimeout

from kyoo.api import facts, forgetting, libraries
from kyoo.api.catalogue import images, similar
from kyoo.api.context import ApiContext
from kyoo.api.queries.catalogue import images as queries
from kyoo.api.queries.catalogue.guesses import forget_writes
from kyoo.api.statistics import summing
from kyoo.core import events
from kyoo.core.blobs import remove_unfinished
from kyoo.core.database.queue import BackOff

log = structlog.get_logger()

blueprint = Blueprint()

#: Pictures downloaded at once.
DOWNLOADS = 4
#: How long a picture belongs to the worker that took it; well over what a download may take.
CLAIM_SECONDS = 90
#: A picture that cannot be had is tried again after a minute, four, sixteen… and at last once a week.
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 7 * 24 * 3600.0


@blueprint.task(name="download_images", pass_context=True, queue="images", retry=BackOff(longest=10))
async def download_images(job: JobContext) -> None:
    """Download every picture that is due, the most wanted first."""
    await download_due(job.additional_context["api"])


@blueprint.periodic(cron="* * * * *")
@blueprint.task(
    name="retry_images", pass_context=True, queue="images", queueing_lock="api:retry_images", lock="api:retry_images"
)
async def retry_images(job: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Try again what failed and is due, and what a worker that died had taken."""
    await download_due(job.additional_context["api"])


@blueprint.periodic(cron="17 4 * * *")
@blueprint.task(
    name="forget_images", pass_context=True, queue="images", queueing_lock="api:forget_images", retry=BackOff()
)
async def forget_images(job: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Delete the pictures that nothing shows any more, and what was never written to its end."""
    context: ApiContext = job.additional_context["api"]
    await forget_unused(context)
    await asyncio.to_thread(remove_unfinished, context.settings.image_store)


@blueprint.periodic(cron="7 * * * *")
@blueprint.task(name="forget_writes", pass_context=True, queueing_lock="api:forget_writes")
async def forget_writes_of_the_past(job: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Delete the numbers of transactions that later ones stand for."""
    context: ApiContext = job.additional_context["api"]
    await forget_writes(context.database)


@blueprint.periodic(cron="27 * * * *")
@blueprint.task(name="forget_events", pass_context=True, queueing_lock="api:forget_events")
async def forget_events(job: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Delete the events that are kept no longer."""
    context: ApiContext = job.additional_context["api"]
    async with context.database.connection() as connection:
        await events.forget(connection)


@blueprint.periodic(cron="*/10 * * * *")
@blueprint.task(name="forget_users", pass_context=True, queueing_lock="api:forget_users")
async def forget_users(job: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Remove what is kept about users that auth has deleted."""
    context: ApiContext = job.additional_context["api"]
    forgotten = await forgetting.forget_deleted_users(context.database, context.runtime.peer)
    if forgotten:
        log.info("deleted users are forgotten", count=forgotten)


@blueprint.task(name="deliver_to_tracker", pass_context=True, queue="trackers")
async def deliver_to_tracker(job: JobContext, tracker: int) -> None:
    """Send what one account is due to be told."""
    context: ApiContext = job.additional_context["api"]
    await context.trackers.delivery.deliver(tracker, hurried=False)


@blueprint.periodic(cron="* * * * *")
@blueprint.task(name="look_for_letters", pass_context=True, queue="trackers", queueing_lock="api:look_for_letters")
async def look_for_letters(job: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Have sent whatever is due and whose sender died, or was never asked."""
    context: ApiContext = job.additional_context["api"]
    await context.trackers.delivery.defer_due()


@blueprint.task(name="import_from_tracker", pass_context=True, queue="trackers", retry=BackOff())
async def import_from_tracker(job: JobContext, identifier: str) -> None:
    """Run an import that somebody asked for."""
    context: ApiContext = job.additional_context["api"]
    await context.trackers.take_in(UUID(identifier))


@blueprint.task(name="look_at_tracker", pass_context=True, queue="trackers")
async def look_at_tracker(job: JobContext, tracker: int, thorough: bool = False) -> None:
    """Read what changed at a tracker."""
    context: ApiContext = job.additional_context["api"]
    await context.trackers.importing.look(tracker, thorough=thorough)


@blueprint.periodic(cron="*/5 * * * *")
@blueprint.task(name="look_at_trackers", pass_context=True, queue="trackers", queueing_lock="api:look_at_trackers")
async def look_at_trackers(job: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Have the trackers read whose time has come."""
    context: ApiContext = job.additional_context["api"]
    await context.trackers.look_at_due()


@blueprint.task(name="copy_for_webhooks", pass_context=True, queue="webhooks", retry=BackOff())
async def copy_for_webhooks(job: JobContext) -> None:
    """Copy what has happened for webhooks, before it is forgotten, and have it sent."""
    context: ApiContext = job.additional_context["api"]
    await context.webhooks.copy()


@blueprint.task(name="deliver_webhook", pass_context=True, queue="webhooks")
async def deliver_webhook(job: JobContext, webhook: int) -> None:
    """Send what is due to one webhook."""
    context: ApiContext = job.additional_context["api"]
    await context.webhooks.deliver(webhook)


@blueprint.periodic(cron="* * * * *")
@blueprint.task(name="look_for_messages", pass_context=True, queue="webhooks", queueing_lock="api:look_for_messages")
async def look_for_messages(job: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Have sent whatever is due and whose sender died, or was never asked."""
    context: ApiContext = job.additional_context["api"]
    await context.webhooks.defer_due()


@blueprint.periodic(cron="* * * * *")
@blueprint.task(name="announce_episodes", pass_context=True, queueing_lock="api:announce_episodes")
async def announce_episodes(job: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Tell followers of the episodes that have arrived."""
    context: ApiContext = job.additional_context["api"]
    await context.episodes.announce()


@blueprint.periodic(cron="*/2 * * * *")
@blueprint.task(name="add_up", pass_context=True, queueing_lock="api:add_up")
async def add_up(job: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Add what was watched to the sums that stay."""
    context: ApiContext = job.additional_context["api"]
    await summing.add_up(context.runtime.database)


@blueprint.periodic(cron="37 * * * *")
@blueprint.task(name="forget_messages", pass_context=True, queueing_lock="api:forget_messages")
async def forget_messages(job: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Shorten the log of webhooks."""
    context: ApiContext = job.additional_context["api"]
    await context.webhooks.forget()


@blueprint.task(name="take_import", pass_context=True, queue="trackers", retry=BackOff())
async def take_import(job: JobContext, identifier: str) -> None:
    """Take what somebody brought, or say what that would change."""
    context: ApiContext = job.additional_context["api"]
    await context.imports.take(UUID(identifier))


@blueprint.periodic(cron="37 * * * *")
@blueprint.task(
    name="look_at_imports_again", pass_context=True, queue="trackers", queueing_lock="api:look_at_imports_again"
)
async def look_at_imports_again(job: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Take of imports what the library lacked then, and has now."""
    context: ApiContext = job.additional_context["api"]
    await context.imports.look_again()


@blueprint.periodic(cron="*/5 * * * *")
@blueprint.task(name="gather_libraries", pass_context=True, queueing_lock="api:gather_libraries")
async def gather_libraries(job: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Let the shows know of a library that changed when the api was killed."""
    context: ApiContext = job.additional_context["api"]
    await libraries.apply_changes(context.database)


@blueprint.periodic(cron="*/5 * * * *")
@blueprint.task(
    name="relate_shows", pass_context=True, queueing_lock="api:relate_shows", lock="api:relate_shows", priority=-10
)
async def relate_shows(job: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Compute which shows are alike, when the library has changed."""
    await similar.refresh(job.additional_context["api"])


async def forget_unused(context: ApiContext) -> int:
    """Delete unused pictures, their rows and files; how many."""
    async with context.database.connection() as connection:
        await queries.drop_stale_places(connection)
    forgotten = 0
    while True:
        async with context.database.transaction() as connection:
            unused = await queries.take_unused(connection, 100)
            names = [name for identifier in unused for name in images.file_names(identifier)]
            for name in names:
                with contextlib.suppress(FileNotFoundError, NotFoundError):  # not every picture has every file
                    await obstore.delete_async(context.images, name)
        forgotten += len(unused)
        if not unused:
            return forgotten


async def download_due(context: ApiContext) -> int:
    """Download until nothing is due; how many pictures are ready now."""
    hosts = images.Hosts(context.runtime.public_url)
    async with images.outside_client(context.settings) as outside:

        async def work() -> int:
            done = 0
            while True:
                # In a transaction: what is claimed while this is cut off is not taken.
                async with context.database.transaction() as connection:
                    claimed = await queries.claim(connection, 1, CLAIM_SECONDS)
                if not claimed:
                    return done
                for picture in claimed:
                    try:
                        done += await _download(context, outside, picture, hosts)
                    except BaseException:
                        # Cut off, or without a database. Whoever goes on need not wait until the claim has run out.
                        with contextlib.suppress(psycopg.Error, PoolTimeout):
                            async with context.database.connection() as connection:
                                await queries.release(connection, picture.id)
                        raise

        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(work()) for _ in range(DOWNLOADS)]
        return sum(worker.result() for worker in workers)


async def _download(
    context: ApiContext, outside: httpx2.AsyncClient, picture: queries.Claimed, hosts: images.Hosts
) -> bool:
    """Whether the picture is in the store now. No connection is held while it is on its way."""
    runtime = context.runtime
    try:
        data = await images.download(picture.source, public_url=runtime.public_url, peer=runtime.peer, outside=outside)
        rendered = await images.render(context.renderer, data)
        for quality, content in rendered.files.items():
            await obstore.put_async(context.images, images.file_name(picture.id, quality), content)
    except Exception as error:  # whatever a picture does to a decoder must not stop the others
        expected = isinstance(error, images.ImageError)
        reason = str(error) if expected else f"{type(error).__name__}: {error}"
        log.info("picture not downloaded", source=picture.source, reason=reason, exc_info=not expected)
        wait = hosts.failed(picture.source, error) if isinstance(error, images.ImageError) else 0.0
        async with context.database.connection() as connection:
            await queries.fail(connection, picture.id, reason, wait or pause(picture.attempts))
            if wait:
                await queries.postpone(connection, hosts.of(picture.source), wait)
        return False
    hosts.answered(picture.source)
    async with context.database.transaction() as connection:
        await queries.finish(connection, picture.id, rendered.blurhash)
        await facts.picture_ready(connection, picture.id)
    return True


def pause(attempts: int) -> float:
    """Seconds to wait after so many failed attempts."""
    return float(min(LONGEST_PAUSE, FIRST_PAUSE * 4.0 ** min(attempts - 1, 10)))
