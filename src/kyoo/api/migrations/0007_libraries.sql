-- Libraries, and what readers who are limited to some of them, or to an age, can see. The limits hold in one place: the
-- row level security of the tables, for the role kyoo_limited, which the api takes for such a reader's transaction
-- (limits.py). Whoever owns the tables is not limited.

create table api.libraries (
    pk bigint generated always as identity primary key,
    id uuid not null default gen_random_uuid() unique,
    slug text not null unique check (slug ~ '^[a-z0-9-]+$'),
    name text not null,
    -- What is below this folder; without a slash at the end.
    path text not null check (path like '/%' and path not like '%/'),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

-- From which age on a show may be seen; null when nobody has said so, which is as good as adult for a limited reader.
alter table api.shows add column min_age smallint check (min_age between 0 and 21);

-- The limits of the transaction: the folders (with a slash at the end) and the age; null when there is no limit.
create function api.limit_roots() returns text[]
language sql stable parallel safe
return nullif(current_setting('api.limit_roots', true), '')::text[];

create function api.limit_age() returns integer
language sql stable parallel safe
return nullif(current_setting('api.limit_age', true), '')::integer;

create function api.path_allowed(path text) returns boolean
language sql stable parallel safe
return api.limit_roots() is null or exists (select from unnest(api.limit_roots()) root where starts_with(path, root));

create function api.age_allowed(min_age smallint) returns boolean
language sql stable parallel safe
return api.limit_age() is null or coalesce(min_age <= api.limit_age(), false);

-- These three look at tables that are limited themselves, so they run as the owner of the tables.
create function api.show_allowed(show bigint) returns boolean
language sql stable security definer
begin atomic
    -- A collection is seen when something in it is.
    select exists (
        select from api.shows seen
        where (seen.pk = show or seen.collection_pk = show) and seen.kind <> 'collection'
            and api.age_allowed(seen.min_age) and (
                api.limit_roots() is null or exists (
                    select from api.entries entry
                    join api.entry_videos link on link.entry_pk = entry.pk
                    join api.videos video on video.pk = link.video_pk
                    where entry.show_pk = seen.pk and api.path_allowed(video.path)
                )
            )
    );
end;

create function api.video_allowed(video bigint, path text) returns boolean
language sql stable security definer
begin atomic
    -- A file of nothing has no age.
    select api.path_allowed(path) and (
        api.limit_age() is null or exists (
            select from api.entry_videos link
            join api.entries entry on entry.pk = link.entry_pk join api.shows show on show.pk = entry.show_pk
            where link.video_pk = video and api.age_allowed(show.min_age)
        )
    );
end;

create function api.library_allowed(path text) returns boolean
language sql stable parallel safe
return api.limit_roots() is null or path || '/' = any (api.limit_roots());

-- A user of an external server may not be allowed to create roles. Everything else works without this one, and a limited
-- reader is refused (limits.py), until an administrator has run, before the first start:
-- create role kyoo_limited nologin; grant kyoo_limited to <the user>
do $$
begin
    begin
        create role kyoo_limited nologin;
    exception
        -- The role belongs to the whole server: another instance has made it.
        when duplicate_object or unique_violation or insufficient_privilege then null;
    end;
    if not exists (select from pg_roles where rolname = 'kyoo_limited') then
        raise notice 'No role kyoo_limited: readers with limits will be refused';
        return;
    end if;
    begin
        set local role kyoo_limited;
        set local role none;
    exception when insufficient_privilege then
        begin
            execute format('grant kyoo_limited to %I', current_user);
        exception when insufficient_privilege then
            raise notice 'The role kyoo_limited is not granted to %: readers with limits will be refused', current_user;
        end;
    end;
    execute $policies$
grant usage on schema api to kyoo_limited;
grant select on all tables in schema api to kyoo_limited;
-- What readers write down for themselves. They write nothing else.
grant insert, update, delete on api.profiles, api.history, api.watchlist, api.hidden to kyoo_limited;

alter table api.libraries enable row level security;
create policy limited on api.libraries for select to kyoo_limited using (api.library_allowed(path));
alter table api.shows enable row level security;
create policy limited on api.shows for select to kyoo_limited using (api.show_allowed(pk));
alter table api.show_translations enable row level security;
create policy limited on api.show_translations for select to kyoo_limited using (api.show_allowed(show_pk));
alter table api.seasons enable row level security;
create policy limited on api.seasons for select to kyoo_limited using (api.show_allowed(show_pk));
alter table api.season_translations enable row level security;
create policy limited on api.season_translations for select to kyoo_limited
    using (exists (select from api.seasons season where season.pk = season_pk));
alter table api.entries enable row level security;
create policy limited on api.entries for select to kyoo_limited using (api.show_allowed(show_pk));
alter table api.entry_translations enable row level security;
create policy limited on api.entry_translations for select to kyoo_limited
    using (exists (select from api.entries entry where entry.pk = entry_pk));
alter table api.videos enable row level security;
create policy limited on api.videos for select to kyoo_limited using (api.video_allowed(pk, path));
alter table api.entry_videos enable row level security;
create policy limited on api.entry_videos for select to kyoo_limited using (
    exists (select from api.videos video where video.pk = video_pk)
    and exists (select from api.entries entry where entry.pk = entry_pk)
);
alter table api.show_studios enable row level security;
create policy limited on api.show_studios for select to kyoo_limited using (api.show_allowed(show_pk));
alter table api.studios enable row level security;
create policy limited on api.studios for select to kyoo_limited
    using (exists (select from api.show_studios made where made.studio_pk = studios.pk));
alter table api.studio_translations enable row level security;
create policy limited on api.studio_translations for select to kyoo_limited
    using (exists (select from api.studios studio where studio.pk = studio_pk));
alter table api.roles enable row level security;
create policy limited on api.roles for select to kyoo_limited using (api.show_allowed(show_pk));
alter table api.staff enable row level security;
create policy limited on api.staff for select to kyoo_limited
    using (exists (select from api.roles played where played.staff_pk = staff.pk));
alter table api.image_places enable row level security;
create policy limited on api.image_places for select to kyoo_limited using (
    case owner
        when 'show' then exists (select from api.shows s where s.pk = owner_pk)
        when 'season' then exists (select from api.seasons n where n.pk = owner_pk)
        when 'entry' then exists (select from api.entries e where e.pk = owner_pk)
        when 'studio' then exists (select from api.studios u where u.pk = owner_pk)
        when 'staff' then exists (select from api.staff p where p.pk = owner_pk)
        else exists (select from api.roles r where r.pk = owner_pk)
    end
);
alter table api.images enable row level security;
create policy limited on api.images for select to kyoo_limited
    using (exists (select from api.image_places place where place.image_id = images.id));
alter table api.search_names enable row level security;
create policy limited on api.search_names for select to kyoo_limited using (
    case subject
        when 'show' then api.show_allowed(owner_pk)
        when 'staff' then exists (select from api.staff p where p.pk = owner_pk)
        else exists (select from api.studios u where u.pk = owner_pk)
    end
);
alter table api.similar_shows enable row level security;
create policy limited on api.similar_shows for select to kyoo_limited using (api.show_allowed(similar_pk));
    $policies$;
end
$$;
