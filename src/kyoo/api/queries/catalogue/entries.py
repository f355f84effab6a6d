"""Reading what is inside a serie: its entries and seasons; the extras of series and movies; and the news."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from kyoo.api.models.base import Content, EntryKind, ExtraKind
from kyoo.api.queries.fragments import (
    available,
    entry_joins,
    entry_json,
    entry_page_joins,
    entry_translation,
    extra_json,
    progress_join,
    season_json,
    season_translation,
    show_json,
    shown_in,
)
from kyoo.api.queries.lists.resources import Listing, Property, Resource, Search, Type, words_tiers

_TRANSLATION = (entry_translation(),)
_PROGRESS = (progress_join(),)
_NUMBER = Property(Type.INT, "e.episode_number")

ENTRIES = Resource(
    properties={
        "kind": Property(Type.ENUM, "e.kind", values=get_args(EntryKind), sortable=False),
        "seasonNumber": Property(Type.INT, "e.season_number"),
        "episodeNumber": _NUMBER,
        "number": _NUMBER,
        "order": Property(Type.FLOAT, 'e."order"', nullable=False),
        "runtime": Property(Type.FLOAT, "e.runtime", sortable=False),
        "airDate": Property(Type.DATE, "e.air_date"),
        "content": Property(Type.ENUM, "e.content", values=get_args(Content), sortable=False),
        "playedDate": Property(Type.TIMESTAMP, "e_p.played_date", needs=_PROGRESS),
        "isAvailable": Property(Type.BOOL, available(), sortable=False),
    },
    default=("order",),
    key="e.pk",
)

_NUMBER_AND_NAME = "concat(e.episode_number, ' ', api.fold(e_t.name))"

#: By "<number> <name>" in the selected language.
ENTRY_SEARCH = Search(
    needs=_TRANSLATION,
    where=f"api.fold(%(query)s) <%% {_NUMBER_AND_NAME}",
    score=f"word_similarity(api.fold(%(query)s), {_NUMBER_AND_NAME})",
)

#: The same among all entries, in any language.
LIBRARY_ENTRY_SEARCH = Search(
    joins=("join api.search_entries named on named.entry_pk = e.pk",),
    tiers=words_tiers("named.words"),
    terms="typed::text, begun::text from api.search_known(%(query)s)",
    # In order, so that no more of them are read than a page needs.
    needs=(
        """join (
            select entry_pk, (score * 0.8)::real as score from api.search_misspelt_entries(%(query)s)
            order by 2 desc, 1
        ) found on found.entry_pk = e.pk""",
    ),
    where="true",
    score="found.score",
)

_OF_SERIE = "e.show_pk = %(serie)s"

SERIE_ENTRIES = Listing(
    resource=ENTRIES,
    source="api.entries e",
    where=(_OF_SERIE, "e.kind <> 'extra'"),
    search=ENTRY_SEARCH,
    item=entry_json("e"),
    item_from=f"join api.entries e on e.pk = page.pk {entry_joins('e')}",
)

#: The same with a season before each first episode; one that has no row is left out.
SERIE_ENTRIES_AND_SEASONS = replace(
    SERIE_ENTRIES,
    item="line.item",
    item_order="part",
    item_from=f"""{SERIE_ENTRIES.item_from}
        cross join lateral (
            select 0 as part, ({season_json("n", {"kind": "'season'"})})::text as item
            from api.seasons n {season_translation("n")}
            where n.show_pk = e.show_pk and n.season_number = e.season_number
                and e.kind = 'episode' and e.episode_number = 1
            union all
            select 1, {entry_json("e")}
        ) line""",
)

_NEWS = Resource(
    properties={
        **{name: replace(declared, sortable=False) for name, declared in ENTRIES.properties.items()},
        "isAvailable": Property(Type.BOOL, "true", sortable=False),
        "availableSince": Property(
            Type.TIMESTAMP, "e.available_since", filterable=False, sortable=False, nullable=False
        ),
    },
    default=("-availableSince",),
    key="e.pk",
)

#: What became available last, first; each entry with its show.
NEWS = Listing(
    resource=_NEWS,
    source="api.entries e",
    where=(available(), "e.kind <> 'extra'", shown_in("news", "e.show_pk")),
    search=LIBRARY_ENTRY_SEARCH,
    item=entry_json("e", more={"show": show_json("s")}),
    item_from=f"join api.entries e on e.pk = page.pk {entry_page_joins('e', 's')}",
    unindexed={
        "runtime": "films are few among what is new: some 60 entries are read for each",
        "playedDate": "each new entry is looked up in the history; no client asks for it",
    },
)

#: What comes with the movie or serie `%(show)s`.
EXTRAS = Listing(
    resource=Resource(
        properties={
            "slug": Property(Type.TEXT, "e.slug", filterable=False, nullable=False),
            "name": Property(Type.TEXT, "e_t.name", filterable=False, needs=_TRANSLATION),
            "kind": Property(Type.ENUM, "e.extra_kind", values=get_args(ExtraKind), sortable=False),
            "runtime": Property(Type.FLOAT, "e.runtime"),
            "createdAt": Property(Type.TIMESTAMP, "e.created_at", filterable=False, nullable=False),
            "playedDate": Property(Type.TIMESTAMP, "e_p.played_date", needs=_PROGRESS),
        },
        default=("slug",),
        key="e.pk",
    ),
    source="api.entries e",
    where=("e.show_pk = %(show)s", "e.kind = 'extra'"),
    search=Search(
        needs=_TRANSLATION,
        where="api.fold(%(query)s) <%% api.fold(e_t.name)",
        score="word_similarity(api.fold(%(query)s), api.fold(e_t.name))",
    ),
    item=extra_json("e"),
    item_from=f"join api.entries e on e.pk = page.pk {entry_joins('e')}",
)

SEASONS = Listing(
    resource=Resource(
        properties={
            "seasonNumber": Property(Type.INT, "n.season_number", nullable=False),
            "startAir": Property(Type.DATE, "n.start_air"),
            "endAir": Property(Type.DATE, "n.end_air"),
            "entriesCount": Property(Type.INT, "n.entries_count", nullable=False),
            "availableCount": Property(Type.INT, "n.available_count", nullable=False),
        },
        default=("seasonNumber",),
        key="n.pk",
    ),
    source="api.seasons n",
    where=("n.show_pk = %(serie)s",),
    search=Search(
        needs=(season_translation("n"),),
        where="api.fold(%(query)s) <%% api.fold(n_t.name)",
        score="word_similarity(api.fold(%(query)s), api.fold(n_t.name))",
    ),
    item=season_json("n"),
    item_from=f"join api.seasons n on n.pk = page.pk {season_translation('n')}",
)
