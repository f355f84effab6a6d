"""What the queue runs: everything that is known about a file before anybody plays it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import procrastinate
import structlog
from procrastinate import JobContext, RetryStrategy

from kyoo.core.blobs import remove_unfinished
from kyoo.core.errors import BadRequestError, NotFoundError
from kyoo.core.files import decode_path, path_of
from kyoo.transcoder import collecting
from kyoo.transcoder.context import TranscoderContext
from kyoo.transcoder.deferring import QUEUE, defer_unless_queued
from kyoo.transcoder.info import THUMBS
from kyoo.transcoder.media_files import KnownFile, NoMediaError
from kyoo.transcoder.pictures import WEBP
from kyoo.transcoder.subtitles.extraction import ExtractionError

log = structlog.get_logger()

blueprint = procrastinate.Blueprint()

#: Sprites wait until every file has been probed.
SPRITE_PRIORITY = -10
#: Seconds a job may read a file for its keyframes.
PATIENCE = 900.0
RETRY = RetryStrategy(max_attempts=4, exponential_wait=5)


@blueprint.task(name="probe", queue=QUEUE, pass_context=True, retry=RETRY)
async def probe(context: JobContext, path: str) -> None:
    """Info, keyframes and subtitles of the file at `path` (absolute, or encoded as in a URL); then its sprites."""
    transcoder: TranscoderContext = context.additional_context["transcoder"]
    file = await _find(transcoder, path)
    if file is None:
        return
    if file.media.videos and file.thumbs_version < THUMBS:
        await defer_unless_queued(
            transcoder.runtime.queue, "transcoder:thumbnails", path, file.content_id, priority=SPRITE_PRIORITY
        )
    try:
        await transcoder.subtitles.ensure(file)
    except ExtractionError as error:
        # The file's own fault; a player that asks for the track tries again.
        log.warning("no subtitles", path=path, reason=error.message)


@blueprint.task(name="thumbnails", queue=QUEUE, pass_context=True, retry=RETRY)
async def thumbnails(context: JobContext, path: str) -> None:
    """The sprites of the file at `path`."""
    transcoder: TranscoderContext = context.additional_context["transcoder"]
    file = await _find(transcoder, path)
    if file is not None:
        try:
            await transcoder.pictures.sprite(file, WEBP)
        except NotFoundError as error:
            log.info("no sprites", path=path, reason=error.message)


@blueprint.periodic(cron="43 4 * * *")
@blueprint.task(name="collect", queue=QUEUE, pass_context=True, queueing_lock="transcoder:collect", retry=RETRY)
async def collect(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 (the queue gives it)
    """Delete what was made of files that are gone, and what was never written to its end."""
    transcoder: TranscoderContext = context.additional_context["transcoder"]
    deleted = await collecting.collect(transcoder)
    await asyncio.to_thread(remove_unfinished, transcoder.settings.store_location)
    if deleted:
        log.info("what was made of files that are gone is deleted", count=deleted)


async def _find(transcoder: TranscoderContext, path: str) -> KnownFile | None:
    """None when there is nothing to do: the file has gone, or is no media."""
    try:
        location = Path(path_of(path)) if path.startswith("/") else decode_path(path)
        location, stat = await transcoder.library.check(location)
        return await transcoder.library.known(location, stat, patience=PATIENCE)
    except (BadRequestError, NotFoundError, NoMediaError) as error:
        log.warning("a file cannot be probed", path=path, reason=error.message)
        return None
