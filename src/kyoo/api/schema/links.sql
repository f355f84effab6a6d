-- What follows from which files belong to which entries, kept in the rows so that the limits of a reader (limits.sql) are
-- conditions on a row alone: whether a file is linked, the lowest age of its shows, the libraries that a show has files in. A
-- library that comes, moves or goes writes no file: `gather_libraries` is called for its shows (libraries.py).
--
-- So that a plan which was made for a row, or for an empty table, is right for a whole library, too, all of them look rows up by
-- their indexes, from what has changed: `offset 0` keeps the order of a join, the settings rule out whatever reads a table.

-- The libraries that a file lies in, {0} when it is in none.
create or replace function api.libraries_of(file text) returns bigint[]
language sql stable parallel safe
return coalesce((
    select array_agg(pk order by pk) from api.libraries library where starts_with(file, library.path || '/')
), '{0}');

-- Which libraries shows have files in.
create or replace function api.held_libraries(wanted bigint[]) returns table (show_pk bigint, libraries bigint[])
language sql stable
as $$
    select of_show.pk, coalesce(
        array_agg(distinct coalesce(library.pk, 0)) filter (where video.pk is not null), '{}'
    )
    from unnest(wanted) of_show (pk)
    left join api.entries entry on entry.show_pk = of_show.pk
    left join api.entry_videos link on link.entry_pk = entry.pk
    left join api.videos video on video.pk = link.video_pk
    left join api.libraries library on starts_with(video.path, library.path || '/')
    group by of_show.pk
$$;

-- The libraries of `changed` shows. The shows are locked before their files are looked at, so that two changes at once
-- end in the right set.
create or replace function api.gather_libraries(changed bigint[]) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
as $$
begin
    perform from api.shows where pk = any (changed) order by pk for no key update;
    update api.shows show set libraries = held.libraries
    from api.held_libraries(changed) held
    where show.pk = held.show_pk and show.libraries <> held.libraries;
end
$$;

-- What follows from the links of `changed` files: whether they have one, and the lowest age of their shows. The files are
-- locked before they are looked at, so that a link made and a link removed at once end in the right mark.
create or replace function api.mark_files(changed bigint[]) returns void
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
begin
    perform from api.videos where pk = any (changed) order by pk for no key update;
    update api.videos video set linked = marked.linked, min_age = marked.min_age
    from unnest(changed) file (pk) cross join lateral (
        select count(*) > 0 as linked, min(show.min_age) as min_age
        from api.entry_videos link cross join lateral (
            select show.min_age from api.entries entry join api.shows show on show.pk = entry.show_pk
            where entry.pk = link.entry_pk
            offset 0
        ) show
        where link.video_pk = file.pk
    ) marked
    where video.pk = file.pk and (video.linked, video.min_age) is distinct from (marked.linked, marked.min_age);
end
$$;

create or replace function api.mark_linked() returns trigger
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
    spread bigint[];
begin
    if not exists (select from fresh) then
        return null;
    end if;
    perform api.mark_files(array(select distinct video_pk from fresh));
    -- Shows that have a file in a library where they had none.
    select array_agg(distinct show.pk) into spread
    from fresh
    cross join lateral (select path from api.videos where pk = fresh.video_pk offset 0) video
    cross join lateral (select show_pk from api.entries where pk = fresh.entry_pk offset 0) entry
    cross join lateral (select pk, libraries from api.shows where pk = entry.show_pk offset 0) show
    left join api.libraries library on starts_with(video.path, library.path || '/')
    where coalesce(library.pk, 0) <> all (show.libraries);
    if spread is not null then
        perform api.gather_libraries(spread);
    end if;
    return null;
end
$$;

create or replace function api.mark_unlinked() returns trigger
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
    left_behind bigint[];
begin
    if not exists (select from stale) then
        return null;
    end if;
    perform api.mark_files(array(select distinct video_pk from stale));
    -- What had files in one library only and still has some has not left it; what is gone is in none.
    select array_agg(show.pk) into left_behind
    from (
        select distinct show_pk from api.entries where pk = any (array(select distinct entry_pk from stale))
    ) of_show
    cross join lateral (select pk, libraries from api.shows where pk = of_show.show_pk offset 0) show
    where cardinality(show.libraries) > 1 or not exists (
        select from api.entries entry join api.entry_videos link on link.entry_pk = entry.pk
        where entry.show_pk = show.pk
    );
    if left_behind is not null then
        perform api.gather_libraries(left_behind);
    end if;
    return null;
end
$$;

-- What follows from a new path: its words are remembered, and its shows are in its libraries. A file that is about to get
-- its path (queries/video_writes.py) is nowhere.
create or replace function api.follow_files() returns trigger
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
    moved bigint[];
    spread bigint[];
begin
    -- Not joined to each other: Postgres keeps the plan that it made for one row.
    select array_agg(pk) into moved
    from (select pk, path from fresh except select pk, path from stale) differing where path not like 'moving/%';
    if moved is null then
        return null;
    end if;
    insert into api.search_file_words (word)
    select given.word from (
        select distinct piece.word
        from unnest(moved) file (pk)
        cross join lateral (select words from api.videos where pk = file.pk offset 0) video
        cross join unnest(tsvector_to_array(video.words)) piece (word)
    ) given
    where not exists (select from api.search_file_words known where known.word = given.word);
    select array_agg(distinct show.pk) into spread
    from unnest(moved) file (pk)
    cross join lateral (select path from api.videos where pk = file.pk offset 0) video
    cross join lateral (
        select entry.show_pk from api.entry_videos link join api.entries entry on entry.pk = link.entry_pk
        where link.video_pk = file.pk
        offset 0
    ) entry
    cross join lateral (select pk, libraries from api.shows where pk = entry.show_pk offset 0) show
    where show.libraries <> api.libraries_of(video.path);
    if spread is not null then
        perform api.gather_libraries(spread);
    end if;
    return null;
end
$$;

-- The files of a show have its age.
create or replace function api.follow_ages() returns trigger
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
    aged bigint[];
    files bigint[];
begin
    -- Not joined to each other: Postgres keeps the plan that it made for one row.
    select array_agg(pk) into aged
    from (select pk, min_age from fresh except select pk, min_age from stale) differing;
    if aged is null then
        return null;
    end if;
    files := array(
        select distinct link.video_pk
        from unnest(aged) show (pk)
        cross join lateral (select pk from api.entries where show_pk = show.pk offset 0) entry
        cross join lateral (select video_pk from api.entry_videos where entry_pk = entry.pk offset 0) link
    );
    if files <> '{}' then
        perform api.mark_files(files);
    end if;
    return null;
end
$$;

create trigger mark_linked after insert on api.entry_videos
referencing new table as fresh for each statement execute function api.mark_linked();

create trigger mark_unlinked after delete on api.entry_videos
referencing old table as stale for each statement execute function api.mark_unlinked();

create trigger follow_files after update on api.videos
referencing old table as stale new table as fresh for each statement execute function api.follow_files();

create trigger follow_ages after update on api.shows
referencing old table as stale new table as fresh for each statement execute function api.follow_ages();
