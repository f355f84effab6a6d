-- What users have seen of a show and what comes next. What a watch list makes of it is said in api/watchlist.py.

-- Whether a play has finished its entry, which is then seen. `FINISHED` in api/watchlist.py is the same percent.
create or replace function api.is_finished(percent integer, external boolean) returns boolean
language sql immutable parallel safe
as $$ select percent >= 95 or external $$;

-- What of a show a profile has seen: how many entries that are no extras, and the furthest place among them.
create or replace function api.seen(profile bigint, show bigint, since timestamptz, out entries integer, out place double precision)
language sql stable parallel safe
as $$
    select count(*)::integer, max(entry."order")
    from api.entries entry
    -- Entry by entry (a limit is not joined): as a join it goes through all plays of the profile for each show, as long
    -- as nobody has analysed the tables.
    where entry.show_pk = show and entry.kind <> 'extra' and (
        select true from api.history play
        where play.profile_pk = profile and play.entry_pk = entry.pk and api.is_finished(play.percent, play.external)
            and play.played_date >= coalesce(since, '-infinity')
        limit 1
    )
$$;

-- The entry to watch after a place of the watch order (-1: the first): story only, so never a recap.
create or replace function api.next_story(show bigint, place double precision) returns bigint
language sql stable parallel safe
as $$
    select pk from api.entries
    where show_pk = show and "order" > place and kind <> 'extra' and content = 'story'
    order by "order", pk
    limit 1
$$;
