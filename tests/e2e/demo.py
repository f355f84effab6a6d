"""An invented library with drawn pictures, for the screenshots: films and series that nobody owns."""

from __future__ import annotations

import colorsys
import math
import random
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tests.media import Audio, make


@dataclass(frozen=True)
class Film:
    title: str
    year: int
    hue: float
    genres: tuple[str, ...]
    plot: str


FILMS = [
    Film("A Quiet Harbour", 2011, 0.55, ("Drama",), "Two brothers wait a winter long for a boat that may not return."),
    Film("Paper Moons", 2019, 0.78, ("Fantasy", "Family"), "A girl folds moons out of letters; one of them rises."),
    Film("Salt and Iron", 1998, 0.04, ("Western", "Action"), "The last train to the mines carries more than ore."),
    Film("The Cartographer", 2016, 0.12, ("Adventure", "History"), "He was paid to draw a land he had never seen."),
    Film("Winter Orchard", 2007, 0.6, ("Romance", "Drama"), "Apples ripen in January, and nobody asks why."),
    Film("Signal Lost", 2022, 0.45, ("Science Fiction", "Thriller"), "An answer comes forty years after the question."),
    Film("Glass Garden", 2003, 0.33, ("Mystery",), "A botanist hears her plants count the visitors."),
]
SERIE = Film(
    "Northern Lights",
    2020,
    0.85,
    ("Mystery", "Drama"),
    "A lighthouse keeper writes down every ship, also those unseen.",
)
EPISODES = ["The Keeper", "Fog", "A Name in the Log", "Low Tide", "The Second Lamp", "What the Radio Said"]


def colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)


def landscape(film: Film, size: tuple[int, int], variation: int = 0) -> Image.Image:
    """Hills before a low sun, in the film's colour."""
    chance = random.Random(f"{film.title} {variation}")
    width, height = size
    hue = film.hue + 0.04 * variation
    sky = Image.new("RGB", (1, 64))
    for row in range(64):
        sky.putpixel((0, row), colour(hue + 0.1 * row / 64, 0.75 - 0.45 * row / 64, 0.25 + 0.7 * row / 64))
    picture = sky.resize(size, Image.Resampling.BICUBIC)
    sun = Image.new("L", size)
    x, y, radius = width * chance.uniform(0.3, 0.75), height * chance.uniform(0.35, 0.5), height * 0.09
    ImageDraw.Draw(sun).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    glow = sun.filter(ImageFilter.GaussianBlur(height / 9)).point(lambda level: min(255, level * 3))
    for mask in (glow.point(lambda level: level // 2), sun.filter(ImageFilter.GaussianBlur(2))):
        picture.paste(colour(hue + 0.12, 0.18, 1), mask=mask)
    draw = ImageDraw.Draw(picture)
    for layer in range(5):
        base = height * (0.55 + 0.1 * layer)
        waves = [(chance.uniform(0.5, 5) * (layer + 1), chance.uniform(0, 7), chance.uniform(0.2, 1)) for _ in range(5)]
        rough = height * 0.05
        ridge = [
            (
                step * width / 200,
                base + rough * sum(part * math.sin(step / 200 * length + phase) for length, phase, part in waves),
            )
            for step in range(201)
        ]
        fill = colour(hue + 0.02 * layer, 0.55 + 0.07 * layer, 0.62 - 0.13 * layer)
        draw.polygon([(0, height), *ridge, (width, height)], fill=fill)
    return picture


def poster(film: Film) -> Image.Image:
    picture = landscape(film, (800, 1200), 1)
    draw = ImageDraw.Draw(picture)
    lines = film.title.upper().split(" ")
    font = ImageFont.load_default(size=min(130, 1050 // max(map(len, lines))))
    for number, line in enumerate(lines):
        draw.text((400, 110 + number * font.size * 1.1), line, font=font, fill="white", anchor="mm")
    return picture


def moving(film: Film, name: str, seconds: int, variation: int, *, tracks: bool = False) -> Path:
    """A slow zoom into a landscape, with sound, and with a second language and subtitles where `tracks`."""
    still = Path(tempfile.gettempdir()) / f"kyoo {film.title} {variation}.png"
    landscape(film, (1920, 1080), variation).save(still)
    zoom = f"zoompan=z='1+0.0006*on':d={seconds * 24}:x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':s=1280x720:fps=24"
    audios = (Audio(language="eng"), Audio(language="jpn")) if tracks else (Audio(),)
    arguments = ["-i", str(still)]
    for number, _ in enumerate(audios):
        arguments += ["-f", "lavfi", "-i", f"sine=frequency={220 + 55 * number}:duration={seconds}"]
    inputs = {}
    if tracks:
        inputs["lines.srt"] = "1\n00:00:04,000 --> 00:00:30,000\nThe tide keeps what it is told.\n"
        arguments += ["-i", "lines.srt", "-map", "3:s", "-metadata:s:s:0", "language=eng", "-c:s", "srt"]
    arguments += ["-filter_complex", f"[0:v]{zoom}[v]", "-map", "[v]", "-c:v", "libx264", "-preset", "superfast"]
    arguments += ["-pix_fmt", "yuv420p", "-g", "48", "-c:a", "aac"]
    for number, audio in enumerate(audios):
        arguments += ["-map", f"{number + 1}:a"]
        arguments += [f"-metadata:s:a:{number}", f"language={audio.language}"] if audio.language else []
    return make(f"{name}.mkv", [*arguments, "-t", str(seconds)], inputs)


def make_demo(folder: Path) -> int:
    """Fill `folder` with the invented library; return the number of videos."""
    for number, film in enumerate(FILMS):
        home = folder / f"{film.title} ({film.year})"
        home.mkdir(parents=True)
        video = moving(film, f"film{number}", 90 if number == 0 else 20, 0, tracks=number == 0)
        (home / f"{film.title} ({film.year}).mkv").write_bytes(video.read_bytes())
        poster(film).save(home / "poster.jpg", quality=90)
        landscape(film, (1920, 1080)).save(home / "fanart.jpg", quality=90)
        (home / "movie.nfo").write_text(nfo("movie", film))
    home = folder / SERIE.title
    home.mkdir()
    poster(SERIE).save(home / "poster.jpg", quality=90)
    landscape(SERIE, (1920, 1080)).save(home / "fanart.jpg", quality=90)
    (home / "tvshow.nfo").write_text(nfo("tvshow", SERIE))
    for number, title in enumerate(EPISODES, start=1):
        stem = home / "Season 1" / f"{SERIE.title} S01E{number:02d}"
        stem.parent.mkdir(exist_ok=True)
        stem.with_suffix(".mkv").write_bytes(moving(SERIE, f"episode{number}", 30, number).read_bytes())
        plot = "The log has a page too many." if number % 2 else "Somebody answers on the closed channel."
        stem.with_suffix(".nfo").write_text(
            f"<episodedetails><title>{title}</title><plot>{plot}</plot><season>1</season><episode>{number}</episode>"
            f"<aired>2020-03-{number:02d}</aired></episodedetails>"
        )
    return len(FILMS) + len(EPISODES)


def nfo(root: str, film: Film) -> str:
    genres = "".join(f"<genre>{genre}</genre>" for genre in film.genres)
    return (
        f"<{root}><title>{film.title}</title><plot>{film.plot}</plot><year>{film.year}</year>{genres}"
        f'<ratings><rating name="themoviedb" max="10"><value>7.{film.year % 10}</value></rating></ratings></{root}>'
    )
