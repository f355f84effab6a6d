"""The rules of presigned requests: durations, paths, and which request a rule allows. Pure functions.

Source: docs/protocol/auth.md#presigned-links."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from kyoo.core.errors import BadRequestError

MAX_DURATION = timedelta(days=7)

#: Seconds of each unit of a Go duration.
UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
#: What servers read in different ways: backslashes, control characters, and the segments `.` and `..`, which some
#: resolve (a few with a parameter behind) and others take for a name.
AMBIGUOUS = re.compile(r"[\\\x00-\x1f\x7f]|/\.{1,2}(?=[/;]|$)")
TERM = re.compile(r"([0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})(ns|us|µs|μs|ms|s|m|h)")


def parse_duration(text: str) -> timedelta:
    """A Go duration (`90s`, `1h30m`); BadRequestError unless it is above zero and at most MAX_DURATION."""
    position, seconds = 0, 0.0
    body = text.removeprefix("+")
    while match := TERM.match(body, position):
        seconds += float(match[1]) * UNITS[match[2]]
        position = match.end()
    if position == 0 or position != len(body):
        raise BadRequestError("duration must look like 90s, 24h or 1h30m")
    if not 0 < seconds <= MAX_DURATION.total_seconds():
        raise BadRequestError("duration must be above zero and at most 168h")
    return timedelta(seconds=seconds)


def clean_path(decoded: str) -> str | None:
    """A decoded path without empty segments and without a slash at its end (`/` alone stays); None when it is not
    absolute, or could be read in two ways: a service behind must see the path that a rule allowed."""
    if not decoded.startswith("/") or AMBIGUOUS.search(decoded):
        return None
    return "/" + "/".join(segment for segment in decoded.split("/") if segment)


def normalise_path(path: str) -> str | None:
    """`clean_path` of a percent-encoded path; None when that is not UTF-8."""
    try:
        return clean_path(unquote(path, errors="strict"))
    except UnicodeDecodeError:
        return None


def path_of(url: str) -> str | None:
    """The normalised path of an absolute or root-relative URL, its query and fragment dropped; None if it has none."""
    if url.startswith("/"):
        # Not urlsplit: it would read the start of "//x/y" as a host, which no server does in a request line.
        return normalise_path(re.split(r"[?#]", url, maxsplit=1)[0])
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return normalise_path(parts.path) if parts.scheme and parts.netloc else None


@dataclass(frozen=True, slots=True)
class Allowance:
    """One (verb, path) that a signature allows: exactly `path`, or every path that starts with it."""

    verb: str
    path: str
    is_prefix: bool

    def allows(self, verb: str, path: str) -> bool:
        """`path` is normalised. Who may GET may ask for HEAD."""
        verb = verb.upper()
        if verb != self.verb and (verb, self.verb) != ("HEAD", "GET"):
            return False
        return path.startswith(self.path) if self.is_prefix else path == self.path


def allowance(verb: str, url: str | None, prefix: str | None) -> Allowance:
    """The allowance of a rule; BadRequestError when it names no path. A slash at the end of a prefix is kept."""
    given = prefix if prefix is not None else url
    path = path_of(given) if given else None
    if given is None or path is None:
        raise BadRequestError("Every rule needs a url or a prefix with a path")
    if prefix is not None and path != "/" and re.split(r"[?#]", given, maxsplit=1)[0].endswith("/"):
        path += "/"
    return Allowance(verb.upper(), path, prefix is not None)


def dump_allowances(allowances: Iterable[Allowance]) -> str:
    return json.dumps([[rule.verb, rule.path, int(rule.is_prefix)] for rule in allowances], separators=(",", ":"))


def load_allowances(text: str) -> list[Allowance]:
    return [Allowance(verb, path, bool(is_prefix)) for verb, path, is_prefix in json.loads(text)]
