-- The role of limited readers (0007) may be made after the first start: what 0007 and later revisions do for it can be
-- done at any time. A limited reader who is refused for the want of it has this called (limits.py).

-- Whether limited readers can be admitted now; makes the role, and lets it in, as far as it may.
create function api.admit_limited() returns boolean
language plpgsql
as $$
declare
    conditions constant text[][] := array[
        ['libraries', '(select api.limit_libraries()) is null or pk = any ((select api.limit_libraries())::bigint[])'],
        ['shows', $condition$
            case
                when kind = 'collection' then api.collection_allowed(pk)
                when (select api.limit_libraries()) is not null and not libraries && (select api.limit_libraries()) then false
                when (select api.limit_age()) is not null then coalesce(min_age <= (select api.limit_age()), false)
                else true
            end
        $condition$],
        ['videos', $condition$
            case
                when (select api.limit_folders()) is not null and not path ^@ any ((select api.limit_folders())::text[])
                then false
                when (select api.limit_age()) is not null then coalesce(min_age <= (select api.limit_age()), false)
                else true
            end
        $condition$],
        ['entry_videos', $condition$
            (select true from api.videos video where video.pk = video_pk)
            and (select true from api.entries entry where entry.pk = entry_pk)
        $condition$],
        ['image_places', $condition$
            case owner
                when 'show' then (select true from api.shows show where show.pk = owner_pk)
                when 'season' then (select true from api.seasons season where season.pk = owner_pk)
                when 'entry' then (select true from api.entries entry where entry.pk = owner_pk)
                when 'studio' then (select true from api.studios studio where studio.pk = owner_pk)
                when 'staff' then (select true from api.staff person where person.pk = owner_pk)
                else (select true from api.roles role where role.pk = owner_pk)
            end
        $condition$],
        ['show_translations', '(select true from api.shows show where show.pk = show_pk)'],
        ['seasons', '(select true from api.shows show where show.pk = show_pk)'],
        ['season_translations', '(select true from api.seasons season where season.pk = season_pk)'],
        ['entries', '(select true from api.shows show where show.pk = show_pk)'],
        ['entry_translations', '(select true from api.entries entry where entry.pk = entry_pk)'],
        ['show_studios', '(select true from api.shows show where show.pk = show_pk)'],
        ['studios', '(select true from api.show_studios made where made.studio_pk = studios.pk limit 1)'],
        ['studio_translations', '(select true from api.studios studio where studio.pk = studio_pk)'],
        ['roles', '(select true from api.shows show where show.pk = show_pk)'],
        ['staff', '(select true from api.roles played where played.staff_pk = staff.pk limit 1)'],
        ['images', '(select true from api.image_places place where place.image_id = images.id limit 1)'],
        ['similar_shows', '(select true from api.shows show where show.pk = similar_pk)']
    ];
    condition text[];
begin
    if not exists (select from pg_roles where rolname = 'kyoo_limited') then
        begin
            create role kyoo_limited nologin;
        exception
            when duplicate_object or unique_violation then null;
            when insufficient_privilege then return false;
        end;
    end if;
    if not pg_has_role('kyoo_limited', 'member') then
        begin
            execute format('grant kyoo_limited to %I', current_user);
        exception when insufficient_privilege then
            return false;
        end;
    end if;
    -- One process at a time.
    perform pg_advisory_xact_lock(5190524);
    if has_schema_privilege('kyoo_limited', 'api', 'usage') then
        return true;
    end if;
    foreach condition slice 1 in array conditions loop
        execute format('alter table api.%I enable row level security', condition[1]);
        execute format('drop policy if exists limited on api.%I', condition[1]);
        execute format('create policy limited on api.%I for select to kyoo_limited using (%s)', condition[1], condition[2]);
    end loop;
    -- Only searched as the owner.
    alter table api.search_names enable row level security;
    grant usage on schema api to kyoo_limited;
    grant select on all tables in schema api to kyoo_limited;
    revoke select on api.search_file_words from kyoo_limited;
    grant insert, update, delete on api.profiles, api.history, api.watchlist, api.hidden to kyoo_limited;
    return true;
end
$$;

select api.admit_limited();
