-- Whether a file is in a library is seen by its path, so that a library that comes, moves or goes writes no file. Only the
-- libraries that a show has files in are kept in its row: triggers keep them right when files change, and
-- `gather_libraries` when libraries do (libraries.py).

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

create or replace function api.mark_linked() returns trigger
language plpgsql
as $$
begin
    perform api.mark_files(array(select distinct video_pk from fresh));
    execute $query$
        select api.gather_libraries(array_agg(distinct show.pk))
        from fresh join api.entries entry on entry.pk = fresh.entry_pk join api.videos video on video.pk = fresh.video_pk
        join api.shows show on show.pk = entry.show_pk
        where not api.libraries_of(video.path) <@ show.libraries
        having count(*) > 0
    $query$;
    return null;
end
$$;

-- A file that is about to get its path (queries/video_writes.py) is nowhere.
create or replace function api.follow_files() returns trigger
language plpgsql
as $$
begin
    execute $query$
        select api.gather_libraries(array_agg(distinct show.pk))
        from fresh join stale using (pk)
        join api.entry_videos link on link.video_pk = fresh.pk join api.entries entry on entry.pk = link.entry_pk
        join api.shows show on show.pk = entry.show_pk
        where fresh.path <> stale.path and fresh.path not like 'moving/%' and show.libraries <> api.libraries_of(fresh.path)
        having count(*) > 0
    $query$;
    return null;
end
$$;

-- False from a change of a library until the shows know of it.
alter table api.libraries add column gathered boolean not null default true;

drop trigger follow_libraries on api.libraries;
drop function api.follow_libraries();
drop trigger place_file on api.videos;
drop function api.place_file();

-- The folders of the libraries of the connection's reader, with a slash at the end; null when there is no limit.
create function api.limit_folders() returns text[]
language sql stable parallel safe
return nullif(current_setting('api.limit_folders', true), '')::text[];

create or replace function api.limit_reader(slugs text[], age integer) returns void
language sql volatile security definer
begin atomic
    select set_config('api.limit_age', coalesce(age::text, ''), false),
        set_config('api.limit_libraries', case when slugs is not null then coalesce(array_agg(pk), '{}')::text else '' end, false),
        set_config('api.limit_folders', case when slugs is not null then coalesce(array_agg(path || '/'), '{}')::text else '' end, false)
    from api.libraries where slug = any (slugs);
end;

do $$
begin
    if exists (select from pg_policies where schemaname = 'api' and tablename = 'videos' and policyname = 'limited') then
        alter policy limited on api.videos using (
            case
                when (select api.limit_folders()) is not null and not path ^@ any ((select api.limit_folders())::text[])
                then false
                when (select api.limit_age()) is not null then coalesce(min_age <= (select api.limit_age()), false)
                else true
            end
        );
    end if;
end
$$;
alter table api.videos drop column libraries;
