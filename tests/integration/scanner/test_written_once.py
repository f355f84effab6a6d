"""A title is looked for once and written as often as more is known of it, however many of its files are looked into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from tests.integration.scanner.conftest import Kyoo
from tests.integration.scanner.test_describing import Services

FILM, EPISODES = "The.Quiet.Lamp.1994.mkv", ("Harbour Nights S01E01.mkv", "Harbour Nights S01E02.mkv")
SERIE = "Harbour Nights/Season 1"

COUNTING = """
create table queue.counted (task text);
create function queue.count_job() returns trigger language plpgsql as
    $$ begin insert into queue.counted values (new.task_name); return new; end $$;
create trigger counting after insert on procrastinate_jobs for each row execute function queue.count_job();
"""


@pytest.fixture
async def counted(start: Callable[..., Kyoo]) -> Kyoo:
    kyoo = start(providers=Services().providers())
    await kyoo.change_queue(COUNTING)
    kyoo.add(f"The Quiet Lamp (1994)/{FILM}", *(f"{SERIE}/{name}" for name in EPISODES))
    kyoo.add("The Quiet Lamp (1994)/poster.jpg", "Harbour Nights/poster.jpg", "Harbour Nights/Season 1/poster.jpg")
    return kyoo


async def jobs(kyoo: Kyoo) -> Counter[str]:
    """The jobs that there were since the last time."""
    found = Counter(str(row["task"]).removeprefix("scanner:") for row in await kyoo.rows("table queue.counted"))
    await kyoo.change_queue("truncate queue.counted")
    return found


def written(kyoo: Kyoo) -> tuple[int, int]:
    """How often the film and the serie were told to the api since the last time."""
    found = kyoo.front.count("POST /api/movies"), kyoo.front.count("POST /api/series")
    kyoo.front.asked.clear()
    return found


async def test_files_that_tell_nothing_are_no_reason_to_write_their_title_again(counted: Kyoo) -> None:
    counted.transcoder.broken = {FILM, *EPISODES}
    await counted.scan()
    found = await jobs(counted)
    assert len(counted.transcoder.asked) == 3
    # By their names, and as the providers say.
    assert (found["identify"], found["describe"], found["refresh"]) == (4, 2, 0)
    assert written(counted) == (2, 2)


async def test_lengths_are_written_together_and_once(counted: Kyoo) -> None:
    counted.transcoder.durations = {FILM: 95 * 60, EPISODES[0]: 41 * 60, EPISODES[1]: 42 * 60}
    await counted.scan()
    await jobs(counted)
    written(counted)
    film = await counted.get("/api/movies/the-quiet-lamp")
    assert film["runtime"] == 95

    # Another file of the same length: it is measured, and there is nothing to say of a serie that has pictures.
    counted.add(f"{SERIE}/{EPISODES[0]}", content="the same episode, copied again")
    await counted.scan()
    assert counted.transcoder.asked[-1] == EPISODES[0]
    found = await jobs(counted)
    assert (found["identify"], found["describe"], found["refresh"]) == (0, 0, 1)
    assert written(counted) == (0, 0)

    # A note beside it says nothing of it.
    counted.add("Harbour Nights/notes.nfo", content="copied on a Sunday")
    await counted.scan()
    found = await jobs(counted)
    assert (found["identify"], found["describe"], found["refresh"]) == (0, 0, 1)
    assert written(counted) == (0, 0)

    # A file that says more does.
    counted.add("Harbour Nights/tvshow.nfo", content="<tvshow><title>Harbour Nights</title><plot>Ours.</plot></tvshow>")
    await counted.scan()
    assert written(counted) == (0, 1)
    assert (await counted.get("/api/series/harbour-nights"))["description"] == "Ours."


async def test_other_content_is_another_picture(counted: Kyoo) -> None:
    async def poster() -> str:
        film = await counted.get("/api/movies/our-garden")
        return str(film["thumbnail"]["source"])

    counted.add("Our Garden (2020).mkv")
    await counted.scan()
    before = await poster()
    counted.add("Our Garden (2020).mkv", content="another garden")
    await counted.scan()
    assert await poster() != before
