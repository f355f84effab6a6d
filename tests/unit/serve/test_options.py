"""What `kyoo serve` refuses before it touches anything."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from kyoo.core.settings import OptionError
from kyoo.serve.checks import check
from kyoo.serve.options import ListenSettings, PlaceSettings, listen, serve_options


def refused(**given: object) -> str:
    with pytest.raises(OptionError) as error:
        check("serve", {"host": "127.0.0.1", **given})
    return error.value.message


@pytest.mark.parametrize(
    ("host", "port", "given", "expected"),
    [
        ("localhost", None, None, "http://localhost:8901"),
        ("0.0.0.0", 80, None, "http://localhost:80"),
        ("192.168.1.4", 8901, None, "http://192.168.1.4:8901"),
        ("2001:db8::1", 8901, None, "http://[2001:db8::1]:8901"),
        ("localhost", 8901, "https://films.example.org/", "https://films.example.org"),
    ],
)
def test_the_public_url(host: str, port: int | None, given: str | None, expected: str) -> None:
    places = PlaceSettings(public_url=given)
    assert serve_options(places, ListenSettings(host=host, port=port)).public_url == expected


def test_libraries_that_cannot_work(tmp_path: Path) -> None:
    file, nowhere = tmp_path / "film.mkv", tmp_path / "nowhere"
    file.touch()
    assert refused() == "Name at least one folder of videos: kyoo serve --library /path/to/videos"
    assert refused(library=(str(tmp_path), str(nowhere))) == f"--library must be a folder that exists, not '{nowhere}'"
    assert refused(library=(str(file),)) == f"--library must be a folder, not '{file}'"
    assert refused(library=("~nobody-at-all/x",)).startswith("--library must be in a home directory that exists")


def test_a_path_is_said_whole_however_long(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a folder of two hundred letters ".ljust(200, "x")] * 15)
    assert refused(library=(str(deep),)) == f"--library must be a folder that exists, not '{deep}'"
    # What can be no path any more is cut.
    line = refused(library=(str(tmp_path),), public_url="x" * 10_000)
    assert line == f"--public-url must begin with http:// or https://, not '{'x' * 4096}…'"


def test_a_library_is_named(tmp_path: Path) -> None:
    # An empty variable on the command line must not mean the present folder, nor open the server to everybody.
    assert refused(library=("",)).startswith("--library must not be the empty name")
    library = (str(tmp_path),)
    assert refused(library=library, host="").startswith("--host must not be empty")
    assert refused(library=library, data_dir="").startswith("--data-dir must be a folder")


@pytest.mark.parametrize("host", ["0", "0x0", "1", "127.1", "::g", "a b", "http://localhost", "no.such.host.invalid"])
def test_a_host_that_is_none(tmp_path: Path, host: str) -> None:
    """The system takes a bare 0 for every interface."""
    assert refused(library=(str(tmp_path),), host=host).startswith("--host must be ")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x", "8901.5", "٨٩٠١", ""])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    expected = f"--port must be a whole number from 1 to 65535, not '{port}'"
    assert refused(library=(str(tmp_path),), port=port) == expected


def test_a_data_directory_that_cannot_be_made(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    library = (str(tmp_path),)
    for folder, said in (
        (file, "must be a folder"),
        (file / "data", f"must be a folder that can be made: {file} is none"),
        (tmp_path / ("x" * 300), "must be a folder that can be written (File name too long)"),
    ):
        assert refused(library=library, data_dir=str(folder)).startswith(f"--data-dir {said}")


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://a b",
        "http://host:x",
        "http://host:0",
        "http://host:99999",
        "http://me:hunter2@host",
        "http://[::1",
    ],
)
def test_a_public_url_that_is_none(tmp_path: Path, url: str) -> None:
    line = refused(library=(str(tmp_path),), public_url=url)
    assert line.startswith("--public-url must be an address ")
    assert "hunter2" not in line


@pytest.mark.parametrize("url", ["http://host/kyoo", "https://host:8443/kyoo/", "http://host?x=1", "http://host/#top"])
def test_a_public_url_below_a_path(tmp_path: Path, url: str) -> None:
    assert "does not run below a path" in refused(library=(str(tmp_path),), public_url=url)


def test_a_folder_named_twice_is_one_library(tmp_path: Path) -> None:
    assert PlaceSettings(library=(str(tmp_path), f"{tmp_path}/")).library == (tmp_path,)


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
