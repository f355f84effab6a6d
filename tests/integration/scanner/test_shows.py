"""Which shows and entries the api has after a scan: grouping, versions, parts, specials, extras, .nfo, pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.integration.scanner.conftest import Kyoo

from kyoo.core.files import decode_path


async def entries(kyoo: Kyoo, slug: str) -> dict[str, dict[str, Any]]:
    return {entry["slug"]: entry for entry in await kyoo.items(f"/api/series/{slug}/entries", limit=250)}


def names(entry: dict[str, Any]) -> list[str]:
    return sorted(video["path"].rsplit("/", 1)[1] for video in entry["videos"])


async def test_spellings_and_folders_of_one_serie_are_one(kyoo: Kyoo) -> None:
    kyoo.add(
        "Pokémon/Season 1/Pokémon - S01E01.mkv",
        "new/pokemon.s01e02.1080p.web.x264-GRP.mkv",
        "other disk/POKEMON S02E01.mkv",
    )
    await kyoo.scan()
    series = await kyoo.items("/api/series")
    assert len(series) == 1
    assert list(await entries(kyoo, series[0]["slug"])) == ["pokemon-s1e1", "pokemon-s1e2", "pokemon-s2e1"]


async def test_series_of_two_years_are_two(kyoo: Kyoo) -> None:
    kyoo.add("One Piece (1999)/One Piece (1999) - S01E01.mkv", "One Piece (2023)/One Piece (2023) - S01E01.mkv")
    await kyoo.scan()
    years = {serie["startAir"]: serie["slug"] for serie in await kyoo.items("/api/series")}
    # Whichever was identified first has the plain name.
    assert set(years.values()) in ({"one-piece", "one-piece-2023"}, {"one-piece", "one-piece-1999"})
    assert set(years) == {"1999-01-01", "2023-01-01"}
    assert len(await entries(kyoo, years["1999-01-01"])) == len(await entries(kyoo, years["2023-01-01"])) == 1


async def test_a_film_and_a_serie_of_one_title(kyoo: Kyoo) -> None:
    kyoo.add("Fargo (1996).mkv", "Fargo/Fargo S01E01.mkv")
    await kyoo.scan()
    shows = await kyoo.items("/api/shows")
    assert sorted((show["kind"], show["slug"]) for show in shows) == [("movie", "fargo"), ("serie", "fargo")]


async def test_films_of_one_title_are_told_apart_by_year(kyoo: Kyoo) -> None:
    kyoo.add("Dune (1984).mkv", "Dune (2021).mkv", "Dune.mkv")
    await kyoo.scan()
    films = await kyoo.items("/api/movies")
    assert sorted((film["airDate"] or "", film["isAvailable"]) for film in films) == [
        ("", True),
        ("1984-01-01", True),
        ("2021-01-01", True),
    ]
    for film in films:
        full = await kyoo.get(f"/api/movies/{film['slug']}", **{"with": "videos"})
        assert len(full["videos"]) == 1


async def test_marks_at_the_end_of_a_title_tell_series_apart(kyoo: Kyoo) -> None:
    kyoo.add(
        "Piano!/Piano! - S01E01.mkv",
        "Piano!!/Season 1/Piano!! - S01E01.mkv",
        "Piano!!/Trailers/Teaser.mkv",
        "Busy!/Busy! - S01E01.mkv",
        "new/busy.s01e02.720p.mkv",
    )
    await kyoo.scan()
    await kyoo.scan()
    series = {serie["name"]: serie["slug"] for serie in await kyoo.items("/api/series")}
    assert series.keys() == {"Piano!", "Piano!!", "Busy!"}
    assert len(await entries(kyoo, series["Busy!"])) == 2
    assert len(await entries(kyoo, series["Piano!"])) == 1
    assert len(await entries(kyoo, series["Piano!!"])) == 1
    assert await extras(kyoo, f"series/{series['Piano!!']}") == [("trailer", "Teaser")]
    assert await extras(kyoo, f"series/{series['Piano!']}") == []


async def test_a_film_with_and_without_its_year_is_one(kyoo: Kyoo) -> None:
    kyoo.add("Orchard (2014).mkv")
    await kyoo.scan()
    kyoo.add("Orchard.1080p.mkv")
    await kyoo.scan()
    (film,) = await kyoo.items("/api/movies")
    assert len((await kyoo.get(f"/api/movies/{film['slug']}", **{"with": "videos"}))["videos"]) == 2


async def test_versions_parts_and_cuts_of_a_film(kyoo: Kyoo) -> None:
    kyoo.add(
        "Alien (1979)/Alien (1979) part1.mkv",
        "Alien (1979)/Alien (1979) part2.mkv",
        "Alien (1979)/Alien (1979) Director's Cut.mkv",
        "Alien (1979)/Alien (1979) Director's Cut.mp4",
    )
    kyoo.transcoder.durations |= {"Alien (1979) part1.mkv": 3600, "Alien (1979) part2.mkv": 3480}
    await kyoo.scan()
    assert await kyoo.titles() == ["Alien"]
    film = await kyoo.get("/api/movies/alien", **{"with": "videos"})
    assert len(film["videos"]) == 4
    assert sorted(video["part"] or 0 for video in film["videos"]) == [0, 0, 1, 2]
    keys = {(video["rendering"], video["part"], video["version"]) for video in film["videos"]}
    assert len(keys) == 4


async def test_the_runtime_of_parts_is_their_sum(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979)/Alien (1979) part1.mkv", "Alien (1979)/Alien (1979) part2.mkv")
    kyoo.transcoder.durations |= {"Alien (1979) part1.mkv": 3600, "Alien (1979) part2.mkv": 3480}
    await kyoo.scan()
    assert (await kyoo.get("/api/movies/alien"))["runtime"] == 118


async def test_one_file_with_two_episodes(kyoo: Kyoo) -> None:
    kyoo.add("Show/Show S01E01E02.mkv", "Show/Show S01E03.mkv")
    kyoo.transcoder.durations["Show S01E01E02.mkv"] = 2640
    await kyoo.scan()
    found = await entries(kyoo, "show")
    assert [(slug, names(entry), entry["runtime"]) for slug, entry in found.items()] == [
        ("show-s1e1", ["Show S01E01E02.mkv"], 22),
        ("show-s1e2", ["Show S01E01E02.mkv"], 22),
        ("show-s1e3", ["Show S01E03.mkv"], 10),
    ]


async def test_absolute_numbers_and_half_numbers(kyoo: Kyoo) -> None:
    kyoo.add(*(f"[Group] Anime - {number} [1080p].mkv" for number in ("01", "02", "13", "13.5", "14")))
    await kyoo.scan()
    found = await kyoo.items("/api/series/anime/entries")
    assert [(entry["kind"], entry["order"], entry["content"]) for entry in found] == [
        ("episode", 1, "story"),
        ("episode", 2, "story"),
        ("episode", 13, "story"),
        ("special", 13.5, "recap"),
        ("episode", 14, "story"),
    ]


async def test_specials_come_after_the_episodes(kyoo: Kyoo) -> None:
    kyoo.add("Show/Season 0/Show S00E01.mkv", "Show/Season 1/Show S01E01.mkv", "Show/Season 2/Show S02E01.mkv")
    await kyoo.scan()
    found = await kyoo.items("/api/series/show/entries")
    assert [entry["slug"] for entry in found] == ["show-s1e1", "show-s2e1", "show-sp1"]
    serie = await kyoo.get("/api/series/show", **{"with": "firstEntry"})
    assert serie["firstEntry"]["slug"] == "show-s1e1"
    assert [season["seasonNumber"] for season in await kyoo.items("/api/series/show/seasons")] == [1, 2]


async def test_a_daily_show(kyoo: Kyoo) -> None:
    kyoo.add("The Daily Show/The Daily Show 2024-05-01.mkv", "The Daily Show/The Daily Show 2024-04-30.mkv")
    await kyoo.scan()
    found = await kyoo.items("/api/series/the-daily-show/entries")
    assert [(entry["seasonNumber"], entry["airDate"]) for entry in found] == [
        (2024, "2024-04-30"),
        (2024, "2024-05-01"),
    ]


async def test_numbered_files_of_a_folder_are_episodes(kyoo: Kyoo) -> None:
    kyoo.add(*(f"anime/Guilty Crown {number}.mkv" for number in range(1, 23)), "films/John Wick 3.mkv")
    await kyoo.scan()
    assert await kyoo.titles() == ["Guilty Crown", "John Wick 3"]
    assert len(await entries(kyoo, "guilty-crown")) == 22


async def test_no_file_is_lost(kyoo: Kyoo) -> None:
    odd = [
        "🎬.mkv",
        "---.mkv",
        "Season 1/01.mkv",
        "S02.mkv",
        "video.mp4",
        "a" * 200 + ".mkv",
        "日本語のアニメ.mkv",
        "random.mkv",
    ]
    kyoo.add(*odd, "Show/Show OVA.mkv", "Show/Show S01E01.mkv", "Show/Season 2/Show - complete.mkv")
    await kyoo.scan()
    videos = await kyoo.videos()
    assert set(videos) >= set(odd)
    assert {name: video["entries"] for name, video in videos.items() if not video["entries"]} == {}
    progress = await kyoo.get("/scanner/progress")
    assert (progress["failed"], progress["identified"]) == (0, progress["found"])


async def extras(kyoo: Kyoo, show: str) -> list[tuple[str, str]]:
    return [(extra["kind"], extra["name"]) for extra in await kyoo.items(f"/api/{show}/extras")]


async def test_extras_of_a_serie_and_of_a_film(kyoo: Kyoo) -> None:
    kyoo.add(
        "Show/Show S01E01.mkv",
        "Show/Trailers/Teaser.mkv",
        "Alien (1979)/Alien (1979).mkv",
        "Alien (1979)/Trailers/Teaser.mkv",
    )
    await kyoo.scan()
    assert await extras(kyoo, "series/show") == [("trailer", "Teaser")]
    assert await extras(kyoo, "movies/alien") == [("trailer", "Teaser")]
    assert await kyoo.items("/api/videos/unmatched") == []
    assert await kyoo.titles() == ["Alien", "Show"]


async def test_extras_of_shows_of_one_title(kyoo: Kyoo) -> None:
    kyoo.add(
        "films/Dune (1984)/Dune (1984).mkv",
        "films/Dune (1984)/Interviews/Lynch.mkv",
        "films/Dune (2021)/Dune (2021).mkv",
        "films/Dune (2021)/Interviews/Villeneuve.mkv",
        "series/Dune/Dune S01E01.mkv",
        "series/Dune/Trailers/Teaser.mkv",
    )
    await kyoo.scan()
    assert await extras(kyoo, "series/dune") == [("trailer", "Teaser")]
    movies = await kyoo.items("/api/movies", sort="airDate")
    of_films = [await extras(kyoo, f"movies/{movie['slug']}") for movie in movies]
    assert of_films == [[("interview", "Lynch")], [("interview", "Villeneuve")]]


async def test_an_extra_that_comes_later(kyoo: Kyoo) -> None:
    kyoo.add("Show/Show S01E01.mkv")
    await kyoo.scan()
    kyoo.add("Show/Interviews/The Cast.mkv")
    await kyoo.scan()
    assert await extras(kyoo, "series/show") == [("interview", "The Cast")]
    kyoo.add("Film (2001)/Film (2001).mkv")
    await kyoo.scan()
    kyoo.add("Film (2001)/Film-trailer.mkv")
    await kyoo.scan()
    assert [kind for kind, _ in await extras(kyoo, "movies/film")] == ["trailer"]


async def test_new_episodes_join_their_serie(kyoo: Kyoo) -> None:
    kyoo.add("Show/Show S01E01.mkv")
    await kyoo.scan()
    kyoo.add("Show/Show S01E02 - Two.mkv", "Show/Show S01E01 v2.mkv")
    await kyoo.scan()
    found = await entries(kyoo, "show")
    assert [(entry["name"], names(entry)) for entry in found.values()] == [
        (None, ["Show S01E01 v2.mkv", "Show S01E01.mkv"]),
        ("Two", ["Show S01E02 - Two.mkv"]),
    ]


async def test_a_link_that_a_person_removed_stays_removed(kyoo: Kyoo) -> None:
    kyoo.add("Show/Show S01E01.mkv", "Show/Show S01E02.mkv")
    await kyoo.scan()
    await kyoo.client.request("DELETE", "/api/videos/link", json=["show-s1e2"])
    kyoo.add("Show/Show S01E03.mkv")
    await kyoo.scan(kyoo.library / "Show")
    assert [len(entry["videos"]) for entry in (await entries(kyoo, "show")).values()] == [1, 0, 1]


async def test_ids_in_names_group_and_are_written(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979) {tmdb-348}.mkv", "Alien - Le 8e passager (1979) [tmdbid=348].mkv")
    await kyoo.scan()
    films = await kyoo.items("/api/movies")
    assert len(films) == 1
    assert films[0]["externalId"]["themoviedatabase"][0]["dataId"] == "348"


FILM_NFO = """<?xml version="1.0" encoding="UTF-8"?>
<movie>
  <title>Alien, the eighth passenger</title><originaltitle>Alien</originaltitle>
  <plot>In space no one can hear you scream & so on.</plot><tagline>Scream</tagline>
  <premiered>1979-09-06</premiered><genre>Horror</genre><genre>Sci-Fi / Cult</genre>
  <ratings><rating name="themoviedb" max="10"><value>8.2</value></rating></ratings>
  <uniqueid type="tmdb">348</uniqueid><uniqueid type="imdb">tt0078748</uniqueid>
  <studio>20th Century-Fox</studio><director>Ridley Scott</director><credits>Dan O'Bannon</credits>
  <actor><name>Sigourney Weaver</name><role>Ripley</role></actor>
  <set><name>Alien Collection</name></set>
</movie>
https://www.themoviedb.org/movie/348
"""


async def test_the_nfo_of_a_film(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979)/Alien (1979).mkv")
    kyoo.add("Alien (1979)/movie.nfo", content=FILM_NFO)
    await kyoo.scan()
    (show,) = await kyoo.items("/api/movies")
    film = await kyoo.get(f"/api/movies/{show['slug']}", **{"with": "studios,collection"})
    assert film["name"] == "Alien, the eighth passenger"
    assert film["description"] == "In space no one can hear you scream & so on."
    assert (film["airDate"], film["tagline"], film["rating"]) == ("1979-09-06", "Scream", {"themoviedatabase": 82})
    assert sorted(film["genres"]) == ["horror", "science-fiction"]
    assert film["tags"] == ["Cult"]
    assert film["aliases"] == ["Alien"]
    assert film["externalId"]["imdb"][0]["dataId"] == "tt0078748"
    assert [studio["name"] for studio in film["studios"]] == ["20th Century-Fox"]
    assert film["collection"]["name"] == "Alien Collection"
    staff = await kyoo.items(f"/api/movies/{show['slug']}/staff")
    assert [(role["kind"], role["staff"]["name"], (role["character"] or {}).get("name")) for role in staff] == [
        ("director", "Ridley Scott", None),
        ("actor", "Sigourney Weaver", "Ripley"),
        ("writter", "Dan O'Bannon", None),
    ]


async def test_the_nfo_files_of_a_serie(kyoo: Kyoo) -> None:
    kyoo.add("Show/Season 1/Show S01E01.mkv", "Show/Season 1/Show S01E02.mkv", "Show/Season 0/Show S00E01.mkv")
    kyoo.add(
        "Show/tvshow.nfo",
        content="<tvshow><title>The Show</title><plot>About it</plot><status>Ended</status>"
        "<premiered>2011-04-17</premiered><namedseason number='1'>Book one</namedseason></tvshow>",
    )
    kyoo.add(
        "Show/Season 1/Show S01E01.nfo",
        content="<episodedetails><title>Winter</title><plot>Cold</plot><aired>2011-04-17</aired></episodedetails>",
    )
    kyoo.add(
        "Show/Season 0/Show S00E01.nfo",
        content="<episodedetails><title>Between</title><displayseason>1</displayseason>"
        "<displayepisode>2</displayepisode></episodedetails>",
    )
    await kyoo.scan()
    (serie,) = await kyoo.items("/api/series")
    assert (serie["name"], serie["description"], serie["status"]) == ("The Show", "About it", "finished")
    assert serie["startAir"] == "2011-04-17"
    found = await kyoo.items(f"/api/series/{serie['slug']}/entries")
    assert [(entry["name"], entry["description"], entry["order"]) for entry in found] == [
        ("Winter", "Cold", 1),
        ("Between", None, 1.5),
        (None, None, 2),
    ]
    (season,) = await kyoo.items(f"/api/series/{serie['slug']}/seasons")
    assert season["name"] == "Book one"


async def test_a_changed_nfo_and_a_new_poster_are_seen(kyoo: Kyoo) -> None:
    kyoo.add("Show/Season 1/Show S01E01.mkv", "Alien (1979).mkv")
    await kyoo.scan()
    kyoo.add("Show/tvshow.nfo", content="<tvshow><plot>New words</plot></tvshow>")
    kyoo.add("Show/poster.jpg")
    await kyoo.scan()
    serie = await kyoo.get("/api/series/show")
    assert serie["description"] == "New words"
    assert "/scanner/pictures/" in serie["poster"]["source"]


def picture_of(kyoo: Kyoo, image: dict[str, Any] | None) -> str:
    """`cover of <file>` for a frame, else the name of the picture file below the library."""
    assert image is not None
    path = image["source"].removeprefix("http://kyoo.test").split("?")[0]
    kind, encoded = ("cover of ", path.split("/")[2]) if path.endswith("/cover.jpg") else ("", path.split("/")[3])
    return kind + str(decode_path(encoded).relative_to(kyoo.library))


async def test_pictures_of_films(kyoo: Kyoo) -> None:
    kyoo.add("Alien (1979)/Alien (1979).mkv", "Flat A (2001).mkv", "Flat B (2002).mkv", "Bare (2003)/Bare (2003).mkv")
    kyoo.add(
        "Alien (1979)/folder.jpg", "Alien (1979)/fanart.png", "Alien (1979)/clearlogo.png", "Alien (1979)/banner.jpg"
    )
    kyoo.add("Flat A (2001)-poster.jpg", "Flat B (2002).jpg", "poster.jpg", "fanart.jpg")
    await kyoo.scan()
    alien = await kyoo.get("/api/movies/alien")
    assert {kind: picture_of(kyoo, alien[kind]) for kind in ("poster", "thumbnail", "banner", "logo")} == {
        "poster": "Alien (1979)/folder.jpg",
        "thumbnail": "Alien (1979)/fanart.png",
        "banner": "Alien (1979)/banner.jpg",
        "logo": "Alien (1979)/clearlogo.png",
    }
    flat = await kyoo.get("/api/movies/flat-a")
    assert picture_of(kyoo, flat["poster"]) == "Flat A (2001)-poster.jpg"
    assert picture_of(kyoo, flat["thumbnail"]) == "cover of Flat A (2001).mkv"
    assert picture_of(kyoo, (await kyoo.get("/api/movies/flat-b"))["poster"]) == "Flat B (2002).jpg"
    bare = await kyoo.get("/api/movies/bare")
    assert picture_of(kyoo, bare["poster"]) == "cover of Bare (2003)/Bare (2003).mkv"


async def test_pictures_of_series(kyoo: Kyoo) -> None:
    kyoo.add("Show/Season 1/Show S01E01.mkv", "Show/Season 1/Show S01E02.mkv", "Show/Season 2/Show S02E01.mkv")
    kyoo.add("Fargo/Fargo S01E01.mkv")
    kyoo.add("Show/poster.jpg", "Show/backdrop.jpg", "Show/season01-poster.jpg", "Show/Season 2/folder.jpg")
    kyoo.add("Show/Season 1/Show S01E01-thumb.jpg")
    await kyoo.scan()
    show = await kyoo.get("/api/series/show")
    assert (picture_of(kyoo, show["poster"]), picture_of(kyoo, show["thumbnail"])) == (
        "Show/poster.jpg",
        "Show/backdrop.jpg",
    )
    seasons = await kyoo.items("/api/series/show/seasons")
    assert [picture_of(kyoo, season["poster"]) for season in seasons] == [
        "Show/season01-poster.jpg",
        "Show/Season 2/folder.jpg",
    ]
    assert [picture_of(kyoo, entry["thumbnail"]) for entry in (await entries(kyoo, "show")).values()] == [
        "Show/Season 1/Show S01E01-thumb.jpg",
        "cover of Show/Season 1/Show S01E02.mkv",
        "cover of Show/Season 2/Show S02E01.mkv",
    ]
    fargo = await kyoo.get("/api/series/fargo")
    assert picture_of(kyoo, fargo["poster"]) == "cover of Fargo/Fargo S01E01.mkv"


async def test_pictures_of_people(kyoo: Kyoo) -> None:
    nfo = "<movie><director>No Picture</director><actor><name>Ada Bruun</name></actor></movie>"
    kyoo.add("Alien (1979)/Alien (1979).mkv", "Alien (1979)/.actors/Ada_Bruun.jpg")
    kyoo.add("Alien (1979)/movie.nfo", content=nfo)
    await kyoo.scan()
    pictures = {role["kind"]: role["staff"]["image"] for role in await kyoo.items("/api/movies/alien/staff")}
    assert pictures["director"] is None
    assert picture_of(kyoo, pictures["actor"]) == "Alien (1979)/.actors/Ada_Bruun.jpg"


async def test_a_library_that_is_one_show(start: Callable[..., Kyoo]) -> None:
    kyoo = start()
    named = kyoo.library / "Frieren"
    kyoo.add("Frieren/01.mkv", "Frieren/02.mkv")
    kyoo = start(library=[named])
    await kyoo.scan()
    assert await kyoo.titles() == ["Frieren"]
    assert len(await entries(kyoo, "frieren")) == 2
