"""Subtitles of every kind, fonts, and what a hostile name can reach (nothing)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from tests import media
from tests.integration.transcoder.conftest import Service

from kyoo.core.files import encode_path


def with_subtitles() -> Path:
    return media.movie(
        name="subtitled.mkv",
        seconds=4,
        size="320x180",
        subtitles=[
            media.Subtitle("srt", "eng", "Full"),
            media.Subtitle("ass", "fra", None, "forced"),
            media.Subtitle("webvtt", "jpn", None, "hearing_impaired"),
        ],
        attachments=[("Fancy Font #1.ttf", "font/ttf"), ("../evil.html", "text/html")],
    )


async def test_embedded_subtitles_are_extracted_once(service: Service) -> None:
    path = service.add(with_subtitles())
    info = (await service.get(path, "info")).json()
    assert [
        (s["codec"], s["extension"], s["language"], s["isForced"], s["isHearingImpaired"]) for s in info["subtitles"]
    ] == [
        ("subrip", "srt", "en", False, False),
        ("ass", "ass", "fr", True, False),
        ("webvtt", "vtt", "ja", False, True),
    ]
    assert info["subtitles"][0]["link"] == service.url(path, "subtitle/0.srt")
    for subtitle, sign in zip(info["subtitles"], ["--> 00:00:00,900", "Dialogue:", "WEBVTT"], strict=True):
        answer = await service.http.get(subtitle["link"])
        assert answer.status_code == 200, answer.text
        assert sign in answer.text
        assert answer.headers["content-type"].endswith("charset=utf-8")
    converted = await service.get(path, "subtitle/0.srt?format=vtt")
    assert converted.text.startswith("WEBVTT")
    assert converted.headers["content-type"].startswith("text/vtt")
    assert (await service.get(path, "subtitle/0.srt?format=exe")).status_code == 400
    assert (await service.get(path, "subtitle/9.srt")).status_code == 404
    assert (await service.get(path, "info")).json()["versions"]["extract"] == 1
    # Known by content: a copy under another name needs no second extraction, even without its file.
    moved = path.rename(path.with_name("renamed.mkv"))
    assert (await service.get(moved, "info")).json()["versions"]["extract"] == 1


async def test_subtitles_of_an_mp4_come_as_subrip(service: Service) -> None:
    made = media.movie(name="mp4.mp4", seconds=3, size="320x180", subtitles=[media.Subtitle("mov_text", "eng")])
    path = service.add(made)
    (subtitle,) = (await service.get(path, "info")).json()["subtitles"]
    assert (subtitle["codec"], subtitle["extension"]) == ("subrip", "srt")
    assert "text0 1" in (await service.http.get(subtitle["link"])).text


async def test_sidecars_come_as_utf8(service: Service) -> None:
    path = service.add(media.movie(seconds=3, size="320x180"), "Film é.mkv")
    (service.library / "Film é.fr.srt").write_bytes(media.text(2, "été").encode("cp1252"))
    (service.library / "Subs").mkdir()
    (service.library / "Subs" / "Film é.en.sdh.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nhello\n")
    (service.library / "Film é 10.srt").write_text("of another film")
    service.add(media.movie(seconds=3, size="320x180"), "Film é 10.mkv")
    info = (await service.get(path, "info")).json()
    french, english = info["subtitles"]
    assert (french["index"], french["isExternal"], french["language"]) == (None, True, "fr")
    assert french["path"] == str(service.library / "Film é.fr.srt")
    assert "été 1" in (await service.http.get(french["link"])).text
    assert (english["language"], english["isHearingImpaired"]) == ("en", True)
    assert "hello" in (await service.http.get(english["link"])).text


async def test_fonts_are_served_by_their_escaped_names(service: Service) -> None:
    path = service.add(with_subtitles())
    fonts = (await service.get(path, "info")).json()["fonts"]
    assert len(fonts) == len(set(fonts)) == 2
    assert fonts[0] == service.url(path, "attachment/Fancy%20Font%20%231.ttf")
    answer = await service.http.get(fonts[0])
    assert answer.text == "content of Fancy Font #1.ttf"
    assert answer.headers["content-type"] == "font/ttf"
    other = await service.http.get(fonts[1])
    assert other.text == "content of ../evil.html"
    assert other.headers["content-type"] == "application/octet-stream"
    assert other.headers["x-content-type-options"] == "nosniff"
    assert "/" not in unquote(fonts[1].rsplit("/", 1)[1])


@pytest.mark.parametrize("kind", ["subtitle", "attachment"])
@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "ext-../../secret.srt", "ext-/etc/passwd", "..", "ext-%00", "ext-secret.srt", "0.mkv"],
)
async def test_no_name_leads_out_of_the_folder(service: Service, kind: str, name: str) -> None:
    path = service.add(media.movie(seconds=3, size="320x180"))
    # A video that is alone takes a subtitle of any name.
    service.add(media.movie(seconds=3, size="320x180"), "other.mkv")
    (service.library.parent / "secret.srt").write_text("secret")
    (service.library / "secret.srt").write_text("secret")
    answer = await service.get(path, f"{kind}/{quote(name, safe='')}")
    assert answer.status_code in (400, 404)
    assert "secret" not in answer.text


async def test_a_sidecar_that_is_a_link_out_of_the_library_is_refused(service: Service) -> None:
    path = service.add(media.movie(seconds=3, size="320x180"))
    (service.library.parent / "secret.txt").write_text("secret")
    (service.library / "movie.en.srt").symlink_to(service.library.parent / "secret.txt")
    answer = await service.get(path, "subtitle/ext-movie.en.srt")
    assert answer.status_code == 400
    assert "secret" not in answer.text


async def test_paths_are_checked_in_the_contracts_order(service: Service, tmp_path: Path) -> None:
    text = service.library / "notes.txt"
    text.write_text("x")
    outside = tmp_path / "outside.mkv"
    outside.touch()
    (service.library / "link.mkv").symlink_to(outside)
    cases = {
        "": 400,
        "%21%21": 400,
        encode_path("relative.mkv"): 400,
        encode_path("/etc/passwd"): 400,
        encode_path(outside): 400,
        encode_path(f"{service.library}/../outside.mkv"): 400,
        encode_path(service.library / "link.mkv"): 400,
        encode_path(text): 400,
        encode_path(service.library): 400,
        encode_path(service.library / "missing.mkv"): 404,
    }
    for encoded, status in cases.items():
        answer = await service.http.get(f"/video/{encoded}/info")
        assert answer.status_code == status, (encoded, answer.text)
        assert list(json.loads(answer.text)) == ["errors"]


async def test_a_failed_extraction_is_told_at_once(service: Service) -> None:
    subtitles = service.app.state.context.subtitles
    subtitles._program = replace(subtitles._program, ffmpeg="/bin/false")
    path = service.add(with_subtitles())
    answer = await service.get(path, "subtitle/0.srt")
    assert answer.status_code == 500
    assert "cannot be extracted" in answer.json()["errors"][0]
