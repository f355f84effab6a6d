"""Reading JSON of a service that may hold anything: whatever is not what it should be is None, and never an exception.

"No value" has many faces (null, an empty text, an object of nulls, a missing key, a list where an object was): all of
them are None here, so that parsers say what they want and nothing else.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from kyoo.core.languages import canonical
from kyoo.scanner.providers.records import MAX_COUNT, NAME, TEXT

#: Items of one list that are read.
ITEMS = 10_000

#: What Postgres cannot store, and what no text needs.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BREAK = re.compile(r"<\s*(?:br|/p|/li|/div)\s*/?\s*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,500}>")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_YEAR = re.compile(r"[12]\d{3}")


class Answer:
    """A part of an answer. `answer["a"]["b"]` always works; `text`, `number`… say what it is, if it is that."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __getitem__(self, key: str) -> Answer:
        return Answer(self.value.get(key) if isinstance(self.value, dict) else None)

    def __iter__(self) -> Iterator[Answer]:
        """The items of a list; of anything else none."""
        if isinstance(self.value, list):
            yield from map(Answer, self.value[:ITEMS])

    def __bool__(self) -> bool:
        return bool(self.value)

    def items(self) -> Iterator[tuple[str, Answer]]:
        if isinstance(self.value, dict):
            yield from ((str(key), Answer(value)) for key, value in list(self.value.items())[:ITEMS])

    @property
    def text(self) -> str | None:
        """Words, in one or several lines."""
        return cleaned(self.value, TEXT) if isinstance(self.value, str) else None

    @property
    def name(self) -> str | None:
        """Words in one line."""
        found = cleaned(self.value, NAME) if isinstance(self.value, str) else None
        return " ".join(found.split()) if found else None

    @property
    def prose(self) -> str | None:
        """Text that is written in HTML, without its marks."""
        if not isinstance(self.value, str):
            return None
        plain = html.unescape(_TAG.sub("", _BREAK.sub("\n", self.value[: TEXT * 4])))
        return cleaned(re.sub(r"[ \t]*\n\s*\n\s*", "\n\n", plain), TEXT)

    @property
    def identifier(self) -> str | None:
        """An id: a text or a whole number. 0, -1 and "" are none."""
        if isinstance(self.value, bool) or not isinstance(self.value, str | int):
            return None
        found = _CONTROL.sub("", str(self.value)).strip()
        return found if found not in ("", "0") and not found.startswith("-") and len(found) <= 300 else None

    @property
    def number(self) -> int | None:
        """A whole number, also one that is written as text."""
        found = self.decimal
        return int(found) if found is not None and abs(found) < 2**53 else None

    @property
    def count(self) -> int | None:
        """A number of things, or of a thing: not below zero, and none of absurd size."""
        found = self.number
        return found if found is not None and 0 <= found < MAX_COUNT else None

    @property
    def minutes(self) -> int | None:
        """A length; 0 says that it is not known."""
        return self.count or None

    @property
    def decimal(self) -> float | None:
        if isinstance(self.value, bool) or not isinstance(self.value, int | float | str):
            return None
        try:
            found = float(self.value)
        except (ValueError, OverflowError):
            return None
        return found if math.isfinite(found) else None

    @property
    def flag(self) -> bool:
        return self.value is True or self.value in (1, "1", "true")

    @property
    def day(self) -> date | None:
        """A date, or that of a time."""
        match = _DAY.match(self.value.strip()) if isinstance(self.value, str) else None
        try:
            return date(int(match[1]), int(match[2]), int(match[3])) if match else None
        except ValueError:
            return None

    @property
    def year(self) -> int | None:
        """A year by itself, or that of a date that may be incomplete."""
        if isinstance(self.value, str):
            match = _YEAR.match(self.value.strip())
            return int(match[0]) if match else None
        found = self.number
        return found if found is not None and 1000 <= found < 3000 else None

    @property
    def link(self) -> str | None:
        return web_link(self.value) if isinstance(self.value, str) else None

    @property
    def language(self) -> str | None:
        """A canonical BCP 47 code. `xx`, `zxx` and the like say that there are no words."""
        return language(self.value) if isinstance(self.value, str) else None

    @property
    def country(self) -> str | None:
        found = self.value.strip().upper() if isinstance(self.value, str) else ""
        return found if len(found) == 2 and found.isascii() and found.isalpha() else None


def cleaned(text: str, limit: int) -> str | None:
    """The text without blanks around it, in lines of ours, at most `limit` characters; None if nothing is left."""
    found = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return found[:limit].strip() or None


def web_link(text: str) -> str | None:
    """A link that a browser can follow; one without a scheme gets https."""
    found = text.strip()
    if found.startswith("//"):
        found = f"https:{found}"
    try:
        parts = urlsplit(found)
    except ValueError:
        return None
    usable = parts.scheme in ("http", "https") and parts.netloc and len(found) <= 4000 and len(found.split()) == 1
    return found if usable and not _CONTROL.search(found) else None


#: What services write and no registry has → what it is. `cn` is TMDB's Cantonese; TheTVDB has `zhtw` and `pt`.
_LANGUAGES = {"cn": "yue", "zhtw": "zh-TW", "mo": "ro", "sh": "sr"}
_WORDLESS = frozenset({"xx", "zxx", "und", "mul", "mis", "null", "none", "00"})


def language(code: str) -> str | None:
    plain = code.strip()
    lowered = plain.lower()
    return None if not plain or lowered in _WORDLESS else canonical(_LANGUAGES.get(lowered, plain))


def percent(value: float | None, top: float) -> int | None:
    """A rating on the scale 0–100; 0 says that nobody has rated."""
    return round(min(max(value / top, 0.0), 1.0) * 100) or None if value is not None else None


def youtube(key: str | None) -> str | None:
    """The page of a video of YouTube."""
    return f"https://www.youtube.com/watch?v={key}" if key and re.fullmatch(r"[\w-]{5,20}", key, re.ASCII) else None
