-- What readers who are limited to libraries or to an age can see (docs/decisions/0012-limits-in-postgres.md): the row level
-- security of the tables. The api takes the role kyoo_limited for such a reader's transaction and says the limits with
-- `limit_reader` (limits.py). Whoever owns the tables is not limited.
--
-- Row level security comes before any condition that could tell something of a hidden row, and most operators of searches could,
-- so that their indexes would be of no use. Functions that search are therefore `security definer`: they look for the owner of the
-- tables, and what they find is joined to tables that are limited.

-- Limit whoever reads by this connection to libraries (slugs) and an age; null does not limit.
create or replace function api.limit_reader(slugs text[], age integer) returns void
language sql volatile security definer
begin atomic
    select set_config('api.limit_age', coalesce(age::text, ''), false),
        set_config('api.limit_libraries', case when slugs is not null then coalesce(array_agg(pk), '{}')::text else '' end, false),
        set_config('api.limit_folders', case when slugs is not null then coalesce(array_agg(path || '/'), '{}')::text else '' end, false)
    from api.libraries where slug = any (slugs);
end;

-- The libraries of the connection's reader, null when there is no limit.
create or replace function api.limit_libraries() returns bigint[]
language sql stable parallel safe
return nullif(current_setting('api.limit_libraries', true), '')::bigint[];

create or replace function api.limit_age() returns integer
language sql stable parallel safe
return nullif(current_setting('api.limit_age', true), '')::integer;

-- The folders of the libraries of the connection's reader, with a slash at the end; null when there is no limit.
create or replace function api.limit_folders() returns text[]
language sql stable parallel safe
return nullif(current_setting('api.limit_folders', true), '')::text[];

-- A collection is seen when something in it is. Asks as the reader.
create or replace function api.collection_allowed(collection bigint) returns boolean
language plpgsql stable parallel safe
as $$ begin return exists (select from api.shows where collection_pk = collection); end $$;

-- The files of a serie, and those that look like it: by a guessed title that a linked file has, or one of `titles`.
create or replace function api.files_of_serie(serie bigint, titles text[]) returns setof bigint
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

-- The files that have all words of a query in their paths, by the index, for limited readers, too.
create or replace function api.files_with(wanted tsquery) returns setof bigint
language sql stable security definer rows 200
begin atomic
    select pk from api.videos where words @@ wanted;
end;

-- Which languages shows have names in, for readers with limits, too: it tells nothing of a hidden show, and the order by
-- name need not ask for every name in a better language whether its show may be seen.
create view api.show_languages as select show_pk, language from api.show_translations;

-- A row of a table that belongs to another row is seen with it, asked as a value: Postgres would gather all rows of an
-- EXISTS beforehand. Null, and so not allowed, when the other row is not seen.

alter table api.libraries enable row level security;
create policy limited on api.libraries for select using ((select api.limit_libraries()) is null or pk = any ((select api.limit_libraries())::bigint[]));

alter table api.shows enable row level security;
create policy limited on api.shows for select using (
    case
        when kind = 'collection' then api.collection_allowed(pk)
        when (select api.limit_libraries()) is not null and not libraries && (select api.limit_libraries()) then false
        when (select api.limit_age()) is not null then coalesce(min_age <= (select api.limit_age()), false)
        else true
    end
);

alter table api.videos enable row level security;
create policy limited on api.videos for select using (
    case
        when (select api.limit_folders()) is not null and not path ^@ any ((select api.limit_folders())::text[])
        then false
        when (select api.limit_age()) is not null then coalesce(min_age <= (select api.limit_age()), false)
        else true
    end
);

alter table api.entry_videos enable row level security;
create policy limited on api.entry_videos for select using (
    (select true from api.videos video where video.pk = video_pk)
    and (select true from api.entries entry where entry.pk = entry_pk)
);

alter table api.image_places enable row level security;
create policy limited on api.image_places for select using (
    case owner
        when 'show' then (select true from api.shows show where show.pk = owner_pk)
        when 'season' then (select true from api.seasons season where season.pk = owner_pk)
        when 'entry' then (select true from api.entries entry where entry.pk = owner_pk)
        when 'studio' then (select true from api.studios studio where studio.pk = owner_pk)
        when 'staff' then (select true from api.staff person where person.pk = owner_pk)
        else (select true from api.roles role where role.pk = owner_pk)
    end
);

alter table api.show_translations enable row level security;
create policy limited on api.show_translations for select using ((select true from api.shows show where show.pk = show_pk));

alter table api.seasons enable row level security;
create policy limited on api.seasons for select using ((select true from api.shows show where show.pk = show_pk));

alter table api.season_translations enable row level security;
create policy limited on api.season_translations for select using ((select true from api.seasons season where season.pk = season_pk));

alter table api.entries enable row level security;
create policy limited on api.entries for select using ((select true from api.shows show where show.pk = show_pk));

alter table api.entry_translations enable row level security;
create policy limited on api.entry_translations for select using ((select true from api.entries entry where entry.pk = entry_pk));

alter table api.show_studios enable row level security;
create policy limited on api.show_studios for select using ((select true from api.shows show where show.pk = show_pk));

alter table api.studios enable row level security;
create policy limited on api.studios for select using ((select true from api.show_studios made where made.studio_pk = studios.pk limit 1));

alter table api.studio_translations enable row level security;
create policy limited on api.studio_translations for select using ((select true from api.studios studio where studio.pk = studio_pk));

alter table api.roles enable row level security;
create policy limited on api.roles for select using ((select true from api.shows show where show.pk = show_pk));

alter table api.staff enable row level security;
create policy limited on api.staff for select using ((select true from api.roles played where played.staff_pk = staff.pk limit 1));

alter table api.images enable row level security;
create policy limited on api.images for select using ((select true from api.image_places place where place.image_id = images.id limit 1));

alter table api.similar_shows enable row level security;
create policy limited on api.similar_shows for select using ((select true from api.shows show where show.pk = similar_pk));

-- Only searched as the owner.
alter table api.search_names enable row level security;

-- Whether limited readers can be admitted now; makes the role, and lets it in, as far as it may. A user of an external server
-- may not be allowed to create roles: everything else works without this one, and a limited reader has this called again and is
-- refused (limits.py), until an administrator has run: create role kyoo_limited nologin; grant kyoo_limited to <the user>
create or replace function api.admit_limited() returns boolean
language plpgsql
as $$
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
    grant usage on schema api to kyoo_limited;
    grant select on all tables in schema api to kyoo_limited;
    revoke select on api.wishes, api.room_keys, api.search_file_words, api.tracker_applications, api.tracker_logins, api.tracker_budgets,
        api.tracker_bases, api.tracker_imports, api.imports, api.import_titles, api.webhooks, api.webhook_deliveries, api.calendars,
        api.announced, api.watching, api.encoding from kyoo_limited;
    -- What a person takes along of them (queries/viewers/export.py); none of it is secret.
    grant select (profile_pk, id, source, name, state, taken, titles, plays, counts, changes, unmatched, reason, created_at)
        on api.imports to kyoo_limited;
    grant select (profile_pk, pk, name, form, origin, own_events, enabled, created_at) on api.webhooks to kyoo_limited;
    grant select (profile_pk, created_at, languages) on api.calendars to kyoo_limited;
    grant insert, update, delete on api.profiles, api.history, api.watchlist, api.hidden, api.tracker_outbox to kyoo_limited;
    return true;
end
$$;

-- For the tables, and for the views of the files before this one.
select api.admit_limited();
