"""Which subtitle files belong to a video, and what their names say."""

from __future__ import annotations

from pathlib import Path

import pytest

from kyoo.transcoder.subtitles.sidecars import find_sidecars


def found(folder: Path, video: str) -> list[str]:
    return [sidecar.name for sidecar in find_sidecars(folder / video)]


def fill(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_a_subtitle_belongs_to_the_longest_matching_name(tmp_path: Path) -> None:
    fill(tmp_path, "Ep 1.mkv", "Ep 10.mkv", "Ep 1.en.srt", "Ep 10.srt", "Ep 10.fr.ass", "ep 1.VTT", "Ep 1.txt", "Ep 1")
    assert found(tmp_path, "Ep 1.mkv") == ["Ep 1.en.srt", "ep 1.VTT"]
    assert found(tmp_path, "Ep 10.mkv") == ["Ep 10.fr.ass", "Ep 10.srt"]


def test_a_longer_title_keeps_its_own(tmp_path: Path) -> None:
    fill(tmp_path, "Film.mkv", "Film 2.mkv", "Film 2.en.srt", "Film.en.srt", "Filmography.srt")
    assert found(tmp_path, "Film.mkv") == ["Film.en.srt"]
    assert found(tmp_path, "Film 2.mkv") == ["Film 2.en.srt"]


def test_folders_of_subtitles(tmp_path: Path) -> None:
    fill(tmp_path, "one/Film.mkv", "one/Subs/2_English.srt", "one/Subs/Film.fr.sup")
    assert found(tmp_path / "one", "Film.mkv") == ["Subs:2_English.srt", "Subs:Film.fr.sup"]
    fill(tmp_path, "two/S1E1.mkv", "two/S1E2.mkv", "two/subs/S1E1/2_Eng.srt", "two/subs/S1E2.srt", "two/subs/x.srt")
    assert found(tmp_path / "two", "S1E1.mkv") == ["subs:S1E1:2_Eng.srt"]
    assert found(tmp_path / "two", "S1E2.mkv") == ["subs:S1E2.srt"]


@pytest.mark.parametrize(
    ("rest", "language", "title", "flags"),
    [
        ("", None, None, ""),
        (".en", "en", None, ""),
        (".eng.forced", "en", None, "forced"),
        (".pt-BR.default", "pt-BR", None, "default"),
        (".hi", "hi", None, ""),
        (".en.hi", "en", None, "hearing"),
        (".hi.en", "en", None, "hearing"),
        (".SDH.fr", "fr", None, "hearing"),
        (" French [cc]", "fr", None, "hearing"),
        (".Director's notes.en", "en", "Director's notes", ""),
        (".the", None, "the", ""),
    ],
)
def test_names_tell_language_title_and_flags(
    tmp_path: Path, rest: str, language: str | None, title: str | None, flags: str
) -> None:
    fill(tmp_path, "Film.mkv", f"Film{rest}.srt")
    (sidecar,) = find_sidecars(tmp_path / "Film.mkv")
    assert (sidecar.language, sidecar.title) == (language, title)
    told = [
        name
        for name, value in [
            ("default", sidecar.is_default),
            ("forced", sidecar.is_forced),
            ("hearing", sidecar.is_hearing_impaired),
        ]
        if value
    ]
    assert ",".join(told) == flags


@pytest.mark.parametrize(
    ("video", "subtitle", "language"),
    [
        ("Iron Garden (2012) 1080p x264.mkv", "iron.garden.2012.720p.en.srt", "en"),
        ("Iron Garden.mkv", "English.srt", "en"),
        ("Iron Garden.mkv", "grp-ig.srt", None),
        ("Show S01E02.mkv", "show.1x02.srt", None),
    ],
)
def test_a_lone_video_takes_a_lone_subtitle(tmp_path: Path, video: str, subtitle: str, language: str | None) -> None:
    fill(tmp_path, video, subtitle)
    (sidecar,) = find_sidecars(tmp_path / video)
    assert (sidecar.name, sidecar.language) == (subtitle, language)


@pytest.mark.parametrize(
    "names",
    [
        ("Ep 1.mkv", "Ep 10.srt"),
        ("Show S01E02.mkv", "Show S01E03.srt"),
        ("Film.mkv", "one.srt", "two.srt"),
        ("Film.mkv", "Other.mkv", "one.srt"),
        ("Ep 1.mkv", "Subs/Ep 10.srt"),
    ],
)
def test_what_a_lone_video_does_not_take(tmp_path: Path, names: tuple[str, ...]) -> None:
    fill(tmp_path, *names)
    assert found(tmp_path, names[0]) == []
