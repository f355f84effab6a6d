"""Embedded subtitles, extracted once by one ffmpeg run and kept in the store by content, pictures of DVDs as PGS;
sidecars as they are."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from kyoo.core.database.postgres import Database
from kyoo.core.errors import KyooError, NotFoundError
from kyoo.core.files import text_of
from kyoo.transcoder.ffmpeg import commands
from kyoo.transcoder.ffmpeg.running import Ffmpeg, FfmpegError, Outputs
from kyoo.transcoder.info import EXTRACT, media_url
from kyoo.transcoder.libav.pool import InspectionError, InspectionPool
from kyoo.transcoder.media_files import KnownFile
from kyoo.transcoder.models.info import SubtitleInfo
from kyoo.transcoder.models.media import SubtitleTrack
from kyoo.transcoder.queries import media as queries
from kyoo.transcoder.single_flight import SingleFlight
from kyoo.transcoder.subtitles.sidecars import Sidecar, find_sidecars

log = structlog.get_logger()

#: Seconds one extraction may take; it reads the whole file.
EXTRACTION_LIMIT = 3600.0
#: Tracks that one ffmpeg writes, each to a file that is open.
AT_ONCE = 100
#: Seconds for which a failed extraction is not tried again.
FAILURE_REMEMBERED = 60.0
#: The codec of tracks that are pictures and come as PGS, and the version of the extraction of a file that has some.
DRAWN, DRAWN_EXTRACT = "dvd_subtitle", 2


class ExtractionError(KyooError):
    status = 500


class Subtitles:
    def __init__(
        self,
        database: Database,
        store: ObjectStore,
        runner: Ffmpeg,
        program: commands.Program,
        *,
        largest: int,
        look_memory: int,
    ) -> None:
        self._database = database
        self._store = store
        self._ffmpeg = runner
        self._program = program
        self._largest = largest
        # Its own: it reads whole films, and stands back for everything else.
        self._inspections = InspectionPool(1, memory=look_memory, niceness=15)
        self._flights: SingleFlight[None] = SingleFlight()
        self._failed: dict[str, tuple[float, KyooError]] = {}

    async def close(self) -> None:
        await self._flights.close()
        await self._inspections.close()

    def begin(self, file: KnownFile) -> None:
        """Extract in the background what has not been extracted yet."""
        if self._is_due(file) and not self._failure(file):
            self._flights.start(file.content_id, lambda: self._extract(file))

    async def ensure(self, file: KnownFile) -> None:
        """Wait until everything is extracted. Raises ExtractionError."""
        if not self._is_due(file):
            return
        failure = self._failure(file)
        if failure is not None:
            raise failure
        await self._flights.run(file.content_id, lambda: self._extract(file))

    def _is_due(self, file: KnownFile) -> bool:
        return file.extract_version < _version(file) and any(track.extension for track in file.media.subtitles)

    def _failure(self, file: KnownFile) -> KyooError | None:
        failed = self._failed.get(file.content_id)
        return failed[1] if failed is not None and failed[0] > time.monotonic() else None

    async def embedded(self, file: KnownFile, index: int, extension: str) -> bytes:
        """The extracted track. Raises NotFoundError for a track that is not there or could not be extracted."""
        track = next((track for track in file.media.subtitles if track.index == index), None)
        if track is None or track.extension != extension:
            raise NotFoundError("No such subtitle")
        await self.ensure(file)
        found = await self._stored(file, track)
        if found is None and not await obstore.list(self._store, f"{file.content_id}/sub").collect_async():
            # The store has none of them any more, as after the file was gone for long (collecting.py).
            file.extract_version = 0
            async with self._database.connection() as connection:
                await queries.set_extract_version(connection, file.content_id, 0)
            await self.ensure(file)
            found = await self._stored(file, track)
        if found is None:
            raise NotFoundError("This subtitle track could not be extracted")
        return found

    async def _stored(self, file: KnownFile, track: SubtitleTrack) -> bytes | None:
        try:
            found = await obstore.get_async(self._store, _key(file.content_id, track))
            return bytes(await found.bytes_async())
        except FileNotFoundError:
            return None

    async def _extract(self, file: KnownFile) -> None:
        async with self._database.connection() as connection:
            row = await queries.by_content(connection, file.content_id)
        version = _version(file)
        if row is not None and row["extract_version"] >= version:  # another process was faster
            file.extract_version = version
            return
        tracks = [track for track in file.media.subtitles if track.extension]
        try:
            with tempfile.TemporaryDirectory(prefix="kyoo-subtitles-") as folder:
                await self._run(file, tracks, Path(folder))
                await self._keep(file, tracks, Path(folder))
        except (KyooError, OSError, BaseError) as error:
            failure = error if isinstance(error, KyooError) else ExtractionError(f"Extraction failed: {error}")
            self._failed[file.content_id] = (time.monotonic() + FAILURE_REMEMBERED, failure)
            log.warning("subtitles cannot be extracted", path=str(file.path), reason=failure.message)
            raise failure from error
        async with self._database.connection() as connection:
            await queries.set_extract_version(connection, file.content_id, version)
        file.extract_version = version
        self._failed.pop(file.content_id, None)

    async def _run(self, file: KnownFile, tracks: list[SubtitleTrack], folder: Path) -> None:
        """All at once but pictures; when that fails each on its own, so that a bad track spoils none but itself."""
        drawn = [track for track in tracks if track.codec == DRAWN]
        failures = await self._run_ffmpeg(file, [track for track in tracks if track.codec != DRAWN], folder)
        for track in drawn:
            try:
                await self._draw(file, track, folder)
            except InspectionError as error:
                failures.append(f"track {track.index}: {error}")
        if len(failures) == len(tracks):
            raise ExtractionError(f"The subtitles cannot be extracted: {failures[0]}")
        if failures:
            log.warning("some subtitles cannot be extracted", path=str(file.path), reason="; ".join(failures))

    async def _run_ffmpeg(self, file: KnownFile, tracks: list[SubtitleTrack], folder: Path) -> list[str]:
        """What went wrong, track by track."""
        try:
            for some in batches(tracks):
                await self._read(file, some, folder)
        except FfmpegError as error:
            if len(tracks) == 1:
                return [f"track {tracks[0].index}: {error}"]
        else:
            return []
        failures = []
        for track in tracks:
            try:
                await self._read(file, [track], folder)
            except FfmpegError as error:
                _place(folder, track).unlink(missing_ok=True)
                failures.append(f"track {track.index}: {error}")
        return failures

    async def _draw(self, file: KnownFile, track: SubtitleTrack, folder: Path) -> None:
        video = file.media.default_video
        size = {"width": video.width, "height": video.height} if video else {"width": 720, "height": 576}
        made = await self._inspections.run(
            "drawn_subtitles", file.path, EXTRACTION_LIMIT, stream=track.stream, start=file.media.start, **size
        )
        if len(made) > self._largest:
            raise InspectionError("they are too big")
        await asyncio.to_thread(_place(folder, track).write_bytes, made)

    async def _read(self, file: KnownFile, tracks: Sequence[SubtitleTrack], folder: Path) -> None:
        """ffmpeg writes to files that we have opened for it."""
        with contextlib.ExitStack() as opened:
            outputs = [opened.enter_context(_place(folder, track).open("wb")).fileno() for track in tracks]
            await self._ffmpeg.run(
                commands.subtitle_arguments(self._program, file.media, tracks),
                EXTRACTION_LIMIT,
                file.path,
                Outputs(tuple(outputs), self._largest),
            )

    async def _keep(self, file: KnownFile, tracks: list[SubtitleTrack], folder: Path) -> None:
        for track in tracks:
            path = _place(folder, track)
            if path.exists():
                await obstore.put_async(self._store, _key(file.content_id, track), path)


def batches(tracks: Sequence[SubtitleTrack]) -> list[Sequence[SubtitleTrack]]:
    """As many as one ffmpeg can write to."""
    return [tracks[start : start + AT_ONCE] for start in range(0, len(tracks), AT_ONCE)]


def _version(file: KnownFile) -> int:
    """Which extraction a file needs: pictures of DVDs came with the second."""
    return DRAWN_EXTRACT if any(track.codec == DRAWN for track in file.media.subtitles) else EXTRACT


def _place(folder: Path, track: SubtitleTrack) -> Path:
    return folder / f"{track.index}.{track.extension}"


def _key(content_id: str, track: SubtitleTrack) -> str:
    return f"{content_id}/sub/{track.index}.{track.extension}"


async def sidecar_infos(video: Path) -> list[SubtitleInfo]:
    return [_sidecar_info(video, sidecar) for sidecar in await asyncio.to_thread(find_sidecars, video)]


def _sidecar_info(video: Path, sidecar: Sidecar) -> SubtitleInfo:
    return SubtitleInfo(
        index=None,
        title=sidecar.title,
        language=sidecar.language,
        codec=sidecar.codec,
        extension=sidecar.extension,
        is_default=sidecar.is_default,
        is_forced=sidecar.is_forced,
        is_hearing_impaired=sidecar.is_hearing_impaired,
        is_external=True,
        path=text_of(sidecar.path),
        link=media_url(video, "subtitle", f"ext-{text_of(Path(sidecar.name))}"),
    )
