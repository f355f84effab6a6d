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


def test_a_library_is_named(tmp_path: Path) -> None:
    # An empty variable on the command line must not mean the present folder, nor open the server to everybody.
    with pytest.raises(OptionError, match="name of a library folder is empty"):
        options("")
    with pytest.raises(OptionError, match="host is empty"):
        options(tmp_path, host="")


def test_a_library_in_the_data_directory(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for library in (tmp_path, tmp_path / "images"):
        with pytest.raises(OptionError, match="lies in the data directory"):
            checked((str(library),), str(tmp_path), "localhost", 8901, None)
    assert checked((str(tmp_path),), str(tmp_path / "images"), "localhost", 8901, None).libraries == (tmp_path,)


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://a b",
        "http://host:x",
        "http://host:0",
        "http://host:99999",
        "http://me:secret@host",
        "http://[::1",
    ],
)
def test_a_public_url_that_is_none(tmp_path: Path, url: str) -> None:
    with pytest.raises(OptionError, match="is no address of a server"):
        options(tmp_path, public_url=url)


@pytest.mark.parametrize("url", ["http://host/kyoo", "https://host:8443/kyoo/", "http://host?x=1", "http://host/#top"])
def test_a_public_url_below_a_path(tmp_path: Path, url: str) -> None:
    with pytest.raises(OptionError, match="does not run below a path"):
        options(tmp_path, public_url=url)


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


def test_two_colons_open_the_server_over_ipv4_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    listeners = listen("::", port)
    try:
        families = {listener.family for listener in listeners}
        # Where the machine has no IPv6, IPv4 is what is left.
        assert families == ({socket.AF_INET, socket.AF_INET6} if has_ipv6() else {socket.AF_INET})
        with socket.create_connection(("127.0.0.1", port), 5) as caller:
            listener = next(one for one in listeners if one.family == socket.AF_INET)
            accepted, address = listener.accept()
            accepted.close()
            assert address == caller.getsockname()
    finally:
        for listener in listeners:
            listener.close()


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True
