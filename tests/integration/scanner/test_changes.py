"""What a scan makes of files that grow, move, change, vanish and come back."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable

import pytest
from tests.integration.scanner.conftest import Kyoo
from tests.waiting import until

from kyoo.core.database.postgres import Database, execute, fetch_all
from kyoo.scanner.folders import walk
from kyoo.scanner.queries import files
from kyoo.scanner.scanning import comparing


async def versions(kyoo: Kyoo) -> dict[str, list[str]]:
    """Where each row of the scanner lies and which transaction wrote it: a write changes one of them."""
    tables = await kyoo.rows(
        "select relname from pg_class where relnamespace = 'scanner'::regnamespace and relkind = 'r'"
    )
    return {
        table["relname"]: [
            row["version"]
            for row in await kyoo.rows(
                f"select ctid || ' ' || xmin as version from scanner.{table['relname']} order by 1"
            )
        ]
        for table in tables
    }


async def test_a_rescan_without_changes_writes_nothing(kyoo: Kyoo) -> None:
    kyoo.add(*(f"Show/Show S01E{n:02}.mkv" for n in range(1, 41)), "Alien (1979)/Alien.mkv", "Show/sample.mkv")
    kyoo.add("Show/poster.jpg", "Show/tvshow.nfo")
    await kyoo.scan()
    before, asked = await versions(kyoo), len(kyoo.front.asked)
    await kyoo.scan()
    await kyoo.scan(kyoo.library / "Show")
    assert await versions(kyoo) == before
    assert kyoo.front.asked[asked:] == []


async def test_a_renamed_file_keeps_its_video_and_its_links(kyoo: Kyoo) -> None:
    (path,) = kyoo.add("Show/Show S01E01.mkv")
    kyoo.add("Show/Show S01E02.mkv")
    await kyoo.scan()
    before = (await kyoo.videos())["Show/Show S01E01.mkv"]
    path.rename(path.with_name("Show.S01E01.1080p.WEB.mkv"))
    await kyoo.scan()
    videos = await kyoo.videos()
    assert set(videos) == {"Show/Show.S01E01.1080p.WEB.mkv", "Show/Show S01E02.mkv"}
    after = videos["Show/Show.S01E01.1080p.WEB.mkv"]
    assert (after["id"], after["slugs"]) == (before["id"], before["slugs"])
    assert kyoo.front.count("DELETE /api/videos") == 0


async def test_a_renamed_folder_keeps_all_videos(kyoo: Kyoo) -> None:
    kyoo.add(*(f"Show/Season 1/Show S01E{n:02}.mkv" for n in range(1, 9)))
    await kyoo.scan()
    before = {video["id"] for video in (await kyoo.videos()).values()}
    (kyoo.library / "Show").rename(kyoo.library / "Show (2011)")
    await kyoo.scan(kyoo.library / "Show", kyoo.library / "Show (2011)")
    videos = await kyoo.videos()
    assert {video["id"] for video in videos.values()} == before
    assert all(name.startswith("Show (2011)/") for name in videos)
    assert await kyoo.titles() == ["Show"]


async def test_a_rename_just_after_the_copy_is_one(start: Callable[..., Kyoo]) -> None:
    kyoo = start(settle_time=0.4)
    (path,) = kyoo.add("Alien (1979).mkv", age=0)
    await kyoo.scan()
    before = (await kyoo.videos())["Alien (1979).mkv"]["id"]
    path.rename(path.with_name("Alien (1979) [1080p].mkv"))
    kyoo.age(path.with_name("Alien (1979) [1080p].mkv"), 0)
    await kyoo.scan()
    assert {name: video["id"] for name, video in (await kyoo.videos()).items()} == {"Alien (1979) [1080p].mkv": before}


async def test_a_corrected_name_moves_the_video_to_the_other_show(kyoo: Kyoo) -> None:
    (path,) = kyoo.add("Alien.mkv")
    await kyoo.scan()
    before = (await kyoo.videos())["Alien.mkv"]["id"]
    path.rename(path.with_name("Aliens (1986).mkv"))
    await kyoo.scan()
    assert (await kyoo.videos())["Aliens (1986).mkv"]["id"] == before
    film = await kyoo.get("/api/movies/aliens", **{"with": "videos"})
    assert [video["id"] for video in film["videos"]] == [before]
    assert (await kyoo.get("/api/movies/alien"))["isAvailable"] is False


async def test_a_copy_is_a_file_of_its_own(kyoo: Kyoo) -> None:
    (path,) = kyoo.add("Alien (1979).mkv")
    await kyoo.scan()
    (kyoo.library / "Again").mkdir()
    shutil.copy2(path, kyoo.library / "Again" / "Alien (1979).mkv")
    await kyoo.scan()
    assert len(await kyoo.videos()) == 2
    film = await kyoo.get("/api/movies/alien", **{"with": "videos"})
    assert len(film["videos"]) == 2


async def test_empty_files_are_not_taken_for_each_other(kyoo: Kyoo) -> None:
    (gone,) = kyoo.add("Alien (1979).mkv", content="")
    kyoo.add("Other (2001).mkv")
    await kyoo.scan()
    gone.unlink()
    kyoo.add("Brazil (1985).mkv", content="", age=50)
    await kyoo.scan()
    assert set(await kyoo.videos()) == {"Other (2001).mkv", "Brazil (1985).mkv"}
    assert (await kyoo.get("/api/movies/brazil"))["isAvailable"] is True
    assert (await kyoo.get("/api/movies/alien"))["isAvailable"] is False


async def test_a_deleted_file_is_removed_and_its_show_stays(kyoo: Kyoo) -> None:
    first, _ = kyoo.add("Show/Show S01E01.mkv", "Show/Show S01E02.mkv")
    await kyoo.scan()
    first.unlink()
    await kyoo.scan()
    assert set(await kyoo.videos()) == {"Show/Show S01E02.mkv"}
    serie = await kyoo.get("/api/series/show")
    assert (serie["entriesCount"], serie["availableCount"]) == (2, 1)


async def test_a_better_copy_takes_the_short_slug(kyoo: Kyoo) -> None:
    (old,) = kyoo.add("Show/Show S01E01 720p.mkv", "Show/Show S01E02.mkv")[:1]
    await kyoo.scan()
    old.unlink()
    kyoo.add("Show/Show S01E01 1080p WEB-DL.mkv", content="much better")
    await kyoo.scan()
    assert (await kyoo.videos())["Show/Show S01E01 1080p WEB-DL.mkv"]["slugs"] == ["show-s1e1"]


async def test_changed_content_is_probed_again(kyoo: Kyoo) -> None:
    (path,) = kyoo.add("Alien (1979).mkv")
    kyoo.transcoder.durations["Alien (1979).mkv"] = 600
    await kyoo.scan()
    before = (await kyoo.videos())["Alien (1979).mkv"]["id"]
    path.write_text("the whole film now")
    kyoo.age(path, 50)
    kyoo.transcoder.durations["Alien (1979).mkv"] = 7020
    await kyoo.scan()
    assert (await kyoo.get("/api/movies/alien"))["runtime"] == 117
    assert (await kyoo.videos())["Alien (1979).mkv"]["id"] == before


async def test_a_file_that_grows_is_taken_when_it_has_settled(start: Callable[..., Kyoo]) -> None:
    kyoo = start(settle_time=3)
    (path,) = kyoo.add("Alien (1979).mkv", age=0)
    kyoo.add("Brazil (1985).mkv")

    async def copy() -> None:
        while True:
            with path.open("a") as file:
                file.write("more of it")
            await asyncio.sleep(0.1)

    copying = asyncio.create_task(copy())
    await kyoo.scan()
    assert set(await kyoo.videos()) == {"Brazil (1985).mkv"}
    copying.cancel()

    async def both_are_there() -> bool:
        await kyoo.work()
        return len(await kyoo.videos()) == 2

    await until(both_are_there)
    assert set(await kyoo.videos()) == {"Alien (1979).mkv", "Brazil (1985).mkv"}
    assert await kyoo.value("select size from scanner.files where path = %s", str(path)) == path.stat().st_size


async def test_a_file_with_a_date_in_the_future_is_taken(start: Callable[..., Kyoo]) -> None:
    kyoo = start(settle_time=0.2)
    kyoo.add("Alien (1979).mkv", age=-5000)
    await kyoo.scan()
    assert set(await kyoo.videos()) == {"Alien (1979).mkv"}


async def test_what_is_left_out(kyoo: Kyoo) -> None:
    kyoo.add(
        "Alien (1979).mkv",
        ".hidden.mkv",
        ".trash/Old (1990).mkv",
        "@eaDir/Thumb (1990).mkv",
        "Trash/Gone (1990).mkv",
        "Brazil (1985).mkv.part",
        "Cube (1997).mkv.!qB",
        "Dune (1984).mkv.crdownload",
        "Private/.ignore",
        "Private/Deep/Secret (1999).mkv",
        "Alien (1979)-sample.mkv",
    )
    kyoo.add("Alien (1979).mkv", content="film" * 100)
    outside = kyoo.library.parent / "outside"
    outside.mkdir()
    (outside / "Linked (2000).mkv").write_text("outside")
    (kyoo.library / "folder").symlink_to(outside)
    await kyoo.scan()
    assert set(await kyoo.videos()) == {"Alien (1979).mkv"}
    progress = await kyoo.get("/scanner/progress")
    assert progress["identified"] == 1
    assert [file["message"] for file in progress["leftOut"]] == ["A sample of Alien (1979).mkv"]
    [linked] = progress["errors"]
    assert (linked["path"], "outside the library" in linked["message"]) == (str(kyoo.library / "folder"), True)
    (kyoo.library / "folder").unlink()
    await kyoo.scan()
    assert (await kyoo.get("/scanner/progress"))["errors"] == []


async def test_samples_and_notices_are_small_and_beside_a_film(kyoo: Kyoo) -> None:
    film = "film" * 1000
    kyoo.add("Alien (1979)/Alien (1979).mkv", "Brazil (1985)/cd1/brazil.mkv", "many/Cube (1997).mkv", content=film)
    kyoo.add("many/Dune (1984).mkv", "Startup.com.mkv", "Big (1988) sample.mkv", content="another " + film)
    kyoo.add("Alien (1979)/Example.com.mp4", "Alien (1979)/Sample/abc.mkv", "many/Cube (1997) sample.mkv", content="s")
    kyoo.add("many/My First Sample.mkv", "alone/Example.org.mp4", content="t")
    await kyoo.scan()
    left_out = {
        file["path"].rpartition("/")[2]: file["message"] for file in (await kyoo.get("/scanner/progress"))["leftOut"]
    }
    assert left_out == {
        "Example.com.mp4": "A notice of a site, beside Alien (1979).mkv",
        "abc.mkv": "A sample of Alien (1979).mkv",
        "Cube (1997) sample.mkv": "A sample of Cube (1997).mkv",
    }
    # Nothing else is lost, and the notice is no file of the film's folder.
    assert set(await kyoo.videos()) >= {"Startup.com.mkv", "Big (1988) sample.mkv", "many/My First Sample.mkv"}
    assert (await kyoo.get("/scanner/progress"))["found"] == 8
    assert "My First Sample" in await kyoo.titles()


async def test_what_has_no_entry_says_why(kyoo: Kyoo) -> None:
    kyoo.add("Show/Show S01E01.mkv", "Elsewhere/Trailers/Teaser.mkv")
    await kyoo.scan()
    unmatched = (await kyoo.get("/scanner/progress", limit=5))["unmatched"]
    assert [file["message"] for file in unmatched] == ["No film or serie is called Elsewhere"]


@pytest.mark.parametrize("count", [3, 1500])
async def test_a_scan_of_folders_reads_the_files_in_them_and_no_others(database: Database, count: int) -> None:
    """In rows that are read, which do not depend on how busy the machine is."""
    scopes = [f"/library/Show {n:04}" for n in range(1, count + 1)]
    async with database.transaction() as connection:
        await execute(
            connection,
            """
            insert into scanner.files (path, size, mtime_ns, inode, state)
            select format('/library/Show %s/%s.mkv', lpad(show::text, 4, '0'), file), 1, 1, file, 'found'
            from generate_series(1, 3000) show, generate_series(1, 2) file
            """,
        )
    reads = """
        select seq_tup_read as one_by_one, idx_tup_fetch as by_index from pg_stat_xact_user_tables
        where schemaname = 'scanner' and relname = 'files'
    """
    async with database.transaction() as connection:
        # Of this connection, which may have read for other tests.
        [before] = await fetch_all(connection, reads)
        found = [file.path async for chunk in files.known(connection, scopes) for file in chunk]
        [after] = await fetch_all(connection, reads)
    assert sorted(found) == [f"{scope}/{file}.mkv" for scope in scopes for file in (1, 2)]
    assert after["by_index"] - before["by_index"] == len(found)
    # Files that are called like a scope may be looked for in one pass over all.
    assert after["one_by_one"] - before["one_by_one"] <= (0 if count < 100 else 6000)


async def test_the_ignore_pattern(start: Callable[..., Kyoo]) -> None:
    kyoo = start(ignore_pattern=r".*/[dD]ownloads?/.*")
    kyoo.add("Alien (1979).mkv", "Downloads/Brazil (1985).mkv")
    await kyoo.scan()
    assert set(await kyoo.videos()) == {"Alien (1979).mkv"}


async def test_links_inside_the_library_count_and_others_are_explained(kyoo: Kyoo) -> None:
    (path,) = kyoo.add("store/Alien (1979).mkv")
    (kyoo.library / "Aliens (1986).mkv").symlink_to(path)
    outside = kyoo.library.parent / "Brazil (1985).mkv"
    outside.write_text("outside")
    (kyoo.library / "Brazil (1985).mkv").symlink_to(outside)
    (kyoo.library / "Nothing (2000).mkv").symlink_to(kyoo.library / "nowhere.mkv")
    await kyoo.scan()
    assert set(await kyoo.videos()) == {"store/Alien (1979).mkv", "Aliens (1986).mkv"}
    progress = await kyoo.get("/scanner/progress")
    assert progress["failed"] == 1
    assert "outside the library" in progress["errors"][0]["message"]


async def test_a_new_ignore_file_takes_the_folder_out(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979).mkv", "Private/Secret (1999).mkv")
    await kyoo.scan()
    kyoo.add("Private/.ignore")
    await kyoo.scan(kyoo.library / "Private")
    assert set(await kyoo.videos()) == {"Alien (1979).mkv"}


async def test_a_slow_walk_registers_before_its_end(kyoo: Kyoo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first files are taken while others are not walked yet; a rename is still one, a copy still a copy."""
    kyoo.add("a/Alien (1979).mkv", "z/Zodiac (2007).mkv", "m/Mud (2012).mkv")
    await kyoo.scan()
    before = {name: video["id"] for name, video in (await kyoo.videos()).items()}
    (kyoo.library / "z/Zodiac (2007).mkv").rename(kyoo.library / "a/Zodiac (2007).mkv")
    shutil.copy2(kyoo.library / "m/Mud (2012).mkv", kyoo.library / "a/Mud (2012).mkv")
    kyoo.add("b/Brazil (1985).mkv")
    monkeypatch.setattr(comparing, "PATIENCE", -1)
    monkeypatch.setattr(walk, "CHUNK_FILES", 1)
    asked = len(kyoo.front.asked)
    await kyoo.scan()
    assert kyoo.front.asked[asked:].count("POST /api/videos") >= 2
    after = {name: video["id"] for name, video in (await kyoo.videos()).items()}
    assert after.keys() == {
        "a/Alien (1979).mkv",
        "a/Zodiac (2007).mkv",
        "a/Mud (2012).mkv",
        "b/Brazil (1985).mkv",
        "m/Mud (2012).mkv",
    }
    assert after["a/Zodiac (2007).mkv"] == before["z/Zodiac (2007).mkv"]
    assert after["m/Mud (2012).mkv"] == before["m/Mud (2012).mkv"]


class TestMissing:
    async def test_an_empty_root_is_an_unmounted_disk(self, kyoo: Kyoo) -> None:
        kyoo.add("Alien (1979).mkv", "Brazil (1985).mkv")
        await kyoo.scan()
        away = kyoo.library.parent / "away"
        kyoo.library.rename(away)
        kyoo.library.mkdir()
        await kyoo.scan()
        assert len(await kyoo.videos()) == 2
        progress = await kyoo.get("/scanner/progress")
        assert (progress["found"], progress["missing"]) == (0, 2)
        assert "empty" in progress["warnings"][0]["message"]
        kyoo.library.rmdir()
        await kyoo.scan()
        assert len(await kyoo.videos()) == 2
        away.rename(kyoo.library)
        asked = len(kyoo.front.asked)
        await kyoo.scan()
        progress = await kyoo.get("/scanner/progress")
        assert (progress["found"], progress["missing"], progress["warnings"]) == (2, 0, [])
        assert kyoo.front.asked[asked:] == ["GET /scanner/progress"]

    async def test_a_mass_disappearance_is_kept_until_given_up(self, start: Callable[..., Kyoo]) -> None:
        kyoo = start(missing_count=5)
        kyoo.add(*(f"Show/Show S01E{n:02}.mkv" for n in range(1, 8)), "Alien (1979).mkv")
        await kyoo.scan()
        shutil.rmtree(kyoo.library / "Show")
        await kyoo.scan()
        assert len(await kyoo.videos()) == 8
        progress = await kyoo.get("/scanner/progress")
        assert (progress["found"], progress["missing"]) == (1, 7)
        assert "7 files disappeared at once" in progress["warnings"][0]["message"]
        await kyoo.client.put("/scanner/scan", params={"removeMissing": "true"})
        await kyoo.work()
        assert set(await kyoo.videos()) == {"Alien (1979).mkv"}
        assert (await kyoo.get("/scanner/progress"))["warnings"] == []

    async def test_a_small_share_of_a_large_library_is_deleted(self, start: Callable[..., Kyoo]) -> None:
        kyoo = start(missing_count=2)
        kyoo.add(*(f"Show/Show S01E{n:02}.mkv" for n in range(1, 21)))
        await kyoo.scan()
        for number in (1, 2, 3):
            (kyoo.library / f"Show/Show S01E{number:02}.mkv").unlink()
        await kyoo.scan()
        assert len(await kyoo.videos()) == 17

    async def test_a_folder_that_cannot_be_read_loses_nothing(self, kyoo: Kyoo, monkeypatch: object) -> None:
        kyoo.add("Locked/Alien (1979).mkv", "Brazil (1985).mkv")
        await kyoo.scan()
        real = os.scandir

        def refuse(path: str) -> object:
            if str(path).endswith("Locked"):
                raise PermissionError(13, "Permission denied")
            return real(path)

        monkeypatch.setattr(os, "scandir", refuse)  # type: ignore[attr-defined]
        await kyoo.scan()
        assert len(await kyoo.videos()) == 2

    async def test_an_unmounted_volume_inside_a_root_loses_nothing(self, kyoo: Kyoo) -> None:
        kyoo.add("disk2/Alien (1979).mkv", "Brazil (1985).mkv")
        await kyoo.scan()
        # What a mounted volume leaves in the table; mounting one needs rights that tests do not have.
        await kyoo.rows(
            "update scanner.files set mount = %s where path like '%%disk2%%' returning 1", str(kyoo.library / "disk2")
        )
        shutil.rmtree(kyoo.library / "disk2")
        await kyoo.scan()
        assert len(await kyoo.videos()) == 2
        assert "is not mounted" in (await kyoo.get("/scanner/progress"))["warnings"][0]["message"]
