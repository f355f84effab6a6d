-- What follows from which files belong to which entries, kept in the rows so that the limits of a reader (limits.sql) are
-- conditions on a row alone: whether a file is linked, the lowest age of its shows, the libraries that a show has files in.
-- Whoever writes links, files or ages says so at the end of the transaction (queries/catalogue/links.py: `refresh`). A library that
-- comes, moves or goes writes no file: `gather_libraries` is called for its shows (libraries.py).
--
-- So that a plan which was made for a row, or for an empty table, is right for a whole library, too, all of them look rows up by
-- their indexes, from what has changed: `offset 0` keeps the order of a join, the settings rule out whatever reads a table.

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

-- Who writes by the libraries that there are says so until the transaction ends, and whoever changes them waits for those who
-- know the old ones, but holds up nobody: each generation has a lock of its own, which all of it share. (An advisory lock of
-- two numbers; the first is arbitrary and ours.)
create or replace function api.join_library_generation() returns void
language plpgsql
as $$
declare
    generation integer;
begin
    loop
        select last_value into generation from api.library_generations;
        perform pg_advisory_xact_lock_shared(5190524, generation);
        -- Unless there is another one since, which sees the libraries of today.
        exit when generation = (select last_value from api.library_generations);
    end loop;
end
$$;

-- Waits, after libraries were changed, until nobody writes by the old ones. One at a time, so that there are never more than
-- two generations: who gave up waiting has not begun a third.
create or replace function api.end_library_generation() returns void
language plpgsql
as $$
declare
    generation integer;
begin
    perform pg_advisory_xact_lock(5190524, 0);
    select last_value into generation from api.library_generations;
    perform pg_advisory_lock(5190524, generation - 1);
    perform pg_advisory_unlock(5190524, generation - 1);
    perform nextval('api.library_generations');
    perform pg_advisory_lock(5190524, generation);
    perform pg_advisory_unlock(5190524, generation);
end
$$;

-- The libraries of `changed` shows. The shows are locked before their files are looked at, so that two changes at once
-- end in the right set.
create or replace function api.gather_libraries(changed bigint[]) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
as $$
begin
    perform api.join_library_generation();
    perform from api.shows where pk = any (changed) order by pk for no key update;
    update api.shows show set libraries = held.libraries
    from api.held_libraries(changed) held
    where show.pk = held.show_pk and show.libraries <> held.libraries;
end
$$;

-- The same after links or paths of `files` changed, of those shows only that may be elsewhere now: most have files in one
-- library, and still have.
create or replace function api.place_shows(changed bigint[], files uuid[]) returns void
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
    elsewhere bigint[];
begin
    perform api.join_library_generation();
    select array_agg(show.pk) into elsewhere
    from unnest(changed) given (pk)
    cross join lateral (select pk, libraries from api.shows where pk = given.pk offset 0) show
    where cardinality(show.libraries) <> 1 or not exists (
        select from api.entries entry join api.entry_videos link on link.entry_pk = entry.pk
        where entry.show_pk = show.pk
    ) or exists (
        select from unnest(files) file (id)
        cross join lateral (select pk, path from api.videos where id = file.id offset 0) video
        cross join lateral (select entry_pk from api.entry_videos where video_pk = video.pk offset 0) link
        cross join lateral (select show_pk from api.entries where pk = link.entry_pk offset 0) entry
        left join api.libraries library on starts_with(video.path, library.path || '/')
        where entry.show_pk = show.pk and coalesce(library.pk, 0) <> show.libraries[1]
    );
    if elsewhere is not null then
        perform api.gather_libraries(elsewhere);
    end if;
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

-- The files of these shows that may have another age than follows from them: a file of several shows has the lowest.
create or replace function api.misaged_files(shows bigint[]) returns bigint[]
language sql stable
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
    select array(
        select distinct video.pk
        from unnest(shows) given (pk)
        cross join lateral (select pk, min_age from api.shows where pk = given.pk offset 0) show
        cross join lateral (select pk from api.entries where show_pk = show.pk offset 0) entry
        cross join lateral (select video_pk from api.entry_videos where entry_pk = entry.pk offset 0) link
        cross join lateral (select pk, min_age from api.videos where pk = link.video_pk offset 0) video
        where video.min_age is distinct from show.min_age
    )
$$;
