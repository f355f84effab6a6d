"""Starts that must fail, as a user sees them: a line for each fault, exit code 2, no traceback, nothing made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.server import environment, free_port
from tests.samples import sampled


def refused(tmp_path: Path, *arguments: str, **variables: str) -> list[str]:
    data = tmp_path / "data"
    completed = subprocess.run(
        [sys.executable, "-m", "kyoo.cli", *arguments],
        env=environment(HOME=str(tmp_path / "home"), KYOO_DATA_DIR=str(data), **variables),
        capture_output=True,
        timeout=120,
        check=False,
    )
    said = completed.stderr.decode(errors="surrogateescape")
    assert completed.returncode == 2, said
    assert completed.stdout == b""
    assert "Traceback" not in said
    assert not data.exists()
    assert not (tmp_path / "home").exists()
    lines = said.splitlines()
    assert all(line.startswith("kyoo: ") and line.isprintable() for line in lines), said
    return [line.removeprefix("kyoo: ") for line in lines]


@pytest.mark.parametrize(
    ("command", "variables", "line"),
    # What all services together check is shown by the next test.
    sampled(
        [
            (
                "serve",
                {"IMAGES_PATH": "/dev/null/x"},
                "IMAGES_PATH must be a folder that can be made: /dev/null is none, not '/dev/null/x'",
            ),
            (
                "worker",
                {"KYOO_FFMPEG": "/nowhere/ffmpeg"},
                "KYOO_FFMPEG must be a program that exists and may be run, not",
            ),
            (
                "transcoder",
                {"KYOO_AUTH": "off", "S3_BUCKET_NAME": "b/c"},
                "S3_BUCKET_NAME must be the name of a bucket, not",
            ),
            (
                "auth",
                {"KYOO_PASSWORD_CONCURRENCY": "\u0663"},
                "KYOO_PASSWORD_CONCURRENCY must be a whole number from 1 to 64",
            ),
        ],
        lambda case: case[0] in ("auth", "transcoder"),
    ),
)
def test_a_value_that_cannot_work_is_one_line(
    tmp_path: Path, command: str, variables: dict[str, str], line: str
) -> None:
    arguments = ["--library", str(tmp_path)] if command in ("serve", "worker") else [f"--port={free_port()}"]
    [said] = refused(tmp_path, command, *arguments, **variables)
    assert said.startswith(line)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    lines = refused(
        tmp_path,
        *("serve", "--library", os.fsdecode(b"/no\xffwhere"), "--port", "99999", "--host", "0"),
        STDOUT_LOG_LEVEL="loud",
        KYOO_LOG_FORMAT="xml",
        FORWARDED_ALLOW_IPS="*",
        POSTGRES_URL="postgresql://kyoo:hunter2@host:x/kyoo",
        KYOO_PICTURE_LIMIT="nan",
        KYOO_METADATA_ROOT="memory:///",
        PGPORT=os.fsdecode(b"\xff"),
        KYOO_SMTP_URL="hunter2",
        OTEL_EXPORTER_OTLP_ENDPOINT="collector:4318",
    )
    assert [line.split()[0] for line in lines] == [
        *("STDOUT_LOG_LEVEL", "KYOO_LOG_FORMAT", "PGPORT", "OTEL_EXPORTER_OTLP_ENDPOINT", "FORWARDED_ALLOW_IPS"),
        *("--library", "--host", "--port", "KYOO_SMTP_URL", "KYOO_METADATA_ROOT", "KYOO_PICTURE_LIMIT"),
    ]
    assert "hunter2" not in "".join(lines)


def test_a_command_line_that_is_none(tmp_path: Path) -> None:
    assert refused(tmp_path, "serve", "--prot", "1") == [
        "No such option '--prot'. (Did you mean one of: '--host', '--port'?)"
    ]
