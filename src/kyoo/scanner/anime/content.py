"""Whether an entry is story, tells the story again (recap), or stands beside it (ova).

Filler is never guessed: it comes from .nfo files and from people. How sure each source is: docs/decisions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kyoo.scanner.providers.records import Content, EpisodeRecord, RelationKind

#: Words that say "told again" and nothing else, as services and release groups write them.
_WORDS = re.compile(
    r"""
    (?<!\w)(?:
        recaps? | recapped | recapitulati(?:on|f|va?)s? | r[eé]capitulatifs?
      | recapitulaci[oó]n | recapitula[cç][aã]o
      | (?:story|series|season|episode|special)\s+(?:recap|digest|summary|summaries|review)s?
      | (?:recap|digest|summary|compilation|omnibus)\s+(?:episode|special|movie|film|edition|version)s?
      | (?:compilation|digest)(?=\s*[:\-–(]|\s*$)
      | compilation\s+(?:of\s+)?(?:episodes?|the\s+(?:first|second|third|whole|tv)\b.{0,20})
      | clip\s?shows? | previously\s+on | the\s+story\s+so\s+far | so\s+far\s+special
      | s[oō]u?sh[uū]u?[\s-]?hen | furikaeri | daijesuto
      | r[eé]sum[eé]\s+(?:de\s+la\s+saison|sp[eé]cial|des?\s+[eé]pisodes?) | film\s+r[eé]capitulatif
      | zusammenfassungs?(?:film|folge|special)? | r[uü]ckblicks?(?:folge|special)?
      | recopilatorio | resumen | especial\s+resumen | riassunto | riepilogo | resumo\s+(?:da|especial)
      | samenvatting | streszczenie | [oö]sszefoglal[oó] | [oö]zet\s+b[oö]l[uü]m[uü]? | t[oó]m\s+t[aắ]t
      | рекап | краткое\s+содержание | компиляция | дайджест | підсумок
    )(?!\w)
    | 総集[編篇] | 總集[編篇] | 总集[编篇] | ダイジェスト | 振り返り | ふりかえり | 총집편 | 회고편
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: A regular episode is a recap only if that is all its title says: "Summary Judgment" and "Recap" are not alike.
_ALONE = re.compile(
    r"""
    (?: [\W\d_]* | .{0,60}[:\-–—(（【\[]\s* )
    (?: (?:the\s+|a\s+)?(?:story\s+|season\s+|special\s+|mid[\s-]season\s+)?recaps?
        (?:\s+(?:episode|special|of\b.{0,60}))?
      | s[oō]u?sh[uū]u?[\s-]?hen | 総集[編篇] | 總集[編篇] | 总集[编篇] | 총집편
      | рекап | recapitulation | r[eé]capitulatif | clip\s?show )
    (?: [\s\d:.\-–—)）】\]!]* | \s*[:\-–—(（].{0,60} )
    """,
    re.VERBOSE | re.IGNORECASE,
)

#: How the other one stands to the story, where it is a film or special of its own.
BY_RELATION: dict[RelationKind, Content] = {
    "summary": "recap",
    "compilation": "recap",
    "prequel": "story",
    "sequel": "story",
    "parent": "story",
    "side-story": "ova",
    "spin-off": "ova",
    "alternative": "ova",
    "other": "ova",
}


def tells_again(title: str, *, regular: bool = False) -> bool:
    """Whether a title says that the entry is a recap; that of a `regular` episode of a season must say no more."""
    text = unicodedata.normalize("NFC", title[:500])
    return bool(_ALONE.fullmatch(text.strip()) if regular else _WORDS.search(text))


def content_of(episode: EpisodeRecord, titles: Iterable[str] = (), relation: RelationKind | None = None) -> Content:
    """What an entry is. `titles` are further ones that it is known by; `relation`: how it stands to the serie.

    The surest comes first: what a provider or a person says of this very entry, the relation that AniList has, a word
    in a title, and last what it usually is: films are story, specials are not."""
    if episode.content:
        return episode.content
    said = BY_RELATION.get(relation) if relation else None
    if said == "recap":
        return said
    regular = episode.season > 0 and not episode.is_movie
    names = [texts.name for texts in episode.texts.values() if texts.name]
    if any(tells_again(name, regular=regular) for name in [*names, *titles]):
        return "recap"
    return said or ("story" if regular or episode.is_movie else "ova")
