-- The watch list follows the entries of its shows: new episodes give who caught up a next entry again, and re-open
-- what was completed before they aired; deleted or re-ordered entries leave no wrong count (api.md §8.4).

-- Since when views count as seen again: the start of the present re-watch, null when there is none.
alter table api.watchlist add column seen_since timestamptz;

-- The entry to watch after a place of the watch order (-1: the first): story only, so never a recap.
create function api.next_story(show bigint, place double precision) returns bigint
language sql stable parallel safe
as $$
    select pk from api.entries
    where show_pk = show and "order" > place and kind <> 'extra' and content = 'story'
    order by "order", pk
    limit 1
$$;

-- What of a show a profile has seen: how many entries that are no extras, and the furthest place among them.
create function api.seen(profile bigint, show bigint, since timestamptz, out entries integer, out place double precision)
language sql stable parallel safe
as $$
    select count(*)::integer, max(entry."order")
    from api.entries entry
    where entry.show_pk = show and entry.kind <> 'extra' and exists (
        select from api.history play
        where play.profile_pk = profile and play.entry_pk = entry.pk and (play.percent >= 95 or play.external)
            and play.played_date >= coalesce(since, '-infinity')
    )
$$;

create function api.follow_entries() returns trigger
language plpgsql
as $$
declare
    shows bigint[];
    added bigint[] := '{}';
begin
    if tg_op = 'INSERT' then
        select array_agg(distinct show_pk), array_agg(pk) into shows, added from fresh;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct show_pk) into shows from stale;
    else
        select array_agg(distinct fresh.show_pk) into shows
        from fresh join stale using (pk)
        where (fresh.kind, fresh.content, fresh."order") is distinct from (stale.kind, stale.content, stale."order");
    end if;
    if shows is null or not exists (select from api.watchlist where show_pk = any (shows)) then
        return null;
    end if;

    update api.watchlist list
    set status = case when list.status = 'completed' and now.reopened is not null then 'watching' else list.status end,
        next_entry_pk = case
            when list.status = 'completed' then now.reopened
            when list.status in ('watching', 'rewatching')
                then coalesce(list.next_entry_pk, api.next_story(list.show_pk, coalesce(now.place, -1)))
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
            (
                select pk from api.entries entry
                where list.status = 'completed' and show.kind = 'serie' and entry.pk = any (added)
                    and entry.show_pk = show.pk and entry.kind <> 'extra' and entry.content = 'story'
                    and entry."order" > coalesce(seen.place, -1) and entry.air_date > list.completed_at::date
                order by entry."order", entry.pk
                limit 1
            ) as reopened
        from api.watchlist list
        join api.shows show on show.pk = list.show_pk
        cross join lateral api.seen(list.profile_pk, list.show_pk, list.seen_since) seen
        where list.show_pk = any (shows)
    ) now
    where list.profile_pk = now.profile_pk and list.show_pk = now.show_pk;
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
