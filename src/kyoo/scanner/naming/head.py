"""First steps: tags and ids blanked, leading brackets (groups, sites) stepped over. Tags are known in `tags`."""

import re

from kyoo.scanner.naming.dates import find_date
from kyoo.scanner.naming.draft import Draft
from kyoo.scanner.naming.ids import find_ids
from kyoo.scanner.naming.marked_numbers import find_episodes, find_season_episode, find_special
from kyoo.scanner.naming.tags import find_tags, is_site, is_tag_bracket, skip_site
from kyoo.scanner.naming.text import BLANK, CLAIMED, Bracket, blank

_LEAD_SKIP = re.compile(r"[ ._\-=|★☆♪♫♥◆■●▶►~*\])]*(?:[0-9]{1,2}月新番[★☆ ]*)?")
# `37 [Group]_Title`, `Uploader.[Group]_Title`
_BEFORE_GROUP = re.compile(
    r"[0-9]{1,3}[ ._]*(?=\[[^\]]*\][^\W])|(?=[\w\-]*[^\W\d_])[\w\-]{3,12}\.(?=\[[^\]0-9]+\][_ ]\w)"
)
# `=Group= Title`, `-=Group=- Title`
_SIGNED = re.compile(r"[ _]*-?(?P<sign>[=~#+*])(?P<group>[\w\-]{2,20})(?P=sign)-?[ _]+(?=\w)")
_NUMBER_BRACKET = re.compile(
    r"[\[({] ?#?[0-9]{1,4}(?:[.-][0-9]{1,4})?(?:v[0-9])?(?:[ .(]?(?:end|fin|final|完)\)?)? ?[\])}]$"
)
# `A Title-K5_gHDl9wLk`: the id of a video on the web, as programs that fetch those write it.
_VIDEO_ID = re.compile(r"(?<=[^\W_])-(?=[\w\-]*[a-z0-9_][A-Z])(?=[\w\-]*[0-9_\-][a-zA-Z])[A-Za-z0-9_\-]{11}$")
_YEAR_BRACKET = re.compile(r"[\[({](?:19|20)[0-9]{2}[\])}]$")
_TITLE_PAREN = re.compile(r"\([0-9]{1,4}\)$")
# `(Group) Show - 05 (720p)`; other names in brackets are titles: `(500) Days of Summer`.
_GROUP_IN_PAREN = re.compile(r"\([^\W\d_][\w.\-]*\)[ _].*[ _](?:-[ _])?[0-9]{2,4}(?:v[0-9])?[ _]*[\[(]")
# `[REC] 2 (2009)`, `[REC]² (2009)`, `[REC].2007`: with nothing else but a year, what is in the bracket is the title.
_BRACKET_IS_TITLE = re.compile(
    rf"\[[^\W\d_]{{2,}}\](?:[ ._]?[2-9²³⁴])?[ ._]*[(\[]?(?:19|20)[0-9]{{2}}[)\]]?[ ._]*(?:$|[\[({BLANK}])"
)
_DATE_PREFIX = re.compile(r"(?:[0-9]{6}|[0-9]{8})[ _](?=[^\W\d_])")


def read_tags(draft: Draft) -> None:
    """Blank the tags, checksums and ids."""
    tags = find_tags(draft.text)
    draft.masked, draft.checksum, draft.reading.tagged = tags.masked, tags.checksum, tags.strong
    draft.tags_at = max(0, tags.masked.find(BLANK))
    for start, end, provider, value in find_ids(draft.text.low):
        draft.reading.ids.setdefault(provider, value)
        draft.masked = blank(draft.masked, start, end)
    video = None if tags.strong else _VIDEO_ID.search(draft.text.raw)
    if video:
        draft.masked = blank(draft.masked, video.start(), video.end())
    draft.begin = skip_site(draft.text)


def read_head(draft: Draft) -> None:
    """Step over leading brackets: groups, sites, tags. They are kept in case the title is in one of them."""
    low, last = draft.text.low, draft.begin
    signed = _SIGNED.match(low, last)
    if signed:
        draft.reading.group = draft.text.raw[signed.start("group") : signed.end("group")]
        last = signed.end()
    numbered = _BEFORE_GROUP.match(low, last)
    last = numbered.end() if numbered else last
    while True:
        skipped = _LEAD_SKIP.match(low, last)
        start = skipped.end() if skipped else last
        holder = draft.text.bracket_at(start) if start < len(low) else None
        if holder is None or holder.start != start:
            break
        content = low[holder.start : holder.end]
        if not draft.heads and _BRACKET_IS_TITLE.match(draft.masked, holder.start):
            break
        if _YEAR_BRACKET.match(content) or (draft.heads and _NUMBER_BRACKET.match(content)):
            break
        if _TITLE_PAREN.match(content) or (
            content[0] == "("
            and not draft.heads
            and is_group_like(draft, holder)
            and not _GROUP_IN_PAREN.match(low, holder.start)
        ):
            break
        numbered_bracket = draft.masked[holder.start + 1 : holder.end - 1].strip()
        if find_season_episode(numbered_bracket) is not None or (
            draft.heads and _begins_with_episode(numbered_bracket)
        ):
            break
        dated_bracket = find_date(content)
        if dated_bracket:
            draft.reading.date = dated_bracket.date
        draft.heads.append(holder)
        if is_group_like(draft, holder) and dated_bracket is None:
            draft.groups.append(holder)
        last = holder.end
    skipped = _LEAD_SKIP.match(low, last) if draft.heads else None
    draft.begin = skipped.end() if skipped else last
    dated = _DATE_PREFIX.match(draft.masked, draft.begin)
    if dated and find_date(draft.masked[draft.begin : dated.end()]) is None:
        draft.begin = dated.end()
    draft.masked = blank(draft.masked, 0, draft.begin, CLAIMED) if draft.begin else draft.masked
    if draft.groups:
        draft.reading.group = inside(draft, draft.groups[0])


def _begins_with_episode(content: str) -> bool:
    """`[EP07]`, `[第07話]`, `[7회]`, `[SP1]`."""
    found = find_episodes(content)
    special = find_special(content, 0)
    return (found is not None and found.start == 0 and len(content) - found.end < 8) or (
        special is not None and special[:2] == (0, len(content)) and special[3] is not None
    )


def is_group_like(draft: Draft, holder: Bracket) -> bool:
    """A bracket that may name a group or hold a title: neither tags nor a site."""
    return not is_tag_bracket(draft.masked, holder) and not is_site(draft.text.low[holder.start + 1 : holder.end - 1])


def inside(draft: Draft, holder: Bracket) -> str:
    """What a bracket holds, as written."""
    return draft.text.raw[holder.start + 1 : holder.end - 1].strip(" []_")
