"""Media files made with ffmpeg for the tests, cached by recipe in the system's cache folder. No real films."""

from __future__ import annotations

import fcntl
import filecmp
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import imageio_ffmpeg
import platformdirs

CACHE = platformdirs.user_cache_path("kyoo-test-media")

#: Raise when a change of this module changes what a recipe makes.
RECIPES = 1


@cache
def ffmpeg() -> str:
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@contextmanager
def alone(name: str) -> Iterator[None]:
    """What several test processes need is made by one of them, and the others wait for it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True)
class Audio:
    """An audio track: a tone of its own for each language."""

    codec: str = "aac"
    channels: int = 2
    rate: int = 48_000
    bitrate: str = "128k"
    language: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Subtitle:
    """A subtitle track or sidecar with a text a second."""

    codec: str = "subrip"
    language: str | None = None
    title: str | None = None
    disposition: str | None = None


def make(name: str, arguments: Sequence[str], inputs: dict[str, str] | None = None, into: str | None = None) -> Path:
    """The file `name` that ffmpeg makes of `arguments`, made once; `inputs` are text files the arguments name. `into`:
    what ffmpeg is told to write where that is another name, as of one of several files."""
    recipe = json.dumps([RECIPES, name, list(arguments), inputs, *([into] if into else [])], sort_keys=True)
    folder = CACHE / hashlib.sha256(recipe.encode()).hexdigest()[:24]
    path = folder / name
    if path.exists():
        return path
    CACHE.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=CACHE, prefix="new-"))
    try:
        for file, text in (inputs or {}).items():
            (work / file).write_text(text)
        command = [ffmpeg(), "-nostdin", "-v", "error", *arguments, into or name]
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
        for file in inputs or {}:
            (work / file).unlink()
        try:
            work.rename(folder)
        except OSError:  # another test process was faster
            if not path.exists():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return path


def text(seconds: int, word: str = "line") -> str:
    """A SubRip text with a line each second."""
    return "".join(
        f"{number + 1}\n00:00:{number:02d},100 --> 00:00:{number:02d},900\n{word} {number} <i>é</i>\n\n"
        for number in range(seconds)
    )


def movie(
    *,
    name: str = "movie.mkv",
    seconds: int = 12,
    size: str = "640x360",
    rate: str = "24",
    codec: str = "libx264",
    gop: int = 48,
    pixel_format: str = "yuv420p",
    audios: Sequence[Audio] = (Audio(),),
    subtitles: Sequence[Subtitle] = (),
    chapters: Sequence[tuple[float, float, str]] = (),
    attachments: Sequence[tuple[str, str]] = (),
    video_options: Sequence[str] = (),
    output_options: Sequence[str] = (),
    videos: int = 1,
) -> Path:
    """A moving test picture with tones. `chapters` are (start, end, title) in seconds, `attachments` (name, mime)."""
    arguments: list[str] = []
    inputs: dict[str, str] = {}
    maps: list[str] = []
    count = 0
    for number in range(videos):
        source = f"testsrc2=size={size}:rate={rate}:duration={seconds}"
        arguments += ["-f", "lavfi", "-i", source + (",hue=s=0" if number else "")]
        maps += ["-map", f"{count}:v"]
        count += 1
    for number, audio in enumerate(audios):
        tone = f"sine=frequency={330 + 110 * number}:sample_rate={audio.rate}:duration={seconds}"
        arguments += ["-f", "lavfi", "-i", tone]
        maps += ["-map", f"{count}:a"]
        count += 1
    for number, _ in enumerate(subtitles):
        inputs[f"sub{number}.srt"] = text(seconds, f"text{number}")
        arguments += ["-i", f"sub{number}.srt"]
        maps += ["-map", f"{count}:s"]
        count += 1
    if chapters:
        inputs["chapters.txt"] = ";FFMETADATA1\n" + "".join(
            f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={int(start * 1000)}\nEND={int(end * 1000)}\ntitle={title}\n"
            for start, end, title in chapters
        )
        arguments += ["-i", "chapters.txt"]
        maps += ["-map_metadata", str(count), "-map_chapters", str(count)]
    arguments += maps
    if videos:
        arguments += ["-c:v", codec, "-pix_fmt", pixel_format, "-g", str(gop)]
        if codec in ("libx264", "libx265"):
            arguments += ["-preset", "superfast"]
        if codec == "libx265":
            arguments += ["-x265-params", f"log-level=error:keyint={gop}"]
        arguments += video_options
    for number, audio in enumerate(audios):
        arguments += [f"-c:a:{number}", audio.codec, f"-ac:a:{number}", str(audio.channels), f"-b:a:{number}"]
        arguments += [audio.bitrate, "-strict", "-2"]
        arguments += _tags("a", number, audio.language, audio.title)
    for number, subtitle in enumerate(subtitles):
        arguments += [f"-c:s:{number}", subtitle.codec, *_tags("s", number, subtitle.language, subtitle.title)]
        if subtitle.disposition:
            arguments += [f"-disposition:s:{number}", subtitle.disposition]
    for number, (attached, mime) in enumerate(attachments):
        file = f"attachment{number}.bin"
        inputs[file] = f"content of {attached}"
        arguments += ["-attach", file, f"-metadata:s:t:{number}", f"mimetype={mime}"]
        arguments += [f"-metadata:s:t:{number}", f"filename={attached}"]
    return make(name, [*arguments, "-shortest", *output_options] if videos else [*arguments, *output_options], inputs)


def _tags(kind: str, number: int, language: str | None, title: str | None) -> list[str]:
    pairs = [("language", language), ("title", title)]
    return [part for key, value in pairs if value for part in (f"-metadata:s:{kind}:{number}", f"{key}={value}")]


def remuxed(source: Path, name: str, *options: str) -> Path:
    """`source` in another container, streams copied."""
    return make(name, ["-i", str(source), "-map", "0", "-c", "copy", *options])


def placed(source: Path, target: Path) -> Path:
    """A copy (a hard link where possible) of a cached file, for a test's own library."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileExistsError:
        # Placed by an earlier test; never another file.
        if not filecmp.cmp(source, target):
            raise
    except OSError:
        shutil.copyfile(source, target)
    return target
