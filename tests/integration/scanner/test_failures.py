"""What happens when the api, the transcoder or a file fails: nothing is lost, the reason can be seen, and it heals."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

import procrastinate
import pytest
from structlog.testing import capture_logs
from tests.integration.scanner.conftest import Kyoo

from kyoo.scanner.api_client import ApiError, ApiUnavailableError
from kyoo.scanner.jobs import BackOff
from kyoo.scanner.metadata import identification
from kyoo.scanner.models.seed import SeedMovie


async def run_what_waits(kyoo: Kyoo) -> None:
    """Let the time of jobs that are to be repeated come."""
    await kyoo.change_queue("update procrastinate_jobs set scheduled_at = now() where status = 'todo'")
    await kyoo.work()


async def test_a_scan_while_the_api_is_away_is_repeated(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979).mkv", "Show/Show S01E01.mkv")
    kyoo.front.cut.add("/api")
    await kyoo.scan()
    jobs = await kyoo.rows(
        "select scheduled_at, attempts from queue.procrastinate_jobs where task_name = 'scanner:scan'"
    )
    assert len(jobs) == 1
    assert isinstance(jobs[0]["scheduled_at"], datetime)
    kyoo.front.cut.clear()
    await run_what_waits(kyoo)
    assert await kyoo.titles() == ["Alien", "Show"]
    assert len(await kyoo.videos()) == 2


async def test_a_file_the_api_refuses_holds_up_no_other(kyoo: Kyoo) -> None:
    files = kyoo.add(*(f"Show/Show S01E{number:02}.mkv" for number in range(1, 10)))
    await kyoo.scan()
    # A row that the api must refuse, as a defect of ours would make it.
    await kyoo.rows(
        "update scanner.files set state = 'found', video_id = null, rendering = 'no slug' where path = %s returning 1",
        str(files[3]),
    )
    files[4].unlink()
    kyoo.add("Show/Show S01E10.mkv")
    await kyoo.scan()
    progress = await kyoo.get("/scanner/progress")
    assert (progress["failed"], progress["identified"]) == (1, 8)
    assert progress["errors"][0]["path"] == str(files[3])
    assert "rendering" in progress["errors"][0]["message"]


async def test_a_rendering_the_api_knows_otherwise(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979).mkv")
    guess = await kyoo.get("/scanner/guess", path=str(kyoo.library / "Alien (1979).mkv"))
    foreign = {**guess, "path": "/elsewhere/Alien.mkv", "for": []}
    assert (await kyoo.client.post("/api/videos", json=[foreign])).status_code == 201
    await kyoo.scan()
    film = await kyoo.get("/api/movies/alien", **{"with": "videos"})
    assert [video["path"] for video in film["videos"]] == [str(kyoo.library / "Alien (1979).mkv")]


async def test_a_failed_request_is_shown_and_repeated(kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
    kyoo.add("Alien (1979).mkv")
    failing = True
    real = identification._post

    async def post(context: object, seed: SeedMovie) -> object:
        if failing:
            raise ApiUnavailableError("the api is starting")
        return await real(context, seed)  # type: ignore[arg-type]

    monkeypatch.setattr(identification, "_post", post)
    await kyoo.scan()
    (request,) = await kyoo.items("/scanner/scan", status="failed")
    assert (request["kind"], request["title"], request["year"], request["status"]) == ("movie", "Alien", 1979, "failed")
    assert request["error"]["title"] == "ApiUnavailableError"
    assert request["error"]["message"] == "the api is starting"
    assert request["error"]["traceback"]
    assert len(request["videos"]) == 1
    assert await kyoo.items("/scanner/scan", status="pending") == []
    failing = False
    await run_what_waits(kyoo)
    assert await kyoo.items("/scanner/scan") == []
    assert await kyoo.titles() == ["Alien"]


async def test_a_full_scan_tries_what_was_given_up(kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
    kyoo.add("Alien (1979).mkv")

    async def refuse(context: object, seed: SeedMovie) -> object:
        raise ApiError("the seed is refused")

    with monkeypatch.context() as patch:
        patch.setattr(identification, "_post", refuse)
        await kyoo.scan()
        assert [request["status"] for request in await kyoo.items("/scanner/scan")] == ["failed"]
    assert (await kyoo.client.put("/scanner/scan")).status_code == 204
    await kyoo.work()
    assert await kyoo.titles() == ["Alien"]
    assert await kyoo.items("/scanner/scan") == []


async def test_a_scan_cut_off_between_storing_and_registering(kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
    kyoo.add("Alien (1979).mkv", "Show/Show S01E01.mkv")

    async def die(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(kyoo.context.api, "register", die)
        from kyoo.scanner.scanning.comparing import scan

        with pytest.raises(KeyboardInterrupt):
            await scan(kyoo.context)
    assert await kyoo.value("select count(*) from scanner.files where state = 'found'") == 2
    await kyoo.scan()
    assert await kyoo.titles() == ["Alien", "Show"]


async def test_lost_jobs_are_made_again(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979).mkv")
    from kyoo.scanner.scanning.comparing import scan

    await scan(kyoo.context)
    await kyoo.change_queue("delete from procrastinate_jobs")
    await kyoo.scan()
    assert await kyoo.titles() == ["Alien"]
    assert (await kyoo.get("/scanner/progress"))["probed"] == 1


async def test_what_the_api_lost_comes_back(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979).mkv", "Show/Show S01E01.mkv")
    await kyoo.scan()
    await kyoo.client.delete("/api/movies/alien")
    await kyoo.client.request("DELETE", "/api/videos", json=[str(kyoo.library / "Show/Show S01E01.mkv")])
    await kyoo.client.put("/scanner/scan")
    await kyoo.work()
    assert await kyoo.titles() == ["Alien", "Show"]
    assert (await kyoo.get("/api/movies/alien"))["isAvailable"] is True
    assert (await kyoo.get("/api/series/show"))["availableCount"] == 1


async def test_unreadable_media_is_listed_with_its_reason(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979).mkv", "Brazil (1985).mkv", "Cube (1997).mkv")
    kyoo.transcoder.broken.add("Alien (1979).mkv")
    kyoo.transcoder.failing.add("Brazil (1985).mkv")
    await kyoo.scan()
    assert await kyoo.titles() == ["Alien", "Brazil", "Cube"]
    progress = await kyoo.get("/scanner/progress")
    assert progress["probed"] == 3
    assert {error["path"].rsplit("/", 1)[1] for error in progress["errors"]} == {
        "Alien (1979).mkv",
        "Brazil (1985).mkv",
    }
    assert (await kyoo.get("/api/movies/cube"))["runtime"] == 10
    assert (await kyoo.get("/api/movies/alien"))["runtime"] is None


async def test_probing_waits_for_the_transcoder(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979).mkv")
    kyoo.transcoder.down = True
    await kyoo.scan()
    assert (await kyoo.get("/scanner/progress"))["probed"] == 0
    kyoo.transcoder.down = False
    await run_what_waits(kyoo)
    assert (await kyoo.get("/api/movies/alien"))["runtime"] == 10


async def test_a_file_without_read_permission(kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
    kyoo.add("Alien (1979).mkv", "Brazil (1985).mkv")
    from kyoo.core.files import content_id
    from kyoo.scanner.scanning import file_reader

    def refuse(path: object) -> str:
        if "Alien" in str(path):
            raise PermissionError(13, "Permission denied")
        return content_id(path)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(file_reader, "content_id", refuse)
        await kyoo.scan()
        progress = await kyoo.get("/scanner/progress")
        assert (progress["found"], progress["identified"], progress["failed"]) == (2, 1, 1)
        assert progress["errors"][0]["message"] == "The file cannot be read: Permission denied"
    await kyoo.scan()
    assert await kyoo.titles() == ["Alien", "Brazil"]
    assert (await kyoo.get("/scanner/progress"))["failed"] == 0


async def test_two_shows_that_want_one_slug(kyoo: Kyoo) -> None:
    kyoo.add("Alien! (1979).mkv", "Alien (1979) {tmdb-1}.mkv", "Alien (1979) {tmdb-2}.mkv")
    await kyoo.scan()
    slugs = [film["slug"] for film in await kyoo.items("/api/movies")]
    assert slugs[:2] == ["alien", "alien-1979"]
    assert all(video["entries"] for video in (await kyoo.videos()).values())


def test_retries_wait_longer_each_time_and_end() -> None:
    strategy = BackOff(attempts=3)

    def job(attempts: int) -> procrastinate.jobs.Job:
        return procrastinate.jobs.Job(
            id=1, queue="scan", lock=None, queueing_lock=None, task_name="scanner:scan", attempts=attempts
        )

    waits = []
    for attempts in range(4):
        decision = strategy.get_retry_decision(exception=ApiUnavailableError("x"), job=job(attempts))
        at = decision.retry_at if decision else None
        waits.append(round((at - datetime.now(at.tzinfo)).total_seconds()) if at else None)
    assert waits == [2, 4, 8, None]
    assert strategy.get_retry_decision(exception=ApiError("refused"), job=job(0)) is None


async def test_settings_refuse_a_broken_pattern(start: Callable[..., Kyoo]) -> None:
    with pytest.raises(ValueError, match="must be a regular expression"):
        start(ignore_pattern="(unclosed")


async def test_a_folder_that_cannot_be_read_is_shown_until_it_can(kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
    kyoo.add("Alien (1979).mkv", "Show/Show S01E01.mkv")
    await kyoo.scan()
    scandir = os.scandir

    def refuse(path: Any) -> Any:
        if path == str(kyoo.library / "Show"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        await kyoo.scan()
        progress = await kyoo.get("/scanner/progress")
        assert (progress["failed"], progress["missing"], len(await kyoo.videos())) == (1, 0, 2)
        assert progress["errors"] == [
            {"path": str(kyoo.library / "Show"), "message": "The folder cannot be read: Permission denied"}
        ]
    with capture_logs() as lines:
        await kyoo.scan()
    progress = await kyoo.get("/scanner/progress")
    assert (progress["failed"], progress["errors"], len(await kyoo.videos())) == (0, [], 2)
    assert "files were removed" not in [line["event"] for line in lines]
