"""Pieces of SQL that several queries share: the pick of a translation, and the JSON of shows, entries and videos.

A piece is text about table aliases: `s` names a show, and the piece's own joins are `s_t` (its translation), `s_o`
(its translation in the original language), `s_w` (the reader's watch list row); `e` an entry, `e_t` its translation
and `e_p` the reader's latest play of it. Every piece uses the parameters of `Reader.params()`.
"""

from __future__ import annotations

from collections.abc import Mapping

NOTHING: Mapping[str, str] = {}

#: The reader's profile; null for guests and whoever has not written anything yet.
READER = "(select pk from api.profiles where id = %(reader)s)"


def pairs(*members: str, **more: str) -> str:
    """`json_build_object` of `key SQL` members given as alternating arguments or as keywords."""
    items = [*zip(members[::2], members[1::2], strict=True), *more.items()]
    return "json_build_object(" + ", ".join(f"'{key}', {value}" for key, value in items) + ")"


def literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def completed(wire: str, *more: str, **members: str) -> str:
    """A JSON object as text: `wire`, members as a row has them ready (schema/columns/wire.sql), the SQL of `more` such
    texts, each with a comma ahead or null, and `members` with the SQL of their values, JSON as text or not.

    Text put together costs a small part of what JSON that is built does."""
    return f"concat({', '.join([literal('{'), wire, *more, *_members(**members), literal('}')])})"


def _members(**members: str) -> list[str]:
    """Arguments of `concat`."""
    return [
        part
        for key, sql in members.items()
        for part in (literal(',"' + key + '":'), f"coalesce(({sql})::text, 'null')")
    ]


def as_json(text: str) -> str:
    """What is JSON as text, for a function that would quote a text."""
    return f"({text})::json"


def iso(column: str) -> str:
    return f"api.iso({column})"


# ------------------------------------------------------------------------------------------------------ translations


def translation_join(owner: str, table: str, key: str, *, name: str | None = None, strict: bool = False) -> str:
    """Joins, as `<owner>_t`, the translation of `owner` that the reader prefers; any other when none is in their list,
    or, if strict, none unless their list has `*`."""
    listed = " and (%(any_language)s or t.language = any(%(languages)s::text[]))" if strict else ""
    translation = f"select t.* from {table} t where t.{key} = {owner}.pk"
    # Mostly there is one in the first language, and nothing needs to be sorted.
    return f"""left join lateral (
            ({translation} and t.language = (%(languages)s::text[])[1])
            union all
            ({translation}{listed} order by array_position(%(languages)s::text[], t.language), t.language limit 1)
            limit 1
        ) {name or owner + "_t"} on true"""


def show_translation(show: str = "s", *, strict: bool = False) -> str:
    return translation_join(show, "api.show_translations", "show_pk", strict=strict)


def entry_translation(entry: str = "e") -> str:
    return translation_join(entry, "api.entry_translations", "entry_pk")


def season_translation(season: str = "n") -> str:
    return translation_join(season, "api.season_translations", "season_pk")


def studio_translation(studio: str = "u", *, strict: bool = False) -> str:
    return translation_join(studio, "api.studio_translations", "studio_pk", strict=strict)


# ------------------------------------------------------------------------------------------------------------- shows


def watch_join(show: str = "s") -> str:
    """Joins, as `<show>_w`, the row of `show` in the reader's watch list."""
    return f"left join api.watchlist {show}_w on {show}_w.show_pk = {show}.pk and {show}_w.profile_pk = {READER}"


def shown_in(row: str, show: str) -> str:
    """The condition that the reader has not hidden the show of this pk from a row of the home page."""
    return f"""not exists (select from api.hidden
        where hidden.profile_pk = {READER} and hidden.show_pk = {show} and hidden."row" = '{row}')"""


def show_joins(show: str = "s", *, strict: bool = False) -> str:
    """What `show_json(show)` needs."""
    return f"""
        {show_translation(show, strict=strict)}
        left join api.show_translations {show}_o
            on {show}_o.show_pk = {show}.pk and {show}_o.language = {show}.original_language
        {watch_join(show)}"""


PICTURES = ("poster", "thumbnail", "banner", "logo")


def show_image(image: str, show: str = "s") -> str:
    """The picture in the original language when it is preferred and there is one, else the translation's; as text."""
    place = PICTURES.index(image) + 1
    return f"coalesce(case when %(prefer_original)s then {show}_o.pictures[{place}] end, {show}_t.pictures[{place}])"


def movie_status(watch: str) -> str:
    """The watchStatus of a movie from its watch list row."""
    return pairs(
        status=f"{watch}.status",
        score=f"{watch}.score",
        completedAt=iso(f"{watch}.completed_at"),
        percent=f"{watch}.seen_count",
    )


def serie_status(watch: str) -> str:
    """The watchStatus of a serie from its watch list row."""
    return pairs(
        status=f"{watch}.status",
        score=f"{watch}.score",
        startedAt=iso(f"{watch}.started_at"),
        completedAt=iso(f"{watch}.completed_at"),
        seenCount=f"{watch}.seen_count",
    )


def available(entry: str = "e") -> str:
    """Whether `entry` has a file that the reader can see."""
    return f"""({entry}.available_since is not null and (api.limit_libraries() is null
        or (select true from api.entry_videos seen where seen.entry_pk = {entry}.pk limit 1)))"""


def available_count(counted: str, show: str, *conditions: str) -> str:
    """How many entries of `show` that meet the conditions have a file that the reader can see: what is `counted`,
    unless some of its files are in other libraries than the reader's."""
    where = " and ".join((f"a.show_pk = {show}.pk", "a.kind <> 'extra'", available("a"), *conditions))
    return f"""case when api.limit_libraries() is null or {show}.libraries <@ api.limit_libraries() then {counted}
        else (select count(*) from api.entries a where {where}) end"""


#: Of a show without a translation.
_UNTRANSLATED = literal('"name":null,"description":null,"tagline":null,"aliases":null,"tags":null')
_UNNAMED = literal('"name":null,"latinName":null')


def show_json(
    show: str = "s", *, kind: bool = True, more: Mapping[str, str] = NOTHING, of_serie: Mapping[str, str] = NOTHING
) -> str:
    """A Movie, Serie or Collection, whichever `show` is, as text; `more` adds members, `of_serie` some that only series
    have. Needs `show_joins(show)`."""
    s, t, o, w = show, f"{show}_t", f"{show}_o", f"{show}_w"
    head = f"""'"kind":"', {s}.kind, '",', {s}.wire""" if kind else f"{s}.wire"
    original = f"""'{{"language":', to_json({s}.original_language), ',', coalesce({o}.names_wire, {_UNNAMED}), '}}'"""
    watched = f"""case when {w}.show_pk is not null then
        case {s}.kind when 'movie' then {movie_status(w)} when 'serie' then {serie_status(w)} end end"""
    count = available_count(f"{s}.available_count", s)
    return completed(
        head,
        "','",
        f"coalesce({t}.wire, {_UNTRANSLATED})",
        f"""case when {s}.kind <> 'collection' then
            concat(',"trailerUrl":', coalesce(to_json({t}.trailer_url)::text, 'null'),
                ',"watchStatus":', coalesce(({watched})::text, 'null')) end""",
        f"case when {s}.kind = 'serie' then concat({', '.join(_members(availableCount=count, **of_serie))}) end",
        **{image: show_image(image, s) for image in PICTURES},
        original=f"concat({original})",
        **more,
    )


def collection_of(show: str = "s") -> str:
    """The collection that `show` is in, as text, or null."""
    return f"""(select {show_json("c", kind=False)} from api.shows c {show_joins("c")}
        where c.pk = {show}.collection_pk)"""


# ----------------------------------------------------------------------------------------------------------- entries

#: The order of an entry's files, best first: its first rendering, from the first part, in the newest version.
BEST_VIDEO = "ev.suffixed, v.part nulls first, v.version desc, ev.created_at, v.pk"


#: The name of a file's cut ("Director's Cut"): the one that somebody gave it, else the one in the name of the file.
EDITION = """nullif(coalesce(
    (select edition.name from api.editions edition where edition.rendering = v.rendering), v.guess #>> '{raw,edition}'
), '')"""


def embedded_videos(entry: str = "e") -> str:
    """The files of `entry`, best first, as text."""
    video = completed("v.wire", slug="to_json(ev.slug)", edition=f"to_json({EDITION})")
    return f"""(select concat('[', string_agg({video}, ',' order by {BEST_VIDEO}), ']')
        from api.entry_videos ev join api.videos v on v.pk = ev.video_pk where ev.entry_pk = {entry}.pk)"""


def progress_join(entry: str = "e") -> str:
    """Joins, as `<entry>_p`, the reader's latest play of `entry`: percent, time, played_date, video_id, history_pk."""
    return f"""left join lateral (
            select h.pk as history_pk, h.percent, h.time, h.played_date, v.id as video_id
            from api.history h left join api.videos v on v.pk = h.video_pk
            where h.profile_pk = {READER} and h.entry_pk = {entry}.pk
            order by h.played_date desc, h.pk desc limit 1
        ) {entry}_p on true"""


_UNPLAYED = literal('{"percent":0,"time":0,"playedDate":null,"videoId":null}')


def progress_json(progress: str = "e_p") -> str:
    members = pairs(
        percent=f"{progress}.percent",
        time=f"{progress}.time",
        playedDate=iso(f"{progress}.played_date"),
        videoId=f"{progress}.video_id",
    )
    return f"case when {progress}.percent is null then {_UNPLAYED}::json else {members} end"


def entry_joins(entry: str = "e", *, progress: bool = True) -> str:
    """What `entry_json(entry)` needs."""
    return f"{entry_translation(entry)} {progress_join(entry) if progress else ''}"


#: Of an entry without a translation.
_UNTOLD = literal('"name":null,"description":null')


def entry_json(
    entry: str = "e", *, videos: bool = True, progress: str | None = "", more: Mapping[str, str] = NOTHING
) -> str:
    """An Episode, Special or MovieEntry, whichever `entry` is, as text; extras have `extra_json`.

    Needs `entry_joins(entry)`. `progress` names another alias than `<entry>_p` to take it from; None leaves it out."""
    e, t = entry, f"{entry}_t"
    members = {}
    if videos:
        members["videos"] = embedded_videos(e)
    if progress is not None:
        members["progress"] = progress_json(progress or f"{e}_p")
    film = f"""concat(',"tagline":', coalesce(to_json({t}.tagline)::text, 'null'),
        ',"poster":', coalesce({t}.poster::text, 'null'))"""
    return completed(
        f"{e}.wire",
        "','",
        f"coalesce({t}.wire, {_UNTOLD})",
        f"case when {e}.kind = 'movie' then {film} end",
        **members,
        **more,
    )


def entry_page_joins(entry: str = "e", show: str = "s") -> str:
    """What an entry with its `show` needs, `show` being joined here too."""
    return f"""{entry_joins(entry)}
        join api.shows {show} on {show}.pk = {entry}.show_pk
        {show_joins(show)}"""


def extra_json(extra: str = "e") -> str:
    """An Extra. Needs `entry_joins(extra)`."""
    return pairs(
        id=f"{extra}.id",
        slug=f"{extra}.slug",
        kind=f"{extra}.extra_kind",
        name=f"{extra}_t.name",
        runtime=f"{extra}.runtime",
        thumbnail=f"{extra}.thumbnail",
        video=f"""(select {pairs(slug="ev.slug", id="v.id")}
            from api.entry_videos ev join api.videos v on v.pk = ev.video_pk
            where ev.entry_pk = {extra}.pk order by {BEST_VIDEO} limit 1)""",
        progress=pairs(
            percent=f"coalesce({extra}_p.percent, 0)",
            time=f"coalesce({extra}_p.time, 0)",
            playedDate=iso(f"{extra}_p.played_date"),
        ),
        createdAt=iso(f"{extra}.created_at"),
        updatedAt=iso(f"{extra}.updated_at"),
    )


def season_json(season: str = "n", more: Mapping[str, str] = NOTHING) -> str:
    """A Season. Needs `season_translation(season)`."""
    n, t = season, f"{season}_t"
    return pairs(
        **more,
        id=f"{n}.id",
        slug=f"{n}.slug",
        name=f"{t}.name",
        description=f"{t}.description",
        poster=f"{t}.poster",
        thumbnail=f"{t}.thumbnail",
        banner=f"{t}.banner",
        seasonNumber=f"{n}.season_number",
        startAir=f"{n}.start_air",
        endAir=f"{n}.end_air",
        externalId=f"{n}.external_id",
        entriesCount=f"{n}.entries_count",
        availableCount=f"""(select {
            available_count(
                f"{n}.available_count",
                "n_s",
                f"(a.kind = 'episode' and a.season_number = {n}.season_number"
                f" or a.kind = 'special' and {n}.season_number = 0)",
            )
        } from api.shows n_s where n_s.pk = {n}.show_pk)""",
        createdAt=iso(f"{n}.created_at"),
        updatedAt=iso(f"{n}.updated_at"),
    )


# -------------------------------------------------------------------------------------------------- studios and staff


def studio_json(studio: str = "u", more: Mapping[str, str] = NOTHING) -> str:
    """A Studio. Needs `studio_translation(studio)`."""
    return pairs(
        id=f"{studio}.id",
        slug=f"{studio}.slug",
        name=f"{studio}_t.name",
        logo=f"{studio}_t.logo",
        externalId=f"{studio}.external_id",
        createdAt=iso(f"{studio}.created_at"),
        updatedAt=iso(f"{studio}.updated_at"),
        **more,
    )


def studios_of(show: str = "s") -> str:
    """The studios of `show` as an expression."""
    return f"""coalesce((select json_agg({studio_json("u")} order by u.slug)
        from api.show_studios su join api.studios u on u.pk = su.studio_pk {studio_translation("u")}
        where su.show_pk = {show}.pk), '[]')"""


def staff_json(staff: str = "p", more: Mapping[str, str] = NOTHING) -> str:
    return pairs(
        id=f"{staff}.id",
        slug=f"{staff}.slug",
        name=f"{staff}.name",
        latinName=f"{staff}.latin_name",
        image=f"{staff}.image",
        externalId=f"{staff}.external_id",
        createdAt=iso(f"{staff}.created_at"),
        updatedAt=iso(f"{staff}.updated_at"),
        **more,
    )


def character_json(role: str = "r") -> str:
    character = pairs(
        name=f"{role}.character_name", latinName=f"{role}.character_latin_name", image=f"{role}.character_image"
    )
    return f"case when {role}.character_name is not null then {character} end"
