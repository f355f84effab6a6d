"""Where a login at a provider may lead: nowhere that a browser reads differently than we do."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyoo.auth.oidc.redirects import check_entry, is_allowed, with_query

OURS = "https://films.example"
EXTRA = ("kyoo", "https://other.example:8443")


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/x",
        "https://localhost:5173/oidc-callback?apiUrl=https://films.example",
        "http://127.0.0.1:8901",
        "http://[::1]:3000/",
        "https://films.example",
        "https://films.example:443/oidc-callback",
        "HTTPS://Films.Example/x?a=b#c",
        "https://other.example:8443/x",
        "kyoo:///oidc-callback?apiUrl=x",
        "KYOO://anything",
    ],
)
def test_allowed(url: str) -> None:
    assert is_allowed(url, OURS, EXTRA)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "//films.example/x",
        "films.example",
        "http://films.example/",
        "https://films.example:444/",
        "https://films.example.evil.example/",
        "https://evil.example/films.example",
        "https://other.example/",
        "https://films.example@evil.example/",
        "https://user@films.example/",
        "https://localhost@evil.example/",
        "https://localhost.evil.example/",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.2/",
        "http://[::2]/",
        "http:evil.example",
        "http:/localhost/x",
        "https:///films.example/",
        "https://films.example\\@evil.example/",
        "https:\\\\films.example/",
        " https://films.example/",
        "https://films.example/\r\nSet-Cookie: a=b",
        "https://films.example/\u00e9",
        "https://ⓕilms.example/",
        "https://films.example:port/",
        "https://[films.example/",
        "https://evil.example[::1]/",
        "https://[::1].evil.example/",
        "javascript://films.example/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "kyoo:opaque",
        "kyoos://x",
        "ky oo://x",
    ],
)
def test_not_allowed(url: str) -> None:
    assert not is_allowed(url, OURS, EXTRA)


@pytest.mark.parametrize("entry", ["http", "https://", "javascript", "data", "file", "x y", "https://a/b", "a@b", ""])
def test_entries_that_would_allow_too_much(entry: str) -> None:
    with pytest.raises(ValueError, match=r"must not allow|must be schemes"):
        check_entry(entry)


@pytest.mark.parametrize(("entry", "kept"), [("Kyoo", "kyoo"), ("my.app://", "my.app"), ("https://a", "https://a")])
def test_entries(entry: str, kept: str) -> None:
    assert check_entry(entry) == kept


def as_browsers_read(url: str) -> tuple[str, str]:
    """Scheme and host of an address as the URL standard of browsers reads it: blanks at the ends and line breaks inside
    do not count, a backslash is a slash, and any number of slashes may follow `http:`."""
    text = re.sub(r"[\t\n\r]", "", url.strip("".join(map(chr, range(33))))).replace("\\", "/")
    scheme, _, rest = text.partition(":")
    authority = re.split(r"[/?#]", rest.lstrip("/"), maxsplit=1)[0]
    return scheme.lower(), re.sub(r":\d*$", "", authority.rpartition("@")[2]).lower()


PIECES = st.sampled_from(
    [
        *(
            "https:",
            "http:",
            "kyoo:",
            "javascript:",
            "/",
            "//",
            "\\",
            "@",
            ":",
            ":443",
            ":80",
            "#",
            "?",
            ".",
            " ",
            "\t",
        ),
        *("films.example", "localhost", "127.0.0.1", "[::1]", "evil.example", "%2f", "%40", "\r\n", "\0", "é", "x"),
    ]
)


STARTS = st.sampled_from(["", "https:", "https://", "https://films.example", "http://localhost", "kyoo://"])


@settings(max_examples=1000)
@given(STARTS, st.lists(PIECES, max_size=6).map("".join))
def test_no_web_address_leads_elsewhere(start: str, rest: str) -> None:
    url = start + rest
    if not is_allowed(url, OURS, EXTRA):
        return
    scheme, host = as_browsers_read(url)
    if scheme in ("http", "https"):
        assert host in ("films.example", "localhost", "127.0.0.1", "[::1]", "other.example")
    else:
        assert scheme == "kyoo"


@given(st.text())
def test_any_text_is_judged(url: str) -> None:
    assert is_allowed(url, OURS, ()) in (True, False)


@given(
    st.sampled_from(["kyoo:///oidc-callback", f"{OURS}/x", f"{OURS}/x?apiUrl=a%26b&c", f"{OURS}?a=1#part"]),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_what_is_added_to_a_query_leaves_the_rest(url: str, error: str) -> None:
    changed = urlsplit(with_query(url, provider="p", error=error))
    before = urlsplit(url)
    assert (changed.scheme, changed.netloc, changed.path, changed.fragment) == (
        *(before.scheme, before.netloc, before.path, before.fragment),
    )
    assert changed.query.startswith(before.query)
    pairs = dict(parse_qsl(changed.query, keep_blank_values=True))
    assert (pairs["provider"], pairs["error"]) == ("p", error)
