"""Every option and variable is checked before anything is changed: each is given nonsense, and says so in one line.

The variables are found by themselves. A new one that accepts what means nothing fails here."""

from __future__ import annotations

import importlib
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from annotated_types import Ge, Gt
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

import kyoo
from kyoo.api.webhooks.settings import WebhookSettings
from kyoo.core.outside import OutsideSettings
from kyoo.core.sealing import SealingSettings
from kyoo.core.settings import JSON, OptionError, Settings, examined, holds, marks_of, variables_of
from kyoo.serve.checks import HEEDED, check, known_variables, unknown

KINDS = list(dict.fromkeys(kind for kinds in HEEDED.values() for kind in kinds))

#: What no text may be, whatever it is for.
NO_TEXT = (" ", "\t5", "5\r", '"5"', "a\nb", "\x7f", "\udcff")
NONSENSE = (
    *(
        "nonsense",
        "☃",
        "-1",
        "0",
        "nan",
        "inf",
        "1e400",
        "٣",
        "0x10",
        "99999999999999999999",
        "a b",
        "../..",
        "{",
        "[]",
    ),
    *("null", '{"a": 1}', "/dev/null", "/dev/null/x", "http://", "ftp://host", "http://me:hunter2@host/x?y#z"),
    *("http://host:99999", "s3://", "x" * 5000),
)
#: Variables that take any text of a kind, and why a word that means nothing to us can mean something there.
FREE = {
    **dict.fromkeys(("KYOO_APIKEY", "PGPASSWORD", "JWT_SECRET"), "secrets that others make"),
    **{
        f"KYOO_{service}_CLIENT_{part}": "what others give"
        for service in ("TRAKT", "SIMKL", "MAL", "ANILIST")
        for part in ("ID", "SECRET")
    },
    **dict.fromkeys(("PGHOST", "PGUSER", "PGDATABASE", "PGSERVICE"), "names that only Postgres knows"),
    **dict.fromkeys(("AWS_BUCKET", "S3_BUCKET", "S3_BUCKET_NAME", "KYOO_IMAGES_BUCKET"), "names that only S3 knows"),
    **dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION"), "names that only S3 knows"),
    **dict.fromkeys(("KYOO_IGNORE_PATTERN", "LIBRARY_IGNORE_PATTERN"), "almost any text is a regular expression"),
    **dict.fromkeys(("KYOO_DATA_DIR", "KYOO_DEMO_FOLDER"), "folders that are made"),
    **dict.fromkeys(("KYOO_LIBRARY", "SCANNER_LIBRARY_ROOT", "GOCODER_SAFE_PATH"), "../.. is a folder"),
    **dict.fromkeys(("PROTECTED_CLAIMS", "KYOO_PROTECTED_CLAIMS"), "names of claims, which anybody makes up"),
    **dict.fromkeys(("EXTRA_OIDC_REDIRECT_URLS", "KYOO_EXTRA_OIDC_REDIRECT_URLS"), "schemes of apps"),
    **dict.fromkeys(("KYOO_TMDB_KEY", "THEMOVIEDB_API_ACCESS_TOKEN"), "secrets that others make"),
    **dict.fromkeys(("KYOO_TVDB_KEY", "TVDB_APIKEY", "KYOO_TVDB_PIN", "TVDB_PIN"), "secrets that others make"),
    "JWT_ISSUER": "a name that the issuer gives itself",
    **dict.fromkeys(("KYOO_LIBRARY_LANGUAGE", "KYOO_METADATA_LANGUAGES"), "nan is Min Nan"),
    "OTEL_SERVICE_NAME": "a name that is only shown",
}


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {*known_variables(), *(name for name, _ in unknown(os.environ))}
    for name in known & os.environ.keys():
        monkeypatch.delenv(name)

    resolve = socket.getaddrinfo

    def without_names(host: Any, *rest: Any, **more: Any) -> Any:
        return resolve(host, *rest, **more | {"flags": more.get("flags", 0) | socket.AI_NUMERICHOST})

    monkeypatch.setattr(socket, "getaddrinfo", without_names)


def fields_of(variable: str) -> Iterator[tuple[type[Settings], FieldInfo]]:
    for kind in KINDS:
        yield from ((kind, field) for field in kind.model_fields.values() if variable in variables_of(field))


def faults_of(variable: str) -> list[str]:
    """What is said of a variable, by whatever heeds it."""
    lines: list[str] = []
    for kind in dict.fromkeys(kind for kind, _ in fields_of(variable)):
        settings, found = examined(kind, {})
        lines += found if settings is None else list(settings.lacks())
    return list(dict.fromkeys(lines))


def means_something(field: FieldInfo, value: str) -> bool:
    """Whether a piece of nonsense is a value that a field of this kind has."""
    if holds(field.annotation, bool):
        return value == "0"
    if holds(field.annotation, int) or holds(field.annotation, float):
        bounds = [mark for mark in field.metadata if isinstance(mark, Ge | Gt)]
        return value == "0" and all(isinstance(bound, Ge) and bound.ge == 0 for bound in bounds)
    return JSON in marks_of(field) and value == '{"a": 1}' and dict[str, str] not in get_args(field.annotation)


@pytest.mark.parametrize("variable", known_variables())
def test_nonsense_is_refused_in_one_line(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    field = next(fields_of(variable))[1]
    refused = 0
    for value in (*NO_TEXT, *NONSENSE):
        monkeypatch.setenv(variable, value)
        lines = faults_of(variable)
        if not lines:
            allowed = value not in NO_TEXT and (variable in FREE or means_something(field, value))
            assert allowed, f"{variable} accepts {value[:40]!r}"
            continue
        refused += 1
        [line] = lines
        assert re.match(rf"{variable}(\.a)? (must|needs) ", line), line
        assert len(line) < 400 + min(len(value), 4096)
        assert line.isprintable()
        assert "hunter2" not in line
    # Also what takes any text has a check of its own.
    assert refused > len(NO_TEXT)


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in known_variables():
        monkeypatch.setenv(variable, "")
        assert faults_of(variable) == []


def settings_in(package: Any) -> set[type[BaseSettings]]:
    folder = Path(package.__path__[0])
    for path in folder.rglob("*.py"):
        if re.search(r"^class \w+\(\w*Settings\)", path.read_text(), re.MULTILINE):
            importlib.import_module(".".join((package.__name__, *path.relative_to(folder).with_suffix("").parts)))
    found: set[type[BaseSettings]] = set()
    waiting: list[type[BaseSettings]] = [BaseSettings]
    while waiting:
        children = waiting.pop().__subclasses__()
        found |= {child for child in children if child.__module__.startswith(package.__name__)}
        waiting += children
    return found


def test_all_settings_there_are_are_checked_at_the_start() -> None:
    bases = {Settings, OutsideSettings, SealingSettings, WebhookSettings}
    assert settings_in(kyoo) - bases == set(KINDS)
    assert all(any(issubclass(kind, base) for kind in KINDS) for base in bases)


#: What a process of ours finds that another one of ours has started, and what is only looked through.
INTERNAL = re.compile(r"KYOO_(WORKER_\w+|MIGRATE_CONNINFO|APIKEY_|OIDC_)?")


def test_no_variable_is_read_beside_the_settings() -> None:
    """Neither by a name that begins with ours nor from the environment by a literal name."""
    known = set(known_variables())
    strange = []
    for path in sorted(Path(kyoo.__path__[0]).rglob("*.py")):
        text = path.read_text()
        for name in re.findall(r"""["'](KYOO_[A-Z0-9_]*)["']""", text):
            strange += [f"{path.name}: {name}"] if name not in known and not INTERNAL.fullmatch(name) else []
        for name in re.findall(r"""(?:environ(?:\.get)?[\[(]|getenv\()["'](\w+)["']""", text):
            strange += [f"{path.name}: {name}"] if name not in known | {"PATH"} else []
    assert strange == []


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (
            {"OIDC_GOOGLE_SECRET": "hunter2"},
            "the provider GOOGLE lacks OIDC_GOOGLE_CLIENTID, OIDC_GOOGLE_AUTHORIZATION",
        ),
        ({"OIDC_GOOGLE_CLIENTID": "x"}, "the provider GOOGLE lacks OIDC_GOOGLE_SECRET"),
        ({"OIDC_GOOGLE_NAME": "Google"}, "the provider GOOGLE lacks OIDC_GOOGLE_CLIENTID"),
        (
            {"OIDC_GOOGLE_ISSUER": "https://a.example"},
            "the provider GOOGLE lacks OIDC_GOOGLE_CLIENTID, OIDC_GOOGLE_SECR",
        ),
        ({"OIDC_GOOGLE_SECRET": "hunter2\r"}, "OIDC_GOOGLE_SECRET must have no blanks before and behind it"),
        ({"OIDC_FEDERATION_NAME": "x"}, "the provider FEDERATION lacks"),
        ({"KEIBI_APIKEY_TV": "hunter2"}, "KEIBI_APIKEY_TV needs KEIBI_APIKEY_TV_CLAIMS beside it"),
        ({"KYOO_APIKEY_TV_CLAIMS": "{}"}, "KYOO_APIKEY_TV_CLAIMS needs KYOO_APIKEY_TV beside it"),
        ({"KEIBI_APIKEY_TV": "hunter2\n", "KEIBI_APIKEY_TV_CLAIMS": "{}"}, "KEIBI_APIKEY_TV must have no blanks"),
        (
            {"KEIBI_APIKEY_TV": "hunter2" * 20, "KEIBI_APIKEY_TV_CLAIMS": "{}"},
            "KEIBI_APIKEY_TV must have between 1 and",
        ),
        (
            {"KEIBI_APIKEY_TV": "hunter2", "KEIBI_APIKEY_TV_CLAIMS": "[]"},
            "KEIBI_APIKEY_TV_CLAIMS must be a JSON object",
        ),
    ],
)
def test_half_a_provider_and_half_a_key(
    variables: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(OptionError) as refused:
        check("serve", {"library": (str(tmp_path),), "host": "127.0.0.1"})
    assert refused.value.message.startswith(said)
    assert "hunter2" not in refused.value.message


@pytest.mark.parametrize(
    ("part", "value", "wish"),
    [
        ("AUTHORIZATION", "ftp://a.example", "must begin with http"),
        ("TOKEN", "nonsense", "must begin with http"),
        ("JWKS", "http://me:hunter2@a.example", "must be an address without"),
        ("LOGO", "javascript:alert(1)", "must begin with http"),
        ("LOGO", "//a.example/logo.png", "must begin with http"),
        ("SCOPE", "openid\u00a0profile", "must be names"),
        ("AUTHMETHOD", "Basic", "must be one of ClientSecretBasic, ClientSecretPost"),
    ],
)
def test_the_parts_of_a_provider(part: str, value: str, wish: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {"CLIENTID": "x", "SECRET": "hunter2", "ISSUER": "https://a.example", part: value}
    for name, given in whole.items():
        monkeypatch.setenv(f"OIDC_Google_{name}", given)
    with pytest.raises(OptionError) as refused:
        check("auth", {"host": "127.0.0.1"})
    assert "hunter2" not in refused.value.message
    assert f"OIDC_Google_{part} {wish}" in refused.value.message


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("KYOO_PRESETT", "KYOO_PRESET"),
        ("KYOO_LIBARY", "KYOO_LIBRARY"),
        ("kyoo_port", "KYOO_PORT"),
        ("GOCODER_HWACCEL", None),
        ("KYOO_REQUIRE_SECOND_FACTR", "KYOO_REQUIRE_SECOND_FACTOR"),
        ("OIDC_GOOGLE_CLIENT_ID", "OIDC_GOOGLE_CLIENTID"),
        ("KYOO_OIDC_MY_IDP_SECRETS", "OIDC_MY_IDP_SECRET"),
    ],
)
def test_a_misspelt_name_is_said_with_the_one_that_is_meant(name: str, nearest: str | None) -> None:
    assert list(unknown({name: "x", "PATH": "/bin", "LANGUAGE": "en"})) == [(name, nearest)]


def test_names_that_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    of_kubernetes = ("KYOO_SERVICE_HOST", "KYOO_SERVICE_PORT_HTTP", "KYOO_PORT_8901_TCP", "KYOO_PORT_8901_TCP_ADDR")
    made_up = ("KEIBI_APIKEY_TV", "KEIBI_APIKEY_TV_CLAIMS", "OIDC_GOOGLE_CLIENTID", "KYOO_OIDC_GOOGLE_SECRET")
    assert list(unknown(dict.fromkeys((*known_variables(), *of_kubernetes, *made_up), "x"))) == []


def test_folders_of_ours_and_libraries_keep_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = tmp_path / "videos"
    (library / "inner").mkdir(parents=True)

    def said(**options: str) -> str:
        with pytest.raises(OptionError) as refused:
            check("serve", {"library": (str(library),), "host": "127.0.0.1", **options})
        return refused.value.message

    assert said(data_dir=str(tmp_path)) == f"The library folder {library} lies in the data directory {tmp_path}"
    (tmp_path / "link").symlink_to(library / "inner")
    for variable in ("KYOO_CACHE_ROOT", "IMAGES_PATH", "GOCODER_METADATA_ROOT", "PROFILE_PICTURE_PATH"):
        for folder in (library / "inner" / "new", tmp_path / "link"):
            monkeypatch.setenv(variable, str(folder))
            assert said() == f"The folder of {variable} {folder} lies in the library folder {library}"
        monkeypatch.delenv(variable)
    # The data directory is marked to be left out.
    check("serve", {"library": (str(library),), "host": "127.0.0.1", "data_dir": str(library / "data")})
    assert not (library / "data").exists()


def test_every_fault_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STDOUT_LOG_LEVEL", "loud")
    monkeypatch.setenv("KYOO_PRESET", "fastest")
    monkeypatch.setenv("PUBLIC_URL", "films.example")
    with pytest.raises(OptionError) as refused:
        check("serve", {"library": ("",), "port": "0"})
    assert sorted(line.split()[0] for line in refused.value.message.splitlines()) == [
        *("--library", "--port", "KYOO_PRESET", "PUBLIC_URL", "STDOUT_LOG_LEVEL"),
    ]


def test_a_program_that_is_no_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ffmpeg"
    for script, wish in (
        (None, "must be a program that exists"),
        ("#!/bin/sh\nexit 0\n", "must be an ffmpeg: it does not say its version"),
        ("#!/bin/sh\necho ffmpeg version 99\nexit 1\n", "must be an ffmpeg: it does not say its version"),
        ("#!/nowhere/at/all\n", "must be an ffmpeg that runs here"),
        ("not a program", "must be an ffmpeg that runs here"),
    ):
        if script is not None:
            program.write_text(script)
            program.chmod(0o755)
        monkeypatch.setenv("KYOO_FFMPEG", str(program))
        with pytest.raises(OptionError, match=f"^KYOO_FFMPEG {wish}"):
            check("serve", {"library": (str(tmp_path),), "host": "127.0.0.1"})


def test_only_what_a_field_declares_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """`LANGUAGE` is set on many systems; so may be any other word that is the name of a field."""
    for kind in KINDS:
        for name in kind.model_fields:
            monkeypatch.setenv(name, "nonsense")
            if name.upper() not in known_variables():
                monkeypatch.setenv(name.upper(), "nonsense")
        settings, found = examined(kind, {})
        assert found == []
        assert settings is not None


def test_of_several_names_the_one_that_is_used_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOCODER_PRESET", "slowest")
    assert faults_of("GOCODER_PRESET")[0].startswith("GOCODER_PRESET must be one of ultrafast, superfast")
    monkeypatch.setenv("KYOO_PRESET", "fast")
    assert faults_of("GOCODER_PRESET") == []
