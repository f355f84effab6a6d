"""Subtitles of kinds that players do not take: STL, MicroDVD, and the pictures of DVDs and Blu-rays."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from tests import media
from tests.integration.transcoder.conftest import Service

from kyoo.transcoder.libav.drawn_subtitles import GREYS, read_picture
from kyoo.transcoder.subtitles.pgs import Writer, indexed


def ebu(*texts: tuple[tuple[int, ...], tuple[int, ...], bytes]) -> bytes:
    """A file of EBU's STL: texts with their times (hours, minutes, seconds, frames), from ten o'clock on."""
    header = bytearray(b" " * 1024)
    header[3:11] = b"STL25.01"
    header[12:14] = b"00"
    header[256:264] = b"10000000"
    blocks = b""
    for number, (begin, end, text) in enumerate(texts):
        parts = [text[place : place + 112] for place in range(0, len(text), 112)]
        for count, part in enumerate(parts):
            last = 0xFF if count == len(parts) - 1 else count
            head = bytes([0, number & 255, 0, last, 0, *begin, *end, 20, 2, 0])
            blocks += head + part.ljust(112, b"\x8f")
    return bytes(header) + blocks


EBU = ebu(
    ((10, 0, 1, 5), (10, 0, 2, 0), b"\x0b\x0bUn \x80caf\xc2e\x81\x8aici\x0a"),
    ((10, 0, 3, 0), (10, 0, 4, 12), b"long " * 40),
)
SPRUCE = "$FontSize = 30\n//a comment\n00:00:01:05 , 00:00:02:00 , One|^Itwo^I\n00:00:03:00,00:00:03:24,Three\n"
MICRODVD = "{30}{48}One|{y:i}two\n{72}{96}Three\n"


async def sidecar(service: Service, name: str, data: bytes) -> tuple[dict[str, object], str]:
    """What `/info` says of it, and what its link gives."""
    path = service.add(media.movie(seconds=3, size="320x180", rate="24"), "Film.mkv")
    (service.library / name).write_bytes(data)
    (subtitle,) = (await service.get(path, "info")).json()["subtitles"]
    answer = await service.http.get(subtitle["link"])
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/x-subrip")
    return subtitle, answer.text


async def test_stl_of_the_ebu_comes_as_subrip(service: Service) -> None:
    subtitle, text = await sidecar(service, "Film.fr.stl", EBU)
    assert (subtitle["codec"], subtitle["extension"], subtitle["language"]) == ("subrip", "srt", "fr")
    assert "00:00:01,200 --> 00:00:02,000\nUn <i>café</i>\nici" in text
    assert "00:00:03,000 --> 00:00:04,480" in text
    assert text.count("long") == 40


async def test_stl_of_spruce_comes_as_subrip(service: Service) -> None:
    _, text = await sidecar(service, "Film.en.stl", SPRUCE.encode())
    assert "00:00:01,208 --> 00:00:02,000\nOne\n<i>two</i>" in text
    assert text.count("-->") == 2


@pytest.mark.parametrize(("declared", "begin"), [("", "00:00:01,250"), ("{1}{1}30\n", "00:00:01,000")])
async def test_microdvd_comes_as_subrip(service: Service, declared: str, begin: str) -> None:
    _, text = await sidecar(service, "Film.en.sub", (declared + MICRODVD).encode())
    assert f"{begin} --> " in text
    assert text.count("-->") == 2


async def test_every_text_goes_out_as_microdvd(service: Service) -> None:
    path = service.add(media.movie(seconds=3, size="320x180", rate="24"), "Film.mkv")
    (service.library / "Film.en.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n\n")
    answer = await service.get(path, "subtitle/ext-Film.en.srt?format=microdvd")
    assert answer.text == "{1}{1}24.0\n{24}{48}Hello\n"
    assert answer.headers["content-type"].startswith("text/plain")
    (service.library / "Film.de.stl").write_bytes(EBU)
    assert "WEBVTT" in (await service.get(path, "subtitle/ext-Film.de.stl?format=vtt")).text


@pytest.mark.parametrize(
    "data", [b"", b"nothing", b"STL", EBU[:1024], EBU[:1100], b"\xff" * 5000, b"   STL25.01" * 900]
)
async def test_what_is_no_stl_is_said_to_be_none(service: Service, data: bytes) -> None:
    path = service.add(media.movie(seconds=3, size="320x180"), "Film.mkv")
    (service.library / "Film.stl").write_bytes(data)
    answer = await service.get(path, "subtitle/ext-Film.stl")
    assert answer.status_code in (200, 500)
    if answer.status_code == 500:
        assert answer.json()["errors"] != ["Internal server error"]


async def test_pictures_of_a_dvd_are_no_text(service: Service) -> None:
    path = service.add(media.movie(seconds=3, size="320x180"), "Film.mkv")
    (service.library / "Film.sub").write_bytes(b"\x00\x00\x01\xba")
    (service.library / "Film.idx").write_text("# VobSub index file, v7")
    assert (await service.get(path, "info")).json()["subtitles"] == []


def drawing() -> np.ndarray:
    """White, red and half transparent black on nothing."""
    picture = np.zeros((40, 300, 4), np.uint8)
    picture[5:35, 10:290] = [255, 255, 255, 255]
    picture[10:30, 20:100] = [255, 0, 0, 255]
    picture[10:30, 120:130] = [0, 0, 0, 128]
    return picture


def film(codec: str) -> Path:
    """Three times the drawing, each for a second, in a film of a DVD's size."""
    writer = Writer(720, 576)
    for time in (1, 3, 5):
        writer.show(time, 200, 500, drawing())
        writer.clear(time + 1)
    folder = media.CACHE / "drawn"
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "drawn.sup"
    source.write_bytes(writer.data)
    plain = media.movie(name="plain.mkv", seconds=8, size="720x576")
    maps = ["-map", "0:v", "-map", "1", "-c:v", "copy", "-c:s", codec]
    return media.make(f"{codec}.mkv", ["-i", str(plain), "-itsoffset", "1", "-i", str(source), *maps])


@pytest.mark.parametrize("codec", ["copy", "dvdsub"])
async def test_pictures_come_as_pgs(service: Service, tmp_path: Path, codec: str) -> None:
    """Tracks of a Blu-ray as they are, of a DVD drawn anew."""
    path = service.add(film(codec))
    (subtitle,) = (await service.get(path, "info")).json()["subtitles"]
    assert (subtitle["codec"], subtitle["extension"]) == ("hdmv_pgs_subtitle", "sup")
    answer = await service.http.get(subtitle["link"])
    assert answer.status_code == 200, answer.text
    with av.open(io.BytesIO(answer.content), format="sup") as container:
        stream = container.streams.subtitles[0]
        shown = []
        for packet in container.demux(stream):  # type: ignore[union-attr]
            found = stream.decode2(packet)
            if found is not None and found.rects:
                (rect,) = found.rects
                shown.append((float(packet.pts * packet.time_base), (rect.x + rect.width, rect.y + rect.height)))  # type: ignore[attr-defined, operator]
    assert [round(time) for time, _ in shown] == [1, 3, 5]
    assert {place for _, place in shown} == {(500, 540)}
    file = tmp_path / "track.sup"
    file.write_bytes(answer.content)
    seen = rendered(file, tmp_path)
    assert seen[506, 230].min() > 240, "white"
    assert seen[520, 240, 0] > 230
    assert seen[520, 240, 1:].max() < 20, "red"
    assert seen[100, 100].max() == 0


def rendered(track: Path, folder: Path) -> np.ndarray:
    """The picture that ffmpeg shows of a track half a second after it begins, over black."""
    target = folder / "seen.png"
    command = [media.ffmpeg(), "-v", "error", "-f", "lavfi", "-i", "color=black:s=720x576:d=3:r=4", "-i", str(track)]
    command += ["-filter_complex", "[0:v][1:s]overlay", "-ss", "0.5", "-frames:v", "1", str(target)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)
    return np.asarray(Image.open(target).convert("RGB"))


@pytest.mark.parametrize(
    "data", [b"", bytes(4), b"\x00\x10\x00\x04" + b"\xff" * 12, bytes(range(64)), b"\x00\x04" * 40]
)
def test_what_is_no_picture_of_a_dvd_is_refused(data: bytes) -> None:
    with pytest.raises((IndexError, ValueError)):
        read_picture(data, GREYS)


def test_a_picture_of_many_colours_gets_a_palette() -> None:
    generator = np.random.default_rng(1)
    picture = generator.integers(0, 256, (60, 80, 4), dtype=np.uint8)
    palette, indices = indexed(picture)
    assert len(palette) <= 255
    assert palette[0, 3] == 0
    visible = picture[..., 3] > 128
    assert np.abs(palette[indices][visible].astype(int) - picture[visible].astype(int)).mean() < 64
