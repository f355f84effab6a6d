"""The demo's library on the disk: videos, `.nfo` files and pictures, laid out as somebody's own library may be."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from html import escape
from pathlib import Path

from PIL import Image

from kyoo.demo import drawing
from kyoo.demo.drawing import Scene
from kyoo.demo.filming import Cut, make_loop, make_sound, make_video
from kyoo.demo.titles import COLLECTION, FILMS, SERIES, Feature, Film, Season, Serie, Title

#: What the scanner reads below the library.
FILMS_FOLDER, SERIES_FOLDER, ANIME_FOLDER = "Films", "Series", "Anime"
FILM_SIZE, SERIE_SIZE, SMALL_SIZE = (1280, 720), (960, 540), (640, 360)
FILM_SECONDS, RICH_SECONDS, EPISODE_SECONDS, EXTRA_SECONDS = 240, 420, 150, 30

Work = Callable[[], None]
Loop = tuple[Scene, tuple[int, int]]


class Shelf:
    """Gathers what is still to be made: a file that is there is left alone, so a second run makes nothing."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.videos: list[tuple[Path, Loop, Cut]] = []
        self.pictures: list[Work] = []

    def video(self, path: Path, loop: Loop, cut: Cut) -> None:
        self.videos.append((path, loop, cut))

    def picture(self, path: Path, draw: Callable[[], Image.Image]) -> None:
        if not path.exists():
            self.pictures.append(lambda: _save(draw(), path))

    def text(self, path: Path, content: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != content:
            path.write_text(content)


def make_library(root: Path, ffmpeg: str, progress: Callable[[int, int], None]) -> int:
    """Fill `root` with what is missing of the demo and return how many videos it has. `progress` is told the number of
    things made and their total."""
    shelf = Shelf(root)
    for film in FILMS:
        _film(shelf, film)
    for serie in SERIES:
        _serie(shelf, serie)
    wanted = [video for video in shelf.videos if not video[0].exists()]
    loops = list(dict.fromkeys(loop for _, loop, _ in wanted))
    languages = {language for _, _, cut in wanted for language in cut.audios}
    if total := len(loops) + len(languages) + len(wanted) + len(shelf.pictures):
        with tempfile.TemporaryDirectory(prefix="kyoo-demo-") as scratch:
            for done, _ in enumerate(_made(shelf, wanted, loops, Path(scratch), ffmpeg), start=1):
                progress(done, total)
    return len(shelf.videos)


def _made(
    shelf: Shelf, wanted: list[tuple[Path, Loop, Cut]], loops: list[Loop], scratch: Path, ffmpeg: str
) -> Iterator[None]:
    """Do the work on every core; yields after each piece."""
    sounds = {language: scratch / f"{language}.m4a" for _, _, cut in wanted for language in cut.audios}
    moving = {loop: scratch / f"{number}.mp4" for number, loop in enumerate(loops)}

    def video(path: Path, loop: Loop, cut: Cut) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        make_video(ffmpeg, moving[loop], [sounds[language] for language in cut.audios], cut, path)

    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        first = [pool.submit(make_loop, ffmpeg, *loop, path) for loop, path in moving.items()]
        first += [pool.submit(make_sound, ffmpeg, language, path) for language, path in sounds.items()]
        first += [pool.submit(draw) for draw in shelf.pictures]
        for finished in as_completed(first):
            yield finished.result()
        for finished in as_completed([pool.submit(video, *one) for one in wanted]):
            yield finished.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _save(picture: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}")
    picture.save(part, format="PNG" if path.suffix == ".png" else "JPEG", quality=88)
    part.rename(path)


# --- films ---


def _film(shelf: Shelf, film: Film) -> None:
    name = f"{film.title} ({film.year})"
    home = shelf.root / FILMS_FOLDER / name
    loop = (film.scene, FILM_SIZE)
    shelf.video(home / f"{name}.mkv", loop, _rich_cut(film) if film.rich else Cut(FILM_SECONDS, film.title))
    for version in film.versions:
        small = version.endswith("480p")
        scene = film.scene if small else film.scene.again(version)
        cut = Cut(FILM_SECONDS + (0 if small else 40), film.title + version)
        shelf.video(home / f"{name}{version}.mkv", (scene, SMALL_SIZE if small else FILM_SIZE), cut)
    if film.rich:
        shelf.text(home / f"{name}.es.srt", "1\n00:00:04,000 --> 00:00:09,000\nLa marea guarda lo que se le cuenta.\n")
    _about(shelf, home, film, _nfo("movie", film, [f"<set><name>{COLLECTION}</name></set>"] if film.collection else []))


def _rich_cut(film: Film) -> Cut:
    languages = (("eng", "en"), ("fre", "fr"), ("ger", "de"))
    return Cut(
        RICH_SECONDS,
        film.title,
        audios=("eng", "fre", "jpn"),
        subtitles=tuple((three, film.plot[two]) for three, two in languages),
        chapters=((0, "The harbour"), (90, "Nets"), (210, "Ice"), (RICH_SECONDS - 40, "Credits")),
    )


# --- series ---


def _serie(shelf: Shelf, serie: Serie) -> None:
    anime = serie.original == "ja"
    home = shelf.root / (ANIME_FOLDER if anime else SERIES_FOLDER) / serie.title
    status = f"<status>{'Ended' if serie.ended else 'Continuing'}</status>"
    names = [
        f'<namedseason number="{number}">{escape(season.name)}</namedseason>'
        for number, season in enumerate(serie.seasons, start=1)
        if season.name
    ]
    _about(shelf, home, serie, _nfo("tvshow", serie, [status, *names]))
    for number, season in enumerate(serie.seasons, start=1):
        _season(shelf, home, serie, number, season)
    for feature in serie.features:
        _feature(shelf, home, serie, feature)
    for folder, name in serie.extras:
        loop = (serie.scene.again(name), SERIE_SIZE)
        shelf.video(home / folder / f"{name}.mkv", loop, Cut(EXTRA_SECONDS, name))


def _season(shelf: Shelf, home: Path, serie: Serie, number: int, season: Season) -> None:
    folder = home / f"Season {number}"
    scene = serie.scene.again(number, season.episodes[0].palette)
    if len(serie.seasons) > 1:
        title = season.name or f"Season {number}"
        shelf.picture(home / f"season{number:02}-poster.jpg", lambda: drawing.poster(scene, title, []))
    for index in range(1, len(season.episodes) + 1):
        if index not in season.missing:
            _episode(shelf, folder / f"{serie.title} S{number:02}E{index:02}", serie, (number, index))


def _episode(shelf: Shelf, stem: Path, serie: Serie, place: tuple[int, int]) -> None:
    number, index = place
    season = serie.seasons[number - 1]
    episode = season.episodes[index - 1]
    scene = serie.scene.again(stem.name, episode.palette)
    anime = serie.original == "ja"
    seconds = EPISODE_SECONDS + 7 * index
    cut = Cut(
        seconds,
        episode.name,
        audios=("jpn", "eng") if anime else ("eng",),
        subtitles=(("eng", episode.plot), ("fre", serie.plot["fr"])) if anime else (("eng", episode.plot),),
        chapters=((0, "Intro"), (20, "Part A"), (80, "Part B"), (seconds - 20, "Credits")),
    )
    # Episodes at the same hour share their picture: what is encoded once need not be again.
    shelf.video(stem.with_suffix(".mkv"), (serie.scene.again("moving", episode.palette), SERIE_SIZE), cut)
    shelf.picture(stem.with_name(f"{stem.name}-thumb.jpg"), lambda: drawing.picture(scene, SERIE_SIZE))
    shelf.text(
        stem.with_suffix(".nfo"),
        f"<episodedetails><title>{escape(episode.name)}</title><plot>{escape(episode.plot)}</plot>"
        f"<season>{number}</season><episode>{index}</episode>"
        f"<aired>{season.year}-{1 + index:02}-{number * 7:02}</aired></episodedetails>\n",
    )


def _feature(shelf: Shelf, home: Path, serie: Serie, feature: Feature) -> None:
    stem = home / f"{serie.title} S00 - {feature.name}"
    scene = serie.scene.again(feature.name, feature.palette)
    season, episode = feature.after
    cut = Cut(FILM_SECONDS, feature.name, audios=("jpn", "eng"), subtitles=(("eng", feature.plot),))
    shelf.video(stem.with_name(f"{stem.name}.mkv"), (serie.scene.again("moving", feature.palette), SERIE_SIZE), cut)
    shelf.picture(stem.with_name(f"{stem.name}-thumb.jpg"), lambda: drawing.picture(scene, SERIE_SIZE))
    shelf.text(
        stem.with_name(f"{stem.name}.nfo"),
        f"<movie><title>{escape(feature.name)}</title><plot>{escape(feature.plot)}</plot>"
        f"<premiered>{feature.year}-07-01</premiered>"
        f"<displayseason>{season}</displayseason><displayepisode>{episode + 1}</displayepisode></movie>\n",
    )


# --- both ---


def _about(shelf: Shelf, home: Path, title: Title, nfo: str) -> None:
    shelf.text(home / ("tvshow.nfo" if isinstance(title, Serie) else "movie.nfo"), nfo)
    people = [actor for actor, _ in title.cast]
    wide = Scene(title.scene.land, title.scene.palette, title.scene.motif, "wide")
    shelf.picture(home / "poster.jpg", lambda: drawing.poster(title.scene, title.title, people))
    shelf.picture(home / "fanart.jpg", lambda: drawing.picture(wide, (1600, 900)))
    shelf.picture(home / "clearlogo.png", lambda: drawing.logo(title.title, title.scene.palette))
    for name in dict.fromkeys([*people, title.director, title.writer]):
        shelf.picture(home / ".actors" / f"{name.replace(' ', '_')}.jpg", partial(drawing.portrait, name))


def _nfo(root: str, title: Title, more: list[str]) -> str:
    def tags(tag: str, *texts: str) -> list[str]:
        return [f"<{tag}>{escape(text)}</{tag}>" for text in texts]

    parts = [
        *tags("title", title.title),
        *(tags("originaltitle", title.names["ja"]) if "ja" in title.names else []),
        *tags("plot", title.plot["en"]),
        *tags("tagline", title.tagline),
        *tags("year", str(title.year)),
        *tags("genre", *title.genres),
        *tags("tag", *title.tags),
        *tags("studio", title.studio),
        *tags("director", title.director),
        *tags("credits", title.writer),
        f'<ratings><rating name="nfo" max="10"><value>{title.rating}</value></rating></ratings>',
        *(
            f"<actor><name>{escape(actor)}</name><role>{escape(character)}</role></actor>"
            for actor, character in title.cast
        ),
        *more,
    ]
    return f"<{root}>\n  " + "\n  ".join(parts) + f"\n</{root}>\n"
