"""Durations, paths and rules of presigned requests (docs/protocol/auth.md#presigned-links)."""

from __future__ import annotations

import posixpath
from datetime import timedelta
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyoo.auth.tokens.presign import (
    MAX_DURATION,
    Allowance,
    allowance,
    clean_path,
    dump_allowances,
    load_allowances,
    normalise_path,
    parse_duration,
    path_of,
)
from kyoo.core.errors import BadRequestError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("24h", 86400), ("1h30m", 5400), ("1.5h", 5400), (".5s", 0.5), ("+1m", 60), ("1500ms", 1.5)],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "1", "h", "1 h", "1h ", "-1h", "0s", "0", "168h1ns1s", "1d", "1h-1m", "٣h", "1e3s"]
)
def test_durations_refused(text: str) -> None:
    with pytest.raises(BadRequestError):
        parse_duration(text)


@given(st.text(max_size=30))
def test_a_duration_is_in_bounds_or_refused(text: str) -> None:
    try:
        duration = parse_duration(text)
    except BadRequestError:
        return
    assert timedelta(0) <= duration <= MAX_DURATION


@given(st.integers(0, 167), st.integers(0, 59), st.integers(1, 59))
def test_a_duration_is_the_sum_of_its_terms(hours: int, minutes: int, seconds: int) -> None:
    parsed = parse_duration(f"{hours}h{minutes}m{seconds}s")
    assert parsed == timedelta(hours=hours, minutes=minutes, seconds=seconds)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/a/b", "/a/b"),
        ("/a/b?c=/d#e", "/a/b"),
        ("/a/b/", "/a/b"),
        ("/", "/"),
        ("https://kyoo.example:8000/a/b?x", "/a/b"),
        ("//host/a", "/host/a"),
        ("/a//b", "/a/b"),
        ("/a/...", "/a/..."),
        ("/a/.b", "/a/.b"),
        ("/a/./b", None),
        ("/a/../b", None),
        ("/a/..", None),
        ("/..;x/b", None),
        ("/a/%2e%2E/b", None),
        ("/a%2f..%2fb", None),
        ("/a%2Fb", "/a/b"),
        ("/a%252Fb", "/a%2Fb"),
        ("/a/%C3%A9", "/a/é"),
        ("a/b", None),
        ("", None),
        ("https://kyoo.example", None),
        ("kyoo:a/b", None),
        ("http://[x/a", None),
        ("/a/%ff", None),
        ("/a\\b", None),
        ("/a%5Cb", None),
        ("/a%00", None),
        ("/a\nb", None),
    ],
)
def test_the_path_of_a_url(url: str, path: str | None) -> None:
    assert path_of(url) == path


@given(st.text(max_size=60))
def test_a_clean_path_is_absolute_and_has_one_reading(text: str) -> None:
    path = clean_path(text)
    if path is not None:
        assert path.startswith("/")
        assert path == "/" or not path.endswith("/")
        assert not {"", ".", ".."} & set(path.split("/")[1:]) or path == "/"
        assert posixpath.normpath(path) == path
        assert clean_path(path) == path


#: Segments that try to leave where they are, among ordinary ones.
SEGMENTS = st.lists(
    st.sampled_from(["a", "b", "..", ".", "", "%2e%2e", "%2E.", "..%2f..", "%2f", "é", "%C3%A9", "a b", "..;"]),
    max_size=8,
)


@given(SEGMENTS)
def test_no_path_comes_from_elsewhere(segments: list[str]) -> None:
    """Nor does what an upstream, which takes `..` for a name, reads as another path match because of its end."""
    rule = allowance("GET", None, "/video/abc/")
    path = path_of("/video/other/" + "/".join([*segments, "..", "..", "abc", "direct"]))
    assert path is None or not rule.allows("GET", path)


@given(SEGMENTS)
def test_no_path_leaves_the_prefix_it_matches(segments: list[str]) -> None:
    """What a rule lets through starts with its prefix for an upstream that resolves the path, and for one that does
    not."""
    rule = allowance("GET", None, "/video/abc/")
    uri = "/video/abc/" + "/".join(segments)
    path = path_of(uri)
    if path is not None and rule.allows("GET", path):
        read = posixpath.normpath(unquote(uri))
        assert f"{read}/".startswith("/video/abc/")


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\\"), max_size=40))
def test_encoding_makes_no_difference(text: str) -> None:
    path = "/x/" + text
    assert path_of(quote(path)) == clean_path(path)


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["GET", "get", "Get", "POST"]))
def test_an_exact_rule_allows_its_path_and_no_other(signed: str, asked: str, verb: str) -> None:
    paths = [normalise_path("/" + quote(text)) for text in (signed, asked)]
    if paths[0] is None or paths[1] is None:
        return
    rule = Allowance("GET", paths[0], is_prefix=False)
    assert rule.allows(verb, paths[1]) == (paths[0] == paths[1] and verb.upper() == "GET")


def test_a_prefix_wins_and_keeps_its_last_slash() -> None:
    assert allowance("get", "/a", "https://h/b/?x") == Allowance("GET", "/b/", is_prefix=True)
    assert allowance("get", "/a", "/b") == Allowance("GET", "/b", is_prefix=True)
    assert allowance("get", "/a/", None) == Allowance("GET", "/a", is_prefix=False)


@given(st.lists(st.builds(Allowance, st.text(), st.text(), st.booleans())))
def test_rules_survive_the_signature(rules: list[Allowance]) -> None:
    assert load_allowances(dump_allowances(rules)) == rules
