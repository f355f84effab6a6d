"""Last steps: where the title begins and ends, the episode's title, the group. What words mean is in `title_words`."""

import re
from collections.abc import Callable

from kyoo.scanner.naming import title_words
from kyoo.scanner.naming.draft import Draft, Reading
from kyoo.scanner.naming.head import inside, is_group_like
from kyoo.scanner.naming.release import read_release
from kyoo.scanner.naming.tags import find_edition, is_weak_word, over_weak_words, tags_start
from kyoo.scanner.naming.text import BLANK, CLAIMED, tidy
from kyoo.scanner.naming.vocabulary import BEFORE_YEAR, LANGUAGES

_GROUP_SUFFIX = re.compile(r"[^\s\-]-(?P<group>[^\W_][\w.@&$!]*)(?:[\[({][^\])}]*[\])}]|[ _]mkv|[ _]mp4)*\s*$")
_GROUP_SPACED = re.compile(r"(?:[\])\x00]_?-_?|\x00[\])] - )(?P<group>[\w@&.]+(?:-[\w]+)*)(?:\[[^\]]*\])*$")
_BEFORE_DATE = re.compile(r"(?<=[^\W_])[ ._]+(?:vom|du|del|van|från|от|від)[ ._]*$")
_TITLE_QUOTES = "《〈「『"
_NOT_A_GROUP = frozenset({"dl", "rip", "hd", "ray", "ma", "es", "subs", "sub", "audio", "dub"})


def read_title(draft: Draft, read_other: Callable[[str], Reading] | None) -> None:
    """The title, its other names, the edition, the episode's title. `read_other` reads a name within the name: after a
    slash, or in a bracket."""
    reading, text = draft.reading, draft.text
    start, end = _title_span(draft)
    raw = text.raw[start:end]
    titles = title_words.split_titles(raw, film=reading.year is not None and not (reading.pairs or reading.seasons))
    reading.collection = draft.folder and title_words.COLLECTION.search(raw) is not None
    if read_other and draft.number_end is not None and not title_words.has_latin_word(titles[0]):
        titles = _with_name_after_slash(draft, titles, end, read_other)
    reading.title, reading.alternatives = titles[0], titles[1:]
    if draft.soft_end is not None:
        reading.unsaid_title = tidy(text.raw[start : draft.soft_end])
    if not reading.title:
        _title_in_brackets(draft, read_other)
    tail = draft.title_end
    if draft.number_end is not None:
        reading.episode_title, after = _episode_title(draft, draft.number_end)
        if reading.episode_title.lower() in LANGUAGES and (reading.episode_title.isupper() or not text.spaced):
            reading.episode_title, after = "", draft.number_end  # "Show.E05.GERMAN"
        tail = max(tail, after)
    reading.release = read_release(text.low[draft.tags_at :] if reading.tagged else "", text.low[tail:])


def _with_name_after_slash(
    draft: Draft, titles: list[str], position: int, read_other: Callable[[str], Reading]
) -> list[str]:
    """`Босх: Спадок (S2E1) / Bosch: Legacy (S2E1)`: the name in Latin letters comes with its own number."""
    slash = title_words.SPACED_SLASH.search(draft.text.plain, position)
    if slash is None:
        return titles
    other = read_other(draft.text.raw[slash.end() :]).title
    return [other, *titles] if title_words.has_latin_word(other) else titles


def _title_span(draft: Draft) -> tuple[int, int]:
    """From the start of the name to the first thing that is not title; past a leading date or year."""
    begin = draft.begin
    end = min([tags_start(draft.text, draft.masked, begin), *(cut for cut in draft.cuts if cut >= begin)])
    if (
        not any(c.isalnum() for c in draft.text.low[begin:end])
        and not draft.reading.pairs
        and CLAIMED in draft.masked[begin:]
    ):
        begin = _after_claims(draft, begin)
        later = [cut for cut in draft.cuts if cut > begin]
        end = min([tags_start(draft.text, draft.masked, begin), *later])
    if draft.reading.date and (word := _BEFORE_DATE.search(draft.masked, begin, end)):
        end = word.start()
    end = _before_language(draft, begin, end)
    edition = find_edition(draft.masked, begin)
    if edition:
        end = _before_edition(draft, begin, end, edition[0], edition[1])
        draft.reading.edition = edition[2] if edition[0] >= end else None
    draft.title_end = _trailing_square(draft, begin, end)
    return begin, draft.title_end


def _before_language(draft: Draft, begin: int, end: int) -> int:
    """`Die.Lange.Reise.German.2004.AC3`, `Deep Field 3D (2013)`: a tag or language between a title and the year."""
    if draft.reading.year is None or draft.masked[end : end + 1] != CLAIMED:
        return end
    words = title_words.WORDS.findall(draft.masked[begin:end])
    while len(words) > 1 and words[-1] in BEFORE_YEAR and words[-2] not in ("the", "a"):
        end = draft.masked.rindex(words.pop(), begin, end)
    raw = draft.text.raw
    if len(words) > 1 and len(words[-1]) > 2 and is_weak_word(words[-1]):  # "Ocean.Drift.MULTi.2016"
        start = draft.masked.rindex(words[-1], begin, end)
        written = raw[start : start + len(words[-1])]
        if written not in (written.lower(), written.title()) and not raw[begin:start].isupper():
            return start
    if draft.text.spaced:
        return end
    if len(words) > 2 and words[-2] in LANGUAGES and is_weak_word(words[-1]):  # "German.DL.2004"
        return draft.masked.rindex(words[-2], begin, draft.masked.rindex(words[-1], begin, end))
    if words and words[-1] in LANGUAGES:
        start = draft.masked.rindex(words[-1], begin, end)
        noun = len(words) > 2 and words[0] not in ("the", "a", "an", "good", "my")  # "The Good German" is a title
        if len(words) > 3 or (len(words) > 1 and noun):
            return start
    return end


def _after_claims(draft: Draft, begin: int) -> int:
    position = begin
    while position < len(draft.masked) and not draft.masked[position].isalnum():
        position += 1
    return position


def _before_edition(draft: Draft, begin: int, end: int, start: int, stop: int) -> int:
    """An edition ends the title if title is left before it and nothing but tags, a year or numbers follow."""
    if not begin < start < end:
        return end
    before = tidy(draft.text.raw[begin:start]).lower()
    rest = draft.masked[stop:end].strip(" ._-)]")
    holder = draft.text.bracket_at(start)
    if len(before) > 3 and all(is_weak_word(word) for word in rest.split()) and (end < len(draft.masked) or holder):
        return holder.start if holder else over_weak_words(draft.masked, begin, start, languages=False)
    return end


def _trailing_square(draft: Draft, begin: int, end: int) -> int:
    """`Title [Group]` at the very end of the name."""
    if end < len(draft.masked) and draft.masked[end:].strip(" ._-"):
        return end
    for holder in draft.text.brackets:
        if (
            holder.start > begin
            and draft.text.plain[holder.start] == "["
            and not draft.text.plain[holder.end :].strip(" ._-")
        ):
            if draft.reading.group is None and is_group_like(draft, holder):
                draft.reading.group = inside(draft, holder)
            return min(end, holder.start)
    return end


def _title_in_brackets(draft: Draft, read_other: Callable[[str], Reading] | None) -> None:
    """`[Group][Title][01][1080p]`: the first bracket after the group that can be a title, Latin letters preferred."""
    names = draft.groups
    quoted = len(names) == 1 and draft.text.raw[names[0].start] in _TITLE_QUOTES
    rest = names[1:] if len(names) > 1 else names if quoted or not draft.reading.pairs else []
    if not rest and names and len(inside(draft, names[0]).split()) > 2:  # "[Long Name of a Show][07]"
        rest = names
    candidates = [inside(draft, holder) for holder in rest]
    latin = [name for name in candidates if title_words.has_latin_word(name)]
    for name in (latin or candidates)[:1]:
        own = read_other(name) if read_other else Reading(title=tidy(name))
        draft.reading.title = own.title or tidy(name)
        draft.reading.alternatives = [*own.alternatives, *(tidy(other) for other in candidates if other != name)]
        _take_over(draft, own)
    if len(names) == 1 and draft.reading.title:
        draft.reading.group = None


def _take_over(draft: Draft, own: Reading) -> None:
    """`[Title S2 (2015)][07]`: what the bracket of the title says besides, if the rest of the name does not."""
    reading = draft.reading
    reading.year = own.year if reading.year is None else reading.year
    if not reading.seasons and len(own.seasons) == 1 and not own.pairs:
        reading.seasons = own.seasons
        reading.pairs = [(own.seasons[0] if season is None else season, value) for season, value in reading.pairs]
    if not reading.pairs:
        reading.pairs, reading.absolute, reading.seasons = own.pairs, own.absolute, own.seasons
        reading.explicit |= own.explicit


def _episode_title(draft: Draft, position: int) -> tuple[str, int]:
    """And where it ends."""
    end = tags_start(draft.text, draft.masked, position)
    following = [cut for cut in draft.cuts if cut > position]
    end = min([end, *following])
    if draft.masked[end : end + 1] == CLAIMED:  # "The.Storm.German.2022.DVDRip"
        end = over_weak_words(draft.masked, position, end)
    raw = draft.text.raw[position:end]
    return title_words.tidy_episode_title(raw), end


def read_group(draft: Draft) -> None:
    """The release group, if it was not at the start: `-GRP` at the end, or a bracket."""
    if draft.reading.group or not (draft.reading.tagged or draft.reading.pairs or draft.reading.date):
        return
    match = _GROUP_SUFFIX.search(draft.text.plain) or _GROUP_SPACED.search(draft.masked)
    if match is None or match.start("group") < max(draft.begin, draft.number_end or 0):
        draft.reading.group = _group_in_bracket(draft)
        return
    start, end = match.span("group")
    word = match["group"].lower()
    if (
        word not in _NOT_A_GROUP
        and not is_weak_word(word)
        and not any(c in draft.masked[start:end] for c in (BLANK, CLAIMED))
    ):
        draft.reading.group = draft.text.raw[start:end].strip(". ")


def _group_in_bracket(draft: Draft) -> str | None:
    """`Show - 01 [Group][1080p]`: the first square bracket after the title that is neither a tag nor a number."""
    for holder in draft.text.brackets:
        content = draft.masked[holder.start : holder.end]
        if (
            holder.start >= draft.title_end
            and content[0] == "["
            and CLAIMED not in content
            and is_group_like(draft, holder)
        ):
            return inside(draft, holder) if any(c.isalpha() for c in content) else None
    return None
