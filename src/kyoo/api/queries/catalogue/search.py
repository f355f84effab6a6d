"""Finding shows, people and studios by their names, as `api.search` of the database ranks them (decision 0011)."""

from __future__ import annotations

from typing import Literal

from kyoo.api.queries.fragments import show_joins, show_json, staff_json, studio_json, studio_translation
from kyoo.api.queries.lists.resources import Listing, Property, Resource, Search, Type

Subject = Literal["staff", "studio"]

#: The score of a name that has all words of the query as they were typed.
_SURE = 0.8


def by_name(subject: Subject, key: str) -> Search:
    """The search of a list whose rows have the person or studio of primary key `key`."""
    return Search(
        needs=(f"join api.search(%(query)s, '{{{subject}}}') found on found.owner_pk = {key}",),
        best=(f"join api.search_best(%(query)s, '{{{subject}}}') found on found.owner_pk = {key}",),
        where="true",
        score="found.score",
    )


def shows_by_name(key: str) -> Search:
    """The search of a list of shows, `key` being their primary key: by their own names, and behind them by those of
    their people and studios that were typed without a mistake."""
    return Search(
        needs=(
            f"""join (
                with hit as materialized (select * from api.search(%(query)s, '{{show,staff,studio}}'))
                select show_pk, max(score)::real as score
                from (
                    select owner_pk as show_pk, score from hit where subject = 'show'
                    union all
                    select r.show_pk, hit.score / 2 from hit join api.roles r on r.staff_pk = hit.owner_pk
                    where hit.subject = 'staff' and hit.score >= {_SURE}
                    union all
                    select su.show_pk, hit.score / 2 from hit join api.show_studios su on su.studio_pk = hit.owner_pk
                    where hit.subject = 'studio' and hit.score >= {_SURE}
                ) named
                group by show_pk
            ) found on found.show_pk = {key}""",
        ),
        # By people and studios a show has half their score.
        best=(
            f"""join api.search_best(%(query)s, '{{show}}') found
                on found.score > 0.5 and found.owner_pk = {key}""",
        ),
        where="true",
        score="found.score",
    )


# One number says what was found: three times its primary key, and what it is the primary key of.
_KEY = "(found.owner_pk * 3 + array_position('{show,staff,studio}', found.subject) - 1)"

#: Whatever has such a name, of all kinds; only with a query.
EVERYTHING = Listing(
    resource=Resource(
        properties={
            "kind": Property(
                Type.ENUM,
                "coalesce(s.kind, found.subject)",
                values=("serie", "movie", "collection", "staff", "studio"),
                sortable=False,
                nullable=False,
            )
        },
        default=("kind",),
        key=_KEY,
    ),
    source="""api.search(%(query)s, '{show,staff,studio}') found
        left join api.shows s on found.subject = 'show' and s.pk = found.owner_pk
        left join api.staff p on found.subject = 'staff' and p.pk = found.owner_pk
        left join api.studios u on found.subject = 'studio' and u.pk = found.owner_pk""",
    # Not what is hidden from the reader.
    where=("coalesce(s.pk, p.pk, u.pk) is not null",),
    search=Search(where="true", score="found.score"),
    item=f"""case mod(page.pk, 3)
        when 0 then {show_json("s")}
        when 1 then ({staff_json("p", {"kind": "'staff'"})})::text
        else ({studio_json("u", {"kind": "'studio'"})})::text end""",
    item_from=f"""
        left join api.shows s on mod(page.pk, 3) = 0 and s.pk = page.pk / 3 {show_joins("s")}
        left join api.staff p on mod(page.pk, 3) = 1 and p.pk = page.pk / 3
        left join api.studios u on mod(page.pk, 3) = 2 and u.pk = page.pk / 3 {studio_translation("u")}""",
)
