-- The catalogue (shows, seasons, entries, videos, studios, staff), the profiles (history, watch list) and the images.
-- Contract: api.md §2. Keys: `pk` joins rows, `id` is what clients see. Pictures are stored as the wire's Image object
-- ({id, source, blurhash}) beside the texts they belong to, so that a list page needs no join to show them.

create extension if not exists pg_trgm schema public;
create extension if not exists unaccent schema public;

-- Timestamps of the wire: UTC with milliseconds and a final Z (api.md §1.3).
create function api.iso(moment timestamptz) returns text
language sql stable parallel safe
return to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- Text as it is searched: without accents. (pg_trgm ignores case itself.) unaccent() is only "stable" because its
-- dictionary could be edited; ours is the one it ships with.
create function api.fold(value text) returns text
language sql immutable parallel safe strict
as $$ select public.unaccent('public.unaccent'::regdictionary, value) $$;

-- Everything a show can be found by, one name a line.
create function api.search_text(name text, latin_name text, aliases text[], tags text[]) returns text
language sql immutable parallel safe
as $$ select api.fold(concat_ws(E'\n', name, latin_name, array_to_string(aliases, E'\n'), array_to_string(tags, E'\n'))) $$;

-- When to ask the providers again for what was first shown on a day: the sooner the fresher it is (api.md §10.4).
create function api.next_refresh(air date) returns date
language sql stable parallel safe
return (case
    when air > current_date then air
    when air > current_date - 5 then current_date + 4
    when air > current_date - 22 then current_date + 14
    else current_date + interval '2 months'
end)::date;

-- The order of the values is the sort order of the wire.
create type api.watch_status as enum ('watching', 'rewatching', 'completed', 'dropped', 'planned');

-------------------------------------------------------------------------------------------------------------- shows

create table api.shows (
    pk bigint generated always as identity primary key,
    id uuid not null default gen_random_uuid() unique,
    kind text not null check (kind in ('movie', 'serie', 'collection')),
    slug text not null check (slug ~ '^[a-z0-9-]+$' and slug <> 'random'),
    genres text[] not null default '{}',
    rating jsonb not null default '{}',
    status text not null default 'unknown' check (status in ('unknown', 'finished', 'airing', 'planned')),
    runtime integer check (runtime >= 0),
    -- A movie's air date is its start_air.
    start_air date,
    end_air date,
    original_language text not null,
    collection_pk bigint references api.shows on delete set null,
    external_id jsonb not null default '{}',
    -- Entries that are no extras, and how many of them have a file. Kept right by every change of links or entries.
    entries_count integer not null default 0,
    available_count integer not null default 0,
    next_refresh date,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (kind, slug)
);
create index on api.shows (slug, pk);
create index on api.shows (slug desc, pk);
create index on api.shows (start_air, pk);
create index on api.shows (start_air desc nulls last, pk);
create index on api.shows (end_air, pk);
create index on api.shows (end_air desc nulls last, pk);
create index on api.shows (created_at, pk);
create index on api.shows (created_at desc, pk);
create index on api.shows (next_refresh, pk);
create index on api.shows (next_refresh desc nulls last, pk);
create index on api.shows (collection_pk) where collection_pk is not null;
create index on api.shows using gin (genres);

create table api.show_translations (
    show_pk bigint not null references api.shows on delete cascade,
    language text not null,
    name text not null,
    latin_name text,
    description text,
    tagline text,
    aliases text[] not null default '{}',
    tags text[] not null default '{}',
    poster jsonb,
    thumbnail jsonb,
    banner jsonb,
    logo jsonb,
    trailer_url text,
    -- What names are compared as; the collation lets the index below find what begins with a text.
    name_text text collate "C" generated always as (lower(api.search_text(name, latin_name, null, null))) stored,
    search_text text generated always as (api.search_text(name, latin_name, aliases, tags)) stored,
    primary key (show_pk, language)
);
create index on api.show_translations (language, show_pk) include (name);
create index on api.show_translations (name_text);
create index on api.show_translations using gin (search_text public.gin_trgm_ops);

create table api.seasons (
    pk bigint generated always as identity primary key,
    id uuid not null default gen_random_uuid() unique,
    show_pk bigint not null references api.shows on delete cascade,
    slug text not null unique,
    season_number integer not null check (season_number >= 0),
    start_air date,
    end_air date,
    external_id jsonb not null default '{}',
    entries_count integer not null default 0,
    available_count integer not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (show_pk, season_number)
);

create table api.season_translations (
    season_pk bigint not null references api.seasons on delete cascade,
    language text not null,
    name text,
    description text,
    poster jsonb,
    thumbnail jsonb,
    banner jsonb,
    primary key (season_pk, language)
);

------------------------------------------------------------------------------------------------------------- entries

create table api.entries (
    pk bigint generated always as identity primary key,
    id uuid not null default gen_random_uuid() unique,
    show_pk bigint not null references api.shows on delete cascade,
    -- Says which entry of the show this is, whatever its slug became: s1e2, sp3, movie, movie-<slug>, extra-<slug>.
    key text not null,
    slug text not null unique check (slug ~ '^[a-z0-9-]+$'),
    kind text not null check (kind in ('episode', 'movie', 'special', 'extra')),
    extra_kind text check (extra_kind in ('other', 'trailer', 'interview', 'behind-the-scene', 'deleted-scene', 'blooper')),
    content text not null default 'story' check (content in ('story', 'recap', 'filler', 'ova')),
    -- The place in the watch order; decimals stand between. Null for extras.
    "order" double precision check ("order" >= 0),
    season_number integer,
    -- The number of an episode in its season, or of a special.
    episode_number integer,
    air_date date,
    runtime integer check (runtime >= 0),
    thumbnail jsonb,
    external_id jsonb not null default '{}',
    -- Since when there is a file for it without a break; null when there is none.
    available_since timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (show_pk, key),
    check ((kind = 'extra') = (extra_kind is not null)),
    check (kind = 'extra' or "order" is not null)
);
create index on api.entries (show_pk, "order", pk);
create index on api.entries (show_pk, season_number, episode_number);
create index on api.entries (available_since desc, pk) where available_since is not null and kind <> 'extra';
create index on api.entries using gin (external_id jsonb_path_ops);

create table api.entry_translations (
    entry_pk bigint not null references api.entries on delete cascade,
    -- Extras have one row, of the pseudo-language "extra".
    language text not null,
    name text,
    description text,
    -- Only movie entries have these two.
    tagline text,
    poster jsonb,
    primary key (entry_pk, language)
);

-------------------------------------------------------------------------------------------------------------- videos

create table api.videos (
    pk bigint generated always as identity primary key,
    id uuid not null default gen_random_uuid() unique,
    path text not null unique,
    -- What the versions and parts of one cut have in common.
    rendering text not null check (rendering ~ '^[a-z0-9-]+$'),
    part integer check (part >= 0),
    version integer not null default 1 check (version >= 0),
    guess jsonb not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique nulls not distinct (rendering, part, version)
);
create index on api.videos (path, pk);
create index on api.videos (path desc, pk);
create index on api.videos (created_at, pk);
create index on api.videos (created_at desc, pk);
create index on api.videos ((guess ->> 'title'));

create table api.entry_videos (
    entry_pk bigint not null references api.entries on delete cascade,
    video_pk bigint not null references api.videos on delete cascade,
    slug text not null unique,
    -- Whether the slug ends with the rendering: the first rendering of an entry keeps the short form.
    suffixed boolean not null default false,
    created_at timestamptz not null default clock_timestamp(),
    primary key (entry_pk, video_pk)
);
create index on api.entry_videos (video_pk);

---------------------------------------------------------------------------------------------------- studios and staff

create table api.studios (
    pk bigint generated always as identity primary key,
    id uuid not null default gen_random_uuid() unique,
    slug text not null unique,
    external_id jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index on api.studios (slug, pk);
create index on api.studios (slug desc, pk);
create index on api.studios (created_at, pk);
create index on api.studios (created_at desc, pk);

create table api.studio_translations (
    studio_pk bigint not null references api.studios on delete cascade,
    language text not null,
    name text not null,
    logo jsonb,
    search_text text generated always as (api.fold(name)) stored,
    primary key (studio_pk, language)
);
create index on api.studio_translations using gin (search_text public.gin_trgm_ops);

create table api.show_studios (
    show_pk bigint not null references api.shows on delete cascade,
    studio_pk bigint not null references api.studios on delete cascade,
    primary key (show_pk, studio_pk)
);
create index on api.show_studios (studio_pk);

create table api.staff (
    pk bigint generated always as identity primary key,
    id uuid not null default gen_random_uuid() unique,
    slug text not null unique,
    name text not null,
    latin_name text,
    image jsonb,
    external_id jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    search_text text generated always as (api.search_text(name, latin_name, null, null)) stored
);
create index on api.staff (slug, pk);
create index on api.staff (slug desc, pk);
create index on api.staff (name, pk);
create index on api.staff (name desc, pk);
create index on api.staff (latin_name, pk);
create index on api.staff (latin_name desc nulls last, pk);
create index on api.staff using gin (search_text public.gin_trgm_ops);

create table api.roles (
    pk bigint generated always as identity primary key,
    show_pk bigint not null references api.shows on delete cascade,
    staff_pk bigint not null references api.staff on delete cascade,
    kind text not null check (kind in ('actor', 'director', 'writter', 'producer', 'music', 'crew', 'other')),
    "order" integer not null,
    -- All three null when the role plays no character.
    character_name text,
    character_latin_name text,
    character_image jsonb
);
create index on api.roles (show_pk, "order", pk);
create index on api.roles (staff_pk);

------------------------------------------------------------------------------------------------------------ profiles

-- A user of the auth service, made on first write.
create table api.profiles (
    pk bigint generated always as identity primary key,
    id uuid not null unique,
    created_at timestamptz not null default now()
);

-- One row per play. The latest row of an entry is the progress of its profile.
create table api.history (
    pk bigint generated always as identity primary key,
    profile_pk bigint not null references api.profiles on delete cascade,
    entry_pk bigint not null references api.entries on delete cascade,
    video_pk bigint references api.videos on delete set null,
    percent smallint not null check (percent between 0 and 100),
    -- Seconds from the start of the video.
    time integer not null default 0 check (time >= 0),
    -- Marked as seen by hand or elsewhere: counts as seen, hidden from the history.
    external boolean not null default false,
    played_date timestamptz not null default now()
);
create index on api.history (profile_pk, entry_pk, played_date desc, pk desc);
create index on api.history (profile_pk, played_date desc, pk);
create index on api.history (profile_pk, video_pk, played_date desc) where video_pk is not null;
create index on api.history (entry_pk);
create index on api.history (video_pk) where video_pk is not null;

create table api.watchlist (
    profile_pk bigint not null references api.profiles on delete cascade,
    show_pk bigint not null references api.shows on delete cascade,
    status api.watch_status not null,
    score smallint check (score between 0 and 100),
    -- Seen entries of a serie; the percent of a movie.
    seen_count integer not null default 0,
    next_entry_pk bigint references api.entries on delete set null,
    started_at timestamptz,
    last_played_at timestamptz,
    completed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (profile_pk, show_pk)
);
create index on api.watchlist (show_pk);
create index on api.watchlist (next_entry_pk) where next_entry_pk is not null;
create index on api.watchlist (profile_pk, status, show_pk);
create index on api.watchlist (profile_pk, score, show_pk);
create index on api.watchlist (profile_pk, score desc nulls last, show_pk);
create index on api.watchlist (profile_pk, last_played_at desc nulls last, show_pk) where next_entry_pk is not null;

-------------------------------------------------------------------------------------------------------------- images

-- A picture to download, or one that is in the store. `id` is the SHA-256 of the source URL (api.md §3, Image).
create table api.images (
    id text primary key check (id ~ '^[0-9a-f]{64}$'),
    source text not null,
    -- Null until it is in the store.
    blurhash text,
    status text not null default 'pending' check (status in ('pending', 'ready', 'failed')),
    -- Smaller comes first: posters before the faces of the crew.
    priority smallint not null default 0,
    attempts integer not null default 0,
    -- Not to be tried before; also moved ahead while a worker holds the picture.
    retry_at timestamptz not null default now(),
    error text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index on api.images (priority, attempts, created_at) where status <> 'ready';

-- Which rows show a picture, so that its blurhash can be written there once it is known. `owner` says the table:
-- show (api.show_translations), season (api.season_translations), entry (api.entries and api.entry_translations),
-- studio (api.studio_translations), staff (api.staff), role (api.roles); owner_pk is the pk of the show, season, ….
create table api.image_places (
    image_id text not null references api.images on delete cascade,
    owner text not null check (owner in ('show', 'season', 'entry', 'studio', 'staff', 'role')),
    owner_pk bigint not null,
    primary key (image_id, owner, owner_pk)
);
create index on api.image_places (owner, owner_pk);
