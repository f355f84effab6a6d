-- What users have seen of a show and what comes next, kept right when entries come, move or go.

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
    where entry.show_pk = show and entry.kind <> 'extra' and exists (
        select from api.history play
        where play.profile_pk = profile and play.entry_pk = entry.pk and api.is_finished(play.percent, play.external)
            and play.played_date >= coalesce(since, '-infinity')
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

-- The watch list follows its shows (docs/decisions/0009-watch-state.md): entries that come between what was seen and what
-- was next, or are moved there, are next; what is no story any more is not. New episodes give who caught up a next entry again,
-- and re-open what was completed before they aired; those without a date re-open it when they come after all that was there.
create or replace function api.follow_entries() returns trigger
language plpgsql
as $$
declare
    shows bigint[];
    -- Entries that are new or have another place in the watch order.
    placed bigint[] := '{}';
    added bigint[] := '{}';
begin
    if tg_op = 'INSERT' then
        select array_agg(distinct show_pk), array_agg(pk) into shows, added from fresh;
        placed := added;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct show_pk) into shows from stale;
    else
        -- Not joined to each other: Postgres keeps the plan that it made for one row.
        select array_agg(distinct show_pk), array_agg(pk) into shows, placed from (
            select pk, show_pk, kind, content, "order" from fresh
            except select pk, show_pk, kind, content, "order" from stale
        ) differing;
    end if;
    if shows is null or not exists (select from api.watchlist where show_pk = any (shows)) then
        return null;
    end if;

    update api.watchlist list
    set status = case when list.status = 'completed' and now.reopened is not null then 'watching' else list.status end,
        next_entry_pk = case
            when list.status = 'completed' then now.reopened
            when list.status in ('watching', 'rewatching') and (list.next_entry_pk is null or now.overtaken)
                then api.next_story(list.show_pk, coalesce(now.place, -1))
            else list.next_entry_pk
        end,
        seen_count = case
            when now.kind = 'movie' then list.seen_count
            when list.status = 'completed' then least(list.seen_count, now.total)
            else now.entries
        end
    from (
        select list.profile_pk, list.show_pk, show.kind, seen.entries, seen.place,
            (select count(*) from api.entries where show_pk = show.pk and kind <> 'extra')::integer as total,
            -- What is being watched stays next.
            exists (
                select from api.entries entry
                where entry.pk = any (placed) and entry.show_pk = show.pk and (
                    entry.pk = following.pk
                    or entry.content = 'story' and entry."order" > coalesce(seen.place, -1)
                    and entry."order" < following."order"
                )
            ) and not exists (
                select from api.history play
                where play.profile_pk = list.profile_pk and play.entry_pk = following.pk
                    and not api.is_finished(play.percent, play.external)
                    and play.played_date >= coalesce(list.seen_since, '-infinity')
            ) as overtaken,
            (
                select pk from api.entries entry
                where list.status = 'completed' and show.kind = 'serie' and entry.pk = any (added)
                    and entry.show_pk = show.pk and entry.kind <> 'extra' and entry.content = 'story'
                    and entry."order" > coalesce(seen.place, -1)
                    and coalesce(entry.air_date > list.completed_at::date, entry."order" > known.place)
                order by entry."order", entry.pk
                limit 1
            ) as reopened
        from api.watchlist list
        join api.shows show on show.pk = list.show_pk
        left join api.entries following on following.pk = list.next_entry_pk
        cross join lateral api.seen(list.profile_pk, list.show_pk, list.seen_since) seen
        cross join lateral (
            select coalesce(max("order"), -1) as place
            from api.entries
            where show_pk = list.show_pk and kind <> 'extra' and not (pk = any (added))
        ) known
        where list.show_pk = any (shows)
    ) now
    where list.profile_pk = now.profile_pk and list.show_pk = now.show_pk;
    return null;
end
$$;

-- Who has seen all of a serie has completed it once nothing new is expected.
create or replace function api.follow_status() returns trigger
language plpgsql
as $$
begin
    update api.watchlist list
    set status = 'completed', completed_at = coalesce(list.completed_at, list.last_played_at, now())
    where list.show_pk = new.pk and list.status in ('watching', 'rewatching') and (
        select seen.place is not null and api.next_story(list.show_pk, seen.place) is null
        from api.seen(list.profile_pk, list.show_pk, list.seen_since) seen
    );
    return null;
end
$$;

-- One trigger for each event: a table of changed rows belongs to one event only.
create trigger follow_new_entries after insert on api.entries
referencing new table as fresh for each statement execute function api.follow_entries();

create trigger follow_changed_entries after update on api.entries
referencing old table as stale new table as fresh for each statement execute function api.follow_entries();

create trigger follow_deleted_entries after delete on api.entries
referencing old table as stale for each statement execute function api.follow_entries();

-- Deferred: the last episodes come with the same seed, after the show.
create constraint trigger follow_status after update of status on api.shows deferrable initially deferred
for each row when (
    new.kind = 'serie' and old.status in ('airing', 'planned') and new.status not in ('airing', 'planned')
) execute function api.follow_status();
