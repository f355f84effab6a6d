"""Technical tags in a name: where the run of resolution, codec, source, language and group words begins.

Not here: what the tags mean (the prober reads the file), numbers, titles.
"""

import re
from dataclasses import dataclass

from kyoo.scanner.naming.text import BLANK, CLAIMED, Bracket, Text
from kyoo.scanner.naming.vocabulary import EDITIONS, LANGUAGES, STRONG_TAGS, TOP_LEVEL_DOMAINS, WEAK_WORDS

_STRONG = re.compile(rf"(?<![^\W_])(?:{'|'.join(STRONG_TAGS)})(?![^\W_])")
_CHECKSUM = re.compile(r"[\[(][0-9a-f]{8}[\])]|(?<![^\W_])(?=[0-9a-f]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8}$")
_WORD = re.compile(r"[^\W_]+")
_SITE = re.compile(rf"(?:www\.[\w.\-]+|(?:[\w\-]+\.)+(?:{TOP_LEVEL_DOMAINS})|[\w.\-]+@[\w.\-]+)", re.IGNORECASE)
_SITE_PREFIX = re.compile(
    rf"\s*(?:www\.(?:[\w\-]+\.)+[a-z]{{2,}}|[a-z0-9\-]+(?:\.(?:co|com|org|net))?\.(?:{TOP_LEVEL_DOMAINS}))\s+-+\s*"
    # Glued: `www.example.com_Title`, `Example.com.The.Title`, not `Startup.com.2001`.
    rf"|www[. ][\w\-]+[. ](?:{TOP_LEVEL_DOMAINS})(?:[ ._\-]+(?=[^\W_])|(?=[\[(]))"
    r"|(?=[a-z0-9\-]*[a-z])[a-z0-9\-]{4,}\.(?:com|net|org)[._ \-]+(?=[^\W\d_]{2,}[ ._\-])"
    # `Example.cc_The.Title`: the two are written in different ways.
    rf"|(?=[a-z0-9\-]*[a-z])[a-z0-9\-]{{4,}}\.(?:{TOP_LEVEL_DOMAINS}) +(?=[^\W\d_]+\.[^\W_])"
    # `@uploader Title`, `@uploader - Title`
    r"|@[a-z0-9][\w.]{2,}(?: -|[ _])[ _]*"
)
# A site at the end, behind the tags or the year.
_SITE_BEHIND = re.compile(
    rf"(?:(?<=\x00)|(?<=(?:19|20)[0-9]{{2}}))[ ._\-\[(]+(?:www\.)?[a-z0-9\-]{{3,}}\.(?:{TOP_LEVEL_DOMAINS})[\])]?$"
)
_NOTICE = re.compile(
    r"(?:(?:torrent[ ._]?)?downloaded[ ._](?:from|at)[ ._]|visit[ ._]|join[ ._]us[ ._]at[ ._])?(?:www\.)?[\w\-]+"
    r"\.(?:com|net|org|info|biz|to|cc|ws|re|mx|am|lt|ag|se|rs|cx|tv|xyz|club|site|online|link)",
    re.IGNORECASE,
)
_EDITION = re.compile(
    r"(?<![^\W_])(?:"
    + "|".join(f"(?P<e{index}>{pattern})" for index, (pattern, _) in enumerate(EDITIONS))
    + r")(?![^\W_])"
)


@dataclass(slots=True)
class Tags:
    """`masked` is the lower-case text with strong tags and checksums blanked; the flags say whether there was one."""

    masked: str
    strong: bool
    checksum: bool


def find_tags(text: Text) -> Tags:
    """Blank the strong tags and checksums."""
    checksum = False

    def blank_checksum(match: re.Match[str]) -> str:
        nonlocal checksum
        if match[0][1:-1].isdigit() and match[0][0] in "[(" and match[0][1:3] in ("19", "20"):
            return match[0]  # a date, [20200116]
        checksum = True
        return BLANK * len(match[0])

    masked = _STRONG.sub(lambda match: BLANK * len(match[0]), text.low)
    strong = BLANK in masked
    masked = _CHECKSUM.sub(blank_checksum, masked)
    if "." in masked[-6:]:
        masked = _SITE_BEHIND.sub(lambda match: match[0][0] + BLANK * (len(match[0]) - 1), masked)
    return Tags(masked, strong, checksum)


def skip_site(text: Text) -> int:
    """Length of a leading site name such as `www.example.com - `."""
    match = _SITE_PREFIX.match(text.low)
    return match.end() if match else 0


def is_site(content: str) -> bool:
    """A bracket that holds an address and nothing else."""
    return _SITE.fullmatch(content.strip(" -")) is not None


def is_notice(stem: str) -> bool:
    """`RARBG.com`, `Downloaded from example.org`: the name of a file that speaks of the site it came from."""
    return _NOTICE.fullmatch(stem.strip()) is not None


def is_tag_bracket(masked: str, bracket: Bracket) -> bool:
    """A bracket that holds a strong tag, or nothing but weak ones."""
    inside = masked[bracket.start : bracket.end]
    if BLANK in inside:
        return True
    words = _WORD.findall(inside)
    return all(word in WEAK_WORDS for word in words) if words else not inside[1:-1].strip()


def tags_start(text: Text, masked: str, begin: int) -> int:
    """Where the tags after `begin` start: the first tag bracket or strong tag, and the weak words right before it."""
    start = masked.find(BLANK, begin)
    if start < 0:
        start = len(masked)
    else:
        holder = text.bracket_at(start)
        if holder and holder.start >= begin:
            start = holder.start
    for bracket in text.brackets:
        if bracket.start >= start:
            break
        if bracket.start >= begin and is_tag_bracket(masked, bracket):
            start = bracket.start
            break
    if start == len(masked) and BLANK not in masked:
        return start
    return over_weak_words(masked, begin, start)


def over_weak_words(masked: str, begin: int, start: int, *, languages: bool = True) -> int:
    """Move back over the weak words before `start`; a name is never eaten whole."""
    position = start
    while True:
        end = position
        while end > begin and not masked[end - 1].isalnum() and masked[end - 1] != CLAIMED:
            end -= 1
        word_start = end
        while word_start > begin and (masked[word_start - 1].isalnum() or masked[word_start - 1] == "'"):
            word_start -= 1
        if word_start <= begin or masked[word_start:end] not in WEAK_WORDS:
            return position
        if not languages and masked[word_start:end] in LANGUAGES:
            return position
        position = word_start


def is_weak_word(word: str) -> bool:
    """Whether the lower-case word is a tag when it stands among tags."""
    return word in WEAK_WORDS


def begins_edition(masked: str, position: int) -> bool:
    """Whether an edition is named at the position."""
    return _EDITION.match(masked, position) is not None


def find_edition(masked: str, begin: int) -> tuple[int, int, str] | None:
    """The first edition named after `begin`: start, end, its usual name."""
    match = _EDITION.search(masked, begin)
    if match is None or match.lastgroup is None:
        return None
    return match.start(), match.end(), EDITIONS[int(match.lastgroup[1:])][1]
