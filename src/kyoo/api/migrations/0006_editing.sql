-- What people write themselves: names of editions.

-- The name that somebody gave to a cut; without one, the name that the file itself has (guess.raw.edition) holds.
create table api.editions (
    rendering text primary key check (rendering ~ '^[a-z0-9-]+$'),
    name text not null,
    updated_at timestamptz not null default now()
);

-- Columns that somebody wrote by hand: what providers say of them later is not taken over. Each row has its own.
alter table api.shows add column locks text[] not null default '{}';
alter table api.show_translations add column locks text[] not null default '{}';
alter table api.seasons add column locks text[] not null default '{}';
alter table api.season_translations add column locks text[] not null default '{}';
alter table api.entries add column locks text[] not null default '{}';
alter table api.entry_translations add column locks text[] not null default '{}';

-- Whatever updates a row leaves its locked columns, but for the transaction of an edit, which sets api.editing. A picture
-- whose blurhash became known is still the same picture.
create function api.keep_locked() returns trigger
language plpgsql
as $$
declare
    stored jsonb := to_jsonb(old);
    given jsonb := to_jsonb(new);
    kept jsonb;
begin
    select jsonb_object_agg(field, stored -> field) into kept
    from unnest(old.locks) field
    where stored ? field and not coalesce(stored -> field ->> 'id' = given -> field ->> 'id', false);
    return case when kept is null then new else jsonb_populate_record(new, kept) end;
end
$$;

do $$
declare
    locked text;
begin
    foreach locked in array array[
        'shows', 'show_translations', 'seasons', 'season_translations', 'entries', 'entry_translations'
    ] loop
        execute format(
            'create trigger keep_locked before update on api.%I for each row '
            'when (old.locks <> ''{}'' and coalesce(current_setting(''api.editing'', true), '''') <> ''on'') '
            'execute function api.keep_locked()', locked
        );
    end loop;
end
$$;
