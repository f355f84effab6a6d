"""The videos of the demo: a landscape that sways past, with a sound of wind, made once as a short loop and repeated."""

from __future__ import annotations

import json
import subprocess
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kyoo.demo.drawing import Scene, layers

#: One loop in seconds, which is a whole number of pictures and of blocks of sound.
LOOP = 7.68
RATE = 25
#: How far the nearest ridge sways (pixels).
SWAY = 64
#: Of x264: how long it looks for a smaller file.
PRESET = "veryfast"


@dataclass(frozen=True)
class Cut:
    """What a file holds besides the picture: languages (ISO 639-2) of sound and subtitles, chapters (start, title)."""

    seconds: int
    title: str
    audios: tuple[str, ...] = ("eng",)
    subtitles: tuple[tuple[str, str], ...] = ()
    chapters: tuple[tuple[int, str], ...] = ()


def make_loop(ffmpeg: str, scene: Scene, size: tuple[int, int], target: Path) -> None:
    """Pictures only. Farther layers sway less, which is all it takes to look deep."""
    width, height = size
    wide = (width + 2 * SWAY, height)
    with tempfile.TemporaryDirectory(prefix="kyoo-demo-") as folder:
        inputs: list[str] = []
        steps: list[str] = []
        for number, layer in enumerate(layers(scene, wide)):
            path = Path(folder, f"{number}.png")
            top = (layer.getbbox() or (0, 0))[1] if number else 0
            layer.crop((0, top, layer.width, height)).save(path, compress_level=1)
            inputs += ["-i", str(path)]
            # Converted once and then repeated: read again for every picture it would take a hundred times as long.
            still = f"loop=loop=-1:size=1,setpts=N/{RATE}/TB"
            if number == 0:
                steps.append(f"[0]crop={width}:{height}:{SWAY}:0,format=yuv420p,{still},trim=duration={LOOP}[b0]")
                continue
            x = f"-{SWAY}+{SWAY * (0.2, 0.5, 1.0)[number - 1]}*sin(2*PI*t/{LOOP})"
            steps.append(f"[{number}]format=yuva420p,{still}[l{number}]")
            steps.append(f"[b{number - 1}][l{number}]overlay=x='{x}':y={top}:shortest=1[b{number}]")
        _run(
            ffmpeg,
            *inputs,
            *("-filter_complex", ";".join(steps), "-map", f"[b{number}]", "-r", str(RATE)),
            *("-c:v", "libx264", "-preset", PRESET, "-crf", "30", "-pix_fmt", "yuv420p"),
            *("-g", str(2 * RATE), "-threads", "1", target),
        )


def make_sound(ffmpeg: str, language: str, target: Path) -> None:
    """Wind over a chord of its own for each language, so that a change of track can be heard."""
    base = 110 * 2 ** (zlib.crc32(language.encode()) % 12 / 12)
    chord = "+".join(f"0.05*sin(2*PI*{base * step:.1f}*t)" for step in (1, 1.5, 2))
    _run(
        ffmpeg,
        *("-f", "lavfi", "-i", f"anoisesrc=color=brown:amplitude=0.25:seed=7:duration={LOOP}"),
        *("-f", "lavfi", "-i", f"aevalsrc='({chord})*(0.6+0.4*sin(2*PI*t/{LOOP}))':duration={LOOP}:sample_rate=48000"),
        *("-filter_complex", "[0]aresample=48000,lowpass=f=600[w];[w][1]amix=normalize=0", "-ac", "1"),
        *("-c:a", "aac", "-b:a", "40k", target),
    )


def make_video(ffmpeg: str, loop: Path, sounds: Sequence[Path], cut: Cut, target: Path) -> None:
    """The loop repeated to its length, with everything that the cut says. Nothing is encoded again."""
    with tempfile.TemporaryDirectory(prefix="kyoo-demo-") as folder:
        inputs: list[str] = []
        maps = ["-map", "0:v"]
        for path in (loop, *sounds):
            inputs += ["-stream_loop", "-1", "-i", str(path)]
        for number, language in enumerate(cut.audios):
            maps += ["-map", f"{number + 1}:a", f"-metadata:s:a:{number}", f"language={language}"]
        for number, (language, text) in enumerate(cut.subtitles):
            path = Path(folder, f"{number}.srt")
            path.write_text(_lines(text, cut.seconds))
            inputs += ["-i", str(path)]
            maps += ["-map", f"{1 + len(sounds) + number}:s", f"-metadata:s:s:{number}", f"language={language}"]
        chapters = Path(folder, "chapters.txt")
        chapters.write_text(_chapters(cut))
        inputs += ["-i", str(chapters)]
        about = str(1 + len(sounds) + len(cut.subtitles))
        part = target.with_name(f".{target.stem}.part{target.suffix}")
        _run(
            ffmpeg,
            *(*inputs, *maps, "-map_metadata", about, "-map_chapters", about),
            *("-c", "copy", "-c:s", "srt", "-t", str(cut.seconds)),
            # No identifiers and no dates: the same demo is the same bytes everywhere.
            *("-fflags", "+bitexact", "-flags", "+bitexact", part),
        )
        part.rename(target)


def _lines(text: str, seconds: int) -> str:
    """A line of subtitles every eight seconds: the sentences of a text, again and again."""
    sentences = [part.strip() for part in text.replace("。", ". ").split(". ") if part.strip()]
    return "".join(
        f"{number + 1}\n{_time(start)} --> {_time(start + 5)}\n{sentences[number % len(sentences)].rstrip('.')}\n\n"
        for number, start in enumerate(range(4, seconds - 6, 8))
    )


def _time(seconds: int) -> str:
    return f"00:{seconds // 60:02}:{seconds % 60:02},000"


def _chapters(cut: Cut) -> str:
    ends = [*(start for start, _ in cut.chapters[1:]), cut.seconds]
    return f";FFMETADATA1\ntitle={cut.title}\n" + "".join(
        f"[CHAPTER]\nTIMEBASE=1/1\nSTART={start}\nEND={end}\ntitle={title}\n"
        for (start, title), end in zip(cut.chapters, ends, strict=False)
    )


def _run(ffmpeg: str, *arguments: str | Path) -> None:
    command = [ffmpeg, "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise RuntimeError(f"{json.dumps(command)}\n{done.stderr[-2000:]}")
