"""Titles compared and put into URLs: `normalise` and `slugify`. Where a title is in a name is not decided here."""

import hashlib
import re
import unicodedata

from anyascii import anyascii

_NOT_WORD = re.compile(r"[\W_]+")
# Letters that NFD leaves whole and that readers write in plain Latin.
_LATIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"})
_PLAIN_MARKS = str.maketrans({"’": "'", "ʼ": "'", "′": "'", "！": "!", "？": "?"})
_MARKS = re.compile(r"[!?'°]+$")
_OPENING_QUOTE = re.compile(r"(?<!\w)'\w")
_APOSTROPHES = re.compile(r"(?<=\w)['’ʼ`´](?=\w)")


# Words that stand for something else where a slug is expected (`GET /shows/random`).
RESERVED_SLUGS = frozenset({"random"})


def _fold(title: str) -> str:
    """Lower case without accents; compatibility forms (full-width, ligatures) made plain."""
    decomposed = unicodedata.normalize("NFKD", title).lower()
    return "".join(c for c in unicodedata.normalize("NFKD", decomposed) if not unicodedata.combining(c)).translate(
        _LATIN
    )


def normalise(title: str) -> str:
    """The form in which two spellings of a title are equal: `Café & Bar: II` and `cafe and bar ii`.

    No accents, lower case, `&` is `and`, apostrophes inside a word vanish, other punctuation is a blank; articles stay.
    Empty if the title has neither letter nor digit. Idempotent.
    """
    folded = _APOSTROPHES.sub("", _fold(title)).replace("&", " and ")
    return _NOT_WORD.sub(" ", folded).strip()


def marks(title: str) -> str:
    """What stands behind the last word and tells series apart: `K-On!!`, `Gintama'`."""
    text = title.translate(_PLAIN_MARKS)
    found = _MARKS.search(text)
    quoted = found is not None and found[0] == "'" and _OPENING_QUOTE.search(text) is not None
    return found[0] if found and not quoted else ""


def alike(one: str, other: str) -> bool:
    """Whether titles of one spelling but for these marks are one: the marks are often left out, apostrophes are not."""
    return one == other or (not (one + other).strip("!?") and "" in (one, other))


def show_slug(title: str) -> str:
    """The slug a show gets, `[a-z0-9-]+`, never empty: other scripts are romanised ("ワンピース" is `wanpisu`).
    Two titles may have one; whoever gives slugs sees to that."""
    plain = normalise(title)
    if plain and plain.isascii():
        return slugify(title)
    roman = anyascii(unicodedata.normalize("NFKC", title)).lower().replace("'", "").replace("&", " and ")
    latin = re.sub(r"[^a-z0-9]+", "-", roman).strip("-")
    return latin if latin and latin not in RESERVED_SLUGS else slugify(title)


def slugify(title: str) -> str:
    """A stable slug, `[a-z0-9-]+`, never empty, of what is found again by it: entries, people, studios, collections.

    Letters outside Latin cannot be written so; when they are lost, a short hash of the title keeps slugs apart
    ("ワンピース" and "ナルト"; "Frieren 2期" and "Frieren"). A reserved word gets the hash too.
    """
    plain = normalise(title)
    latin = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if latin and plain.isascii() and latin not in RESERVED_SLUGS:
        return latin
    source = _NOT_WORD.sub(" ", unicodedata.normalize("NFC", title).lower()).strip() or title
    digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{latin}-{digest}" if latin else digest
