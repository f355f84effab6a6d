"""The SQL of a copy of everything that is kept about one person."""

from __future__ import annotations

from typing import LiteralString
from uuid import UUID

from kyoo.core.database.postgres import Connection, fetch_value

#: What stays the same elsewhere: names and the numbers of providers, not ours.
SHOW: LiteralString = """json_build_object(
    'kind', s.kind,
    'slug', s.slug,
    'name', (
        select name from api.show_translations t where t.show_pk = s.pk
        order by language <> s.original_language, language limit 1
    ),
    'externalId', s.external_id
)"""

ENTRY: LiteralString = """json_build_object(
    'kind', e.kind,
    'slug', e.slug,
    'name', (
        select name from api.entry_translations t where t.entry_pk = e.pk
        order by language <> s.original_language, language limit 1
    ),
    'seasonNumber', e.season_number,
    'episodeNumber', e.episode_number,
    'externalId', e.external_id
)"""

EXPORT: LiteralString = f"""
    select json_build_object(
        'id', %(user)s::text,
        'exportedDate', api.iso(now()),
        'watchlist', coalesce((
            select json_agg(json_build_object(
                'show', {SHOW},
                'status', l.status,
                'score', l.score,
                'seenCount', l.seen_count,
                'startedAt', api.iso(l.started_at),
                'lastPlayedAt', api.iso(l.last_played_at),
                'completedAt', api.iso(l.completed_at),
                'setAsideAt', api.iso(l.set_aside_at),
                'createdAt', api.iso(l.created_at)
            ) order by l.created_at, s.pk)
            from api.watchlist l join api.shows s on s.pk = l.show_pk where l.profile_pk = p.pk
        ), '[]'),
        'history', coalesce((
            select json_agg(json_build_object(
                'show', {SHOW},
                'entry', {ENTRY},
                'percent', h.percent,
                'time', h.time,
                'external', h.external,
                'playedDate', api.iso(h.played_date)
            ) order by h.played_date, h.pk)
            from api.history h join api.entries e on e.pk = h.entry_pk join api.shows s on s.pk = e.show_pk
            where h.profile_pk = p.pk
        ), '[]'),
        'hidden', coalesce((
            select json_agg(json_build_object('show', {SHOW}, 'rows', hidden.rows) order by s.pk)
            from (
                select show_pk, json_agg("row" order by "row") as rows from api.hidden
                where profile_pk = p.pk group by show_pk
            ) hidden join api.shows s on s.pk = hidden.show_pk
        ), '[]'),
        'imports', coalesce((
            select json_agg(json_build_object(
                'source', i.source, 'name', i.name, 'state', i.state, 'taken', i.taken, 'titles', i.titles,
                'plays', i.plays, 'counts', i.counts, 'changes', i.changes, 'unmatched', i.unmatched,
                'reason', i.reason, 'createdAt', api.iso(i.created_at)
            ) order by i.created_at, i.id)
            from api.imports i where i.profile_pk = p.pk
        ), '[]'),
        'webhooks', coalesce((
            select json_agg(json_build_object(
                'name', w.name, 'form', w.form, 'origin', w.origin, 'events', w.own_events, 'enabled', w.enabled,
                'createdAt', api.iso(w.created_at)
            ) order by w.name, w.pk)
            from api.webhooks w where w.profile_pk = p.pk
        ), '[]'),
        'watched', coalesce((
            select json_agg(json_build_object(
                'show', case when s.pk is not null then {SHOW} end,
                'entry', case when e.pk is not null then {ENTRY} end,
                'quarter', api.iso(w.quarter),
                'seconds', w.seconds,
                'finished', w.finished
            ) order by w.quarter, w.entry_pk)
            from api.watched w left join api.entries e on e.pk = w.entry_pk left join api.shows s on s.pk = e.show_pk
            where w.profile_pk = p.pk
        ), '[]'),
        'encoded', coalesce((
            select json_agg(json_build_object(
                'quarter', api.iso(quarter), 'what', what, 'seconds', seconds
            ) order by quarter, what)
            from api.encoded where profile_pk = p.pk
        ), '[]'),
        'calendar', (
            select json_build_object('createdAt', api.iso(created_at), 'languages', languages)
            from api.calendars where profile_pk = p.pk
        ),
        'rooms', coalesce((
            select json_agg(json_build_object(
                'slug', room.slug,
                'createdAt', api.iso(room.created_at),
                'made', room.owner = %(user)s,
                'hosted', room.host = %(user)s::text,
                'name', member.name,
                'joinedAt', api.iso(member.joined_at),
                'leftAt', api.iso(member.left_at),
                'messages', coalesce((
                    select json_agg(json_build_object('kind', kind, 'text', text, 'at', api.iso(at)) order by pk)
                    from api.room_messages where room_messages.room = room.id and by_id = %(user)s::text
                ), '[]')
            ) order by room.created_at, room.id)
            from api.rooms room
            left join api.room_members member on member.room = room.id and member.id = %(user)s::text
            where room.owner = %(user)s or member.id is not null
                or exists (select from api.room_messages said where said.room = room.id and said.by_id = %(user)s::text)
        ), '[]')
    )::text
    from (values (1)) one left join api.profiles p on p.id = %(user)s
"""


async def everything(connection: Connection, user: UUID) -> bytes:
    """The JSON of everything about a user; empty lists for who has nothing. What opens something for whoever has it is
    not in it: the address of the calendar, the links of rooms."""
    text = await fetch_value(connection, EXPORT, {"user": user})
    return str(text).encode()
