"""What `kyoo serve` refuses before it touches anything."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from kyoo.serve.options import OptionError, checked, listen


def options(*libraries: Path | str, host: str = "localhost", port: int = 8901, public_url: str | None = None) -> str:
    return checked(tuple(map(str, libraries)), None, host, port, public_url).public_url


@pytest.mark.parametrize(
    ("host", "port", "given", "expected"),
    [
        ("localhost", 8901, None, "http://localhost:8901"),
        ("0.0.0.0", 80, None, "http://localhost:80"),
        ("192.168.1.4", 8901, None, "http://192.168.1.4:8901"),
        ("2001:db8::1", 8901, None, "http://[2001:db8::1]:8901"),
        ("localhost", 8901, "https://films.example.org/", "https://films.example.org"),
    ],
)
def test_the_public_url(tmp_path: Path, host: str, port: int, given: str | None, expected: str) -> None:
    assert options(tmp_path, host=host, port=port, public_url=given) == expected


def test_libraries_that_cannot_work(tmp_path: Path) -> None:
    file = tmp_path / "film.mkv"
    file.touch()
    with pytest.raises(OptionError, match="at least one folder"):
        options()
    with pytest.raises(OptionError, match=r"nowhere does not exist$"):
        options(tmp_path / "nowhere")
    with pytest.raises(OptionError, match=r"film\.mkv is not a folder$"):
        options(file)
    with pytest.raises(OptionError, match="must begin with http"):
        options(tmp_path, public_url="films.example.org")


def test_a_folder_named_twice_is_one_library(tmp_path: Path) -> None:
    assert len(checked((str(tmp_path), f"{tmp_path}/"), None, "localhost", 1, None).libraries) == 1


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OptionError, match=rf"^Cannot listen on 127\.0\.0\.1 port {port}: Address already in use$"):
            listen("127.0.0.1", port)


def test_an_unknown_host_is_one_clear_line() -> None:
    with pytest.raises(OptionError, match=r"^The host no\.such\.host\.invalid is unknown"):
        listen("no.such.host.invalid", 8901)
