"""The type of a chapter, told by its name."""

from __future__ import annotations

import re

from kyoo.transcoder.models.media import ChapterType

NAMES = [
    (ChapterType.RECAP, r"recap|summary|previous(ly)?|last|earlier|catch up"),
    (ChapterType.INTRO, r"intro|introduction|op|opening"),
    (ChapterType.CREDITS, r"credits?|ed|ending|outro"),
    (
        ChapterType.PREVIEW,
        r"preview|pv|sneak peek|coming (up|soon)|next (time|on|episode)|extra|teaser|trailer",
    ),
]
PATTERNS = [(kind, re.compile(rf"\b(?:{names})\b", re.IGNORECASE)) for kind, names in NAMES]


def chapter_type(name: str) -> ChapterType:
    """First match wins: recap, intro, credits, preview, else content."""
    return next((kind for kind, pattern in PATTERNS if pattern.search(name)), ChapterType.CONTENT)
