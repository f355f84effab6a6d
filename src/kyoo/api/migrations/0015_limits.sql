-- What the limits of a reader (0007) compare is in the row, so that each is a condition on the row alone: the path of a
-- file, the libraries that a show has files in, and the age of a file's shows. Triggers keep it right when files change, and
-- `gather_libraries` when libraries do (libraries.py): a library that comes, moves or goes writes no file.

-- Primary keys of the libraries of its files, 0 for all folders that are in none; empty when it has none.
alter table api.shows add column libraries bigint[] not null default '{}';
-- False from a change of a library until the shows know of it.
alter table api.libraries add column gathered boolean not null default true;
-- The lowest of its shows; null when none of them has one.
alter table api.videos add column min_age smallint;

create function api.libraries_of(file text) returns bigint[]
language sql stable parallel safe
return coalesce((
    select array_agg(pk order by pk) from api.libraries library where starts_with(file, library.path || '/')
), '{0}');

-------------------------------------------------------------------------------------------------- kept by triggers

-- The libraries of `changed` shows. The shows are locked before their files are looked at, so that two changes at once
-- end in the right set.
create function api.gather_libraries(changed bigint[]) returns void
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

-- Which libraries shows have files in.
create function api.held_libraries(wanted bigint[]) returns table (show_pk bigint, libraries bigint[])
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

-- What follows from the links of `changed` files: whether they have one, and their age. The files are locked before they
-- are looked at. Planned for each call: a plan made for few files would take hours for a whole library.
create function api.mark_files(changed bigint[]) returns void
language plpgsql
set plan_cache_mode = force_custom_plan
as $$
begin
    perform from api.videos where pk = any (changed) order by pk for no key update;
    update api.videos video set linked = marked.linked, min_age = marked.min_age
    from (
        select file as pk, count(link.entry_pk) > 0 as linked, min(show.min_age) as min_age
        from unnest(changed) file
        left join api.entry_videos link on link.video_pk = file
        left join api.entries entry on entry.pk = link.entry_pk
        left join api.shows show on show.pk = entry.show_pk
        group by file
    ) marked
    where video.pk = marked.pk and (video.linked, video.min_age) is distinct from (marked.linked, marked.min_age);
end
$$;

-- The triggers below plan anew each time: Postgres would keep what it planned for one row, and do it for a whole library.
-- What libraries a file is in is found out once: as a condition of a join it would be asked of each file for every show.
create or replace function api.mark_linked() returns trigger
language plpgsql
as $$
begin
    perform api.mark_files(array(select distinct video_pk from fresh));
    execute $query$
        with linked as materialized (
            select distinct entry.show_pk, api.libraries_of(video.path) as libraries
            from fresh join api.entries entry on entry.pk = fresh.entry_pk
            join api.videos video on video.pk = fresh.video_pk
        )
        select api.gather_libraries(array_agg(distinct show.pk))
        from linked join api.shows show on show.pk = linked.show_pk
        where not linked.libraries <@ show.libraries
        having count(*) > 0
    $query$;
    return null;
end
$$;
create or replace function api.mark_unlinked() returns trigger
language plpgsql
as $$
begin
    perform api.mark_files(array(select distinct video_pk from stale));
    -- What had files in one library only and still has some has not left it.
    execute $query$
        select api.gather_libraries(array_agg(pk)) from api.shows show
        where pk in (select entry.show_pk from stale join api.entries entry on entry.pk = stale.entry_pk) and (
            cardinality(show.libraries) > 1 or not exists (
                select from api.entries entry join api.entry_videos link on link.entry_pk = entry.pk
                where entry.show_pk = show.pk
            )
        )
        having count(*) > 0
    $query$;
    return null;
end
$$;

-- A file that is about to get its path (queries/video_writes.py) is nowhere.
create function api.follow_files() returns trigger
language plpgsql
as $$
begin
    execute $query$
        with moved as materialized (
            select pk, api.libraries_of(fresh.path) as libraries
            from fresh join stale using (pk)
            where fresh.path <> stale.path and fresh.path not like 'moving/%'
        )
        select api.gather_libraries(array_agg(distinct show.pk))
        from moved join api.entry_videos link on link.video_pk = moved.pk
        join api.entries entry on entry.pk = link.entry_pk join api.shows show on show.pk = entry.show_pk
        where show.libraries <> moved.libraries
        having count(*) > 0
    $query$;
    return null;
end
$$;
create trigger follow_files after update on api.videos
referencing old table as stale new table as fresh for each statement execute function api.follow_files();

create function api.follow_ages() returns trigger
language plpgsql
as $$
begin
    execute $query$
        select api.mark_files(array_agg(distinct link.video_pk))
        from fresh join stale using (pk)
        join api.entries entry on entry.show_pk = fresh.pk join api.entry_videos link on link.entry_pk = entry.pk
        where fresh.min_age is distinct from stale.min_age
        having count(*) > 0
    $query$;
    return null;
end
$$;
create trigger follow_ages after update on api.shows
referencing old table as stale new table as fresh for each statement execute function api.follow_ages();

-- What is in the library already.
select api.mark_files(array(select pk from api.videos where linked));
select api.gather_libraries(array(select pk from api.shows));

----------------------------------------------------------------------------------------------------------- searches

-- Row level security comes before any condition that could tell something of a hidden row, and most operators of searches
-- could, so that their indexes would be of no use. These look for the owner of the tables; what they find is joined to
-- tables that are limited.
alter function api.search(text, text[]) security definer;

-- The files of a serie, and those that look like it: by a guessed title that a linked file has, or one of `titles`.
create function api.files_of_serie(serie bigint, titles text[]) returns setof bigint
language sql stable security definer rows 200
begin atomic
    with linked as (
        select link.video_pk from api.entry_videos link join api.entries entry on entry.pk = link.entry_pk
        where entry.show_pk = serie
    )
    select video_pk from linked
    union
    select alike.pk from api.videos alike where alike.guess ->> 'title' in (
        select own.guess ->> 'title' from linked join api.videos own on own.pk = linked.video_pk
        union select unnest(titles)
    );
end;

----------------------------------------------------------------------------------------------------------- policies

-- The libraries of the connection's reader, null when there is no limit.
create function api.limit_libraries() returns bigint[]
language sql stable parallel safe
return nullif(current_setting('api.limit_libraries', true), '')::bigint[];

-- The folders of the libraries of the connection's reader, with a slash at the end; null when there is no limit.
create function api.limit_folders() returns text[]
language sql stable parallel safe
return nullif(current_setting('api.limit_folders', true), '')::text[];

-- Limit whoever reads by this connection to libraries (slugs) and an age; null does not limit.
create function api.limit_reader(slugs text[], age integer) returns void
language sql volatile security definer
begin atomic
    select set_config('api.limit_age', coalesce(age::text, ''), false),
        set_config('api.limit_libraries', case when slugs is not null then coalesce(array_agg(pk), '{}')::text else '' end, false),
        set_config('api.limit_folders', case when slugs is not null then coalesce(array_agg(path || '/'), '{}')::text else '' end, false)
    from api.libraries where slug = any (slugs);
end;

-- A collection is seen when something in it is. Asks as the reader.
create function api.collection_allowed(collection bigint) returns boolean
language plpgsql stable parallel safe
as $$ begin return exists (select from api.shows where collection_pk = collection); end $$;

do $$
declare
    -- Null, and so not allowed, when the row of the other table is not.
    inherited constant text[][] := array[
        ['show_translations', 'shows show where show.pk = show_pk'],
        ['seasons', 'shows show where show.pk = show_pk'],
        ['season_translations', 'seasons season where season.pk = season_pk'],
        ['entries', 'shows show where show.pk = show_pk'],
        ['entry_translations', 'entries entry where entry.pk = entry_pk'],
        ['show_studios', 'shows show where show.pk = show_pk'],
        ['studios', 'show_studios made where made.studio_pk = studios.pk limit 1'],
        ['studio_translations', 'studios studio where studio.pk = studio_pk'],
        ['roles', 'shows show where show.pk = show_pk'],
        ['staff', 'roles played where played.staff_pk = staff.pk limit 1'],
        ['images', 'image_places place where place.image_id = images.id limit 1'],
        ['similar_shows', 'shows show where show.pk = similar_pk']
    ];
    -- Decided once for a statement; one condition, whose rows Postgres takes to be half of all.
    limits constant text := $limits$
        when (select api.limit_libraries()) is not null and not libraries && (select api.limit_libraries()) then false
        when (select api.limit_age()) is not null then coalesce(min_age <= (select api.limit_age()), false)
        else true
    $limits$;
    pair text[];
begin
    if not exists (select from pg_policies where schemaname = 'api' and policyname = 'limited') then
        -- 0007 found no role.
        return;
    end if;
    alter policy limited on api.videos using (
        case
            when (select api.limit_folders()) is not null and not path ^@ any ((select api.limit_folders())::text[])
            then false
            when (select api.limit_age()) is not null then coalesce(min_age <= (select api.limit_age()), false)
            else true
        end
    );
    execute format(
        'alter policy limited on api.shows using (case when kind = ''collection'' then api.collection_allowed(pk) %s end)',
        limits
    );
    foreach pair slice 1 in array inherited loop
        -- As a value: Postgres would gather all rows of an EXISTS beforehand.
        execute format('alter policy limited on api.%I using ((select true from api.%s))', pair[1], pair[2]);
    end loop;
    execute $policies$
alter policy limited on api.libraries using (
    (select api.limit_libraries()) is null or pk = any ((select api.limit_libraries())::bigint[])
);
alter policy limited on api.entry_videos using (
    (select true from api.videos video where video.pk = video_pk)
    and (select true from api.entries entry where entry.pk = entry_pk)
);
alter policy limited on api.image_places using (
    case owner
        when 'show' then (select true from api.shows show where show.pk = owner_pk)
        when 'season' then (select true from api.seasons season where season.pk = owner_pk)
        when 'entry' then (select true from api.entries entry where entry.pk = owner_pk)
        when 'studio' then (select true from api.studios studio where studio.pk = owner_pk)
        when 'staff' then (select true from api.staff person where person.pk = owner_pk)
        else (select true from api.roles role where role.pk = owner_pk)
    end
);
-- Only searched as the owner.
drop policy limited on api.search_names;
    $policies$;
end
$$;

drop function api.show_allowed(bigint);
drop function api.video_allowed(bigint, text);
drop function api.library_allowed(text);
drop function api.path_allowed(text);
drop function api.age_allowed(smallint);
drop function api.limit_roots();
