"""Paths as texts: every path has one, it leads back, and readers can read it."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given, strategies

from kyoo.core.files import decode_path, encode_path, path_of, readable, text_of


@given(strategies.binary(max_size=60))
def test_every_path_has_a_text_of_its_own(raw: bytes) -> None:
    path = os.fsdecode(raw)
    text = text_of(path)
    text.encode()
    assert os.fsencode(path_of(text)) == raw
    readable(text).encode()


@given(strategies.binary(min_size=1, max_size=60).filter(lambda raw: b"\0" not in raw and b"/" not in raw))
def test_a_client_that_encodes_the_text_names_the_file(raw: bytes) -> None:
    path = os.fsdecode(b"/" + raw)
    normal = os.path.normpath(path)  # noqa: PTH118, RUF100
    assert str(decode_path(encode_path(path))) == normal
    assert str(decode_path(encode_path(text_of(path)))) == normal


#: Bytes that are no UTF-8, and parts of the characters that stand for them.
CONFUSING = strategies.lists(
    strategies.sampled_from(["\uef80", "\uefdf", "\udc80", "\udcdf", "\udcee", "\udcbe", "a", "é"])
)


@given(CONFUSING.filter(bool))
def test_no_file_has_the_name_of_another(parts: list[str]) -> None:
    path = Path(os.fsdecode(os.fsencode("/" + "".join(parts))))
    named = decode_path(encode_path(path))
    assert (named, decode_path(encode_path(text_of(path)))) == (path, path)
    # As often as a service hands it on to another.
    assert decode_path(encode_path(named)) == path


def test_what_readers_see() -> None:
    assert text_of("/a/é.mkv") == "/a/é.mkv"
    assert text_of("/a/\udce9.mkv") == "/a/\uefe9.mkv"
    assert readable("/a/\uefe9.mkv") == "/a/é.mkv"
    # A name that has such a character itself is told apart from one that has the byte.
    assert text_of("\uefe9") == "\uefee\uefbf\uefa9"
    assert path_of("\uefee\uefbf\uefa9") == "\uefe9"
