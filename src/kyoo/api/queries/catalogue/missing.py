"""Episodes that are missing: known ones that were aired and have no file, and gaps between the known numbers."""

from __future__ import annotations

from kyoo.api.queries.catalogue.shows import SHOWS
from kyoo.api.queries.fragments import as_json, entry_joins, entry_json, pairs, show_joins, show_json, translation_join
from kyoo.api.queries.lists.resources import Listing, Property, Resource, Type

#: Numbers further apart than this were not counted one by one (dates as numbers, absolute numbers): no gap.
LARGEST_GAP = 100


def missing_of(show: str) -> str:
    """The missing episodes of a serie, as a subquery: season_number, episode_number, entry_pk (null for a gap).

    Specials are never missed. An episode without a date is when a later one of its season has a file."""
    return f"""(
        select known.season_number, known.episode_number, known.pk as entry_pk
        from (
            select e.*, max(e.episode_number) filter (where e.available_since is not null)
                over (partition by e.season_number) as last_available
            from api.entries e where e.show_pk = {show} and e.kind = 'episode' and e.season_number > 0
        ) known
        where known.available_since is null
            and (known.air_date <= current_date or known.air_date is null and known.episode_number < last_available)
        union all
        select around.season_number, gap.episode_number, null
        from (
            select e.season_number, e.episode_number,
                lead(e.episode_number) over (partition by e.season_number order by e.episode_number) as following
            from api.entries e where e.show_pk = {show} and e.kind = 'episode' and e.season_number > 0
        ) around
        cross join lateral generate_series(around.episode_number + 1, around.following - 1) as gap (episode_number)
        where around.following - around.episode_number between 2 and {LARGEST_GAP}
    )"""


_KEY = "(m.season_number * 2147483648 + m.episode_number)"

#: What is missing of the serie `%(serie)s`, in order.
SERIE_MISSING = Listing(
    resource=Resource(
        properties={
            "seasonNumber": Property(Type.INT, "m.season_number", nullable=False),
            "episodeNumber": Property(Type.INT, "m.episode_number", nullable=False),
        },
        default=("seasonNumber", "episodeNumber"),
        key=_KEY,
    ),
    source=f"{missing_of('%(serie)s')} m",
    item=pairs(
        seasonNumber="m.season_number",
        episodeNumber="m.episode_number",
        entry=f"case when e.pk is not null then {as_json(entry_json('e'))} end",
    ),
    item_from=f"""join {missing_of("%(serie)s")} m on {_KEY} = page.pk
        left join api.entries e on e.pk = m.entry_pk {entry_joins("e")}""",
)

_EPISODE = pairs(
    seasonNumber="m.season_number", episodeNumber="m.episode_number", name="e_t.name", airDate="e.air_date"
)
_EPISODES = f"""(
    select json_agg({_EPISODE} order by m.season_number, m.episode_number)
    from {missing_of("s.pk")} m left join api.entries e on e.pk = m.entry_pk
    {translation_join("e", "api.entry_translations", "entry_pk")}
)"""

#: The series of which something is missing, each with what.
MISSING = Listing(
    resource=SHOWS,
    source="api.shows s",
    where=("s.kind = 'serie'", f"exists (select from {missing_of('s.pk')} m)"),
    item=show_json("s", more={"missing": _EPISODES}),
    item_from=f"join api.shows s on s.pk = page.pk {show_joins('s')}",
)
