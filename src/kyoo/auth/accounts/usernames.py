"""What a username may be, and what it looks like: whatever its case, from whatever script its letters are, without what
cannot be seen (Unicode Technical Standard 39). That no two look the same is in confusable_names.py."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from functools import cache
from importlib import util
from pathlib import Path
from uuid import UUID

#: Letters, marks and symbols that are shown as nothing (Unicode's Default_Ignorable_Code_Point, but for the control and
#: format characters, which no text here has; and the blank of Braille).
INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]")
#: What chooses between shapes of the character before it.
SELECTORS = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
BLANKS = re.compile(r"\s+")
#: Accents and the like, one above the other, cover what is around the name.
MAX_MARKS = 3


def check_username(name: str) -> str:
    """`name` as it is; ValueError when no user may have it."""
    if "@" in name:
        raise ValueError("a username cannot contain @")
    if name.strip() != name:
        raise ValueError("a username cannot start or end with a blank")
    if INVISIBLE.search(name):
        raise ValueError("a username cannot contain characters that cannot be seen")
    if unicodedata.combining(name[:1] or " "):
        raise ValueError("a username cannot start with a mark that belongs to the letter before it")
    if re.search(rf"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{{{MAX_MARKS + 1}}}", name):
        raise ValueError(f"a letter of a username cannot have more than {MAX_MARKS} marks")
    plain = _plain(name)
    if not plain:
        raise ValueError("a username cannot consist of what cannot be seen")
    if plain.casefold() == "me":
        raise ValueError("this username is reserved")
    try:
        UUID(name)
    except ValueError:
        return name
    raise ValueError("a username cannot have the form of an id")


def _plain(name: str) -> str:
    """As it is seen, in one of several ways to write it."""
    return BLANKS.sub(" ", INVISIBLE.sub("", SELECTORS.sub("", unicodedata.normalize("NFKC", name)))).strip()


def skeletons(name: str) -> list[bytes]:
    """What a name looks like, as digests: as it is written, and in small letters. Two names that have one in common can
    be taken for each other: `Iris` for `iris` and for `lris`, but not `iris` for `lris`."""
    plain = _plain(name)
    texts = {_skeleton(plain.casefold()), _skeleton(plain).casefold()}
    return [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in sorted(texts)]


def _skeleton(text: str) -> str:
    """The same for all texts that look the same (UTS 39 §4)."""
    table = confusables()
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFD", "".join(table.get(character, character) for character in decomposed))


@cache
def confusables() -> dict[str, str]:
    """Characters, and what they look like; from the data of confusable-homoglyphs, which is read, not imported: of it
    all, this is a twentieth."""
    package = util.find_spec("confusable_homoglyphs")
    assert package is not None, "it is installed with us"
    assert package.origin is not None, "it is no namespace"
    alike = json.loads(Path(package.origin).with_name("confusables.json").read_text("utf-8"))
    table = {}
    for character, others in alike.items():
        # What several look like is what they are all written as; of a pair, it is the longer one, or the first.
        if len(character) != 1 or len(others) != 1:
            continue
        prototype = others[0]["c"]
        if len(alike[prototype]) > 1 or (len(prototype), character) > (len(character), prototype):
            table[character] = prototype
    return table
