-- Shows, seasons, entries, and the studios and people behind them. `pk` joins rows, `id` is what clients see.

create extension if not exists pg_trgm schema public;
create extension if not exists unaccent schema public;
create extension if not exists fuzzystrmatch schema public;

create type api.watch_status as enum ('watching', 'rewatching', 'completed', 'dropped', 'planned');

create table api.shows (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    kind text not null,
    slug text not null,
    genres text[] not null default '{}',
    rating jsonb not null default '{}',
    status text not null default 'unknown',
    runtime integer,
    start_air date,
    end_air date,
    original_language text not null,
    collection_pk bigint,
    external_id jsonb not null default '{}',
    entries_count integer not null default 0,
    available_count integer not null default 0,
    next_refresh date,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    locks text[] not null default '{}',
    min_age smallint,
    seeded_air date,
    libraries bigint[] not null default '{}',
    constraint shows_pkey primary key (pk),
    constraint shows_id_key unique (id),
    constraint shows_kind_slug_key unique (kind, slug),
    constraint shows_collection_pk_fkey foreign key (collection_pk) references api.shows(pk) on delete set null,
    constraint shows_kind_check check ((kind = any (array['movie'::text, 'serie'::text, 'collection'::text]))),
    constraint shows_min_age_check check (((min_age >= 0) and (min_age <= 21))),
    constraint shows_runtime_check check ((runtime >= 0)),
    constraint shows_slug_check check (((slug ~ '^[a-z0-9-]+$'::text) and (slug <> 'random'::text))),
    constraint shows_status_check check ((status = any (array['unknown'::text, 'finished'::text, 'airing'::text, 'planned'::text])))
);
create index shows_collection_pk_idx on api.shows (collection_pk) where (collection_pk is not null);
create index shows_created_at_pk_idx on api.shows (created_at, pk);
create index shows_created_at_pk_idx1 on api.shows (created_at desc, pk);
create index shows_end_air_pk_idx on api.shows (end_air, pk);
create index shows_end_air_pk_idx1 on api.shows (end_air desc nulls last, pk);
create index shows_genres_idx on api.shows using gin (genres);
create index shows_hashint8extended_pk_idx on api.shows (hashint8extended(pk, (0)::bigint), pk);
create index shows_hashint8extended_pk_idx1 on api.shows (hashint8extended(pk, (1)::bigint), pk);
create index shows_hashint8extended_pk_idx2 on api.shows (hashint8extended(pk, (2)::bigint), pk);
create index shows_hashint8extended_pk_idx3 on api.shows (hashint8extended(pk, (3)::bigint), pk);
create index shows_hashint8extended_pk_idx4 on api.shows (hashint8extended(pk, (4)::bigint), pk);
create index shows_hashint8extended_pk_idx5 on api.shows (hashint8extended(pk, (5)::bigint), pk);
create index shows_hashint8extended_pk_idx6 on api.shows (hashint8extended(pk, (6)::bigint), pk);
create index shows_hashint8extended_pk_idx7 on api.shows (hashint8extended(pk, (7)::bigint), pk);
create index shows_int4_pk_idx on api.shows ((((rating ->> 'themoviedatabase'::text))::integer), pk);
create index shows_int4_pk_idx1 on api.shows ((((rating ->> 'themoviedatabase'::text))::integer) desc nulls last, pk);
create index shows_int4_pk_idx2 on api.shows ((((rating ->> 'imdb'::text))::integer), pk);
create index shows_int4_pk_idx3 on api.shows ((((rating ->> 'imdb'::text))::integer) desc nulls last, pk);
create index shows_int4_pk_idx4 on api.shows ((((rating ->> 'tvdb'::text))::integer), pk);
create index shows_int4_pk_idx5 on api.shows ((((rating ->> 'tvdb'::text))::integer) desc nulls last, pk);
create index shows_kind_created_at_pk_idx on api.shows (kind, created_at, pk);
create index shows_kind_created_at_pk_idx1 on api.shows (kind, created_at desc, pk);
create index shows_kind_slug_pk_idx on api.shows (kind, slug, pk) where (available_count <= 0);
create index shows_next_refresh_pk_idx on api.shows (next_refresh, pk);
create index shows_next_refresh_pk_idx1 on api.shows (next_refresh desc nulls last, pk);
create index shows_original_language_slug_pk_idx on api.shows (original_language, slug, pk);
create index shows_runtime_idx on api.shows (((runtime)::double precision));
create index shows_slug_pk_idx on api.shows (slug, pk);
create index shows_slug_pk_idx1 on api.shows (slug desc, pk);
create index shows_slug_pk_idx2 on api.shows (slug, pk) where (available_count <= 0);
create index shows_start_air_pk_idx on api.shows (start_air, pk);
create index shows_start_air_pk_idx1 on api.shows (start_air desc nulls last, pk);
create index shows_status_slug_pk_idx on api.shows (status, slug, pk);

create table api.staff (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    slug text not null,
    name text not null,
    latin_name text,
    image jsonb,
    external_id jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    search_text text generated always as (api.search_text(name, latin_name, NULL::text[], NULL::text[])) stored,
    locks text[] not null default '{}',
    constraint staff_pkey primary key (pk),
    constraint staff_id_key unique (id),
    constraint staff_slug_key unique (slug)
);
create index staff_latin_name_pk_idx on api.staff (latin_name, pk);
create index staff_latin_name_pk_idx1 on api.staff (latin_name desc nulls last, pk);
create index staff_name_pk_idx on api.staff (name, pk);
create index staff_name_pk_idx1 on api.staff (name desc, pk);
create index staff_slug_pk_idx on api.staff (slug, pk);
create index staff_slug_pk_idx1 on api.staff (slug desc, pk);

create table api.studios (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    slug text not null,
    external_id jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    locks text[] not null default '{}',
    constraint studios_pkey primary key (pk),
    constraint studios_id_key unique (id),
    constraint studios_slug_key unique (slug)
);
create index studios_created_at_pk_idx on api.studios (created_at, pk);
create index studios_created_at_pk_idx1 on api.studios (created_at desc, pk);
create index studios_slug_pk_idx on api.studios (slug, pk);
create index studios_slug_pk_idx1 on api.studios (slug desc, pk);

create table api.similar_runs (
    only_row boolean not null default true,
    shows bigint not null,
    changed_at timestamptz,
    constraint similar_runs_pkey primary key (only_row),
    constraint similar_runs_only_row_check check (only_row)
);

create table api.entries (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    show_pk bigint not null,
    key text not null,
    slug text not null,
    kind text not null,
    extra_kind text,
    content text not null default 'story',
    "order" double precision,
    season_number integer,
    episode_number integer,
    air_date date,
    runtime integer,
    thumbnail jsonb,
    external_id jsonb not null default '{}',
    available_since timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    locks text[] not null default '{}',
    constraint entries_pkey primary key (pk),
    constraint entries_id_key unique (id),
    constraint entries_show_pk_key_key unique (show_pk, key),
    constraint entries_slug_key unique (slug),
    constraint entries_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete cascade,
    constraint entries_check check (((kind = 'extra'::text) = (extra_kind is not null))),
    constraint entries_check1 check (((kind = 'extra'::text) or ("order" is not null))),
    constraint entries_content_check check ((content = any (array['story'::text, 'recap'::text, 'filler'::text, 'ova'::text]))),
    constraint entries_extra_kind_check check ((extra_kind = any (array['other'::text, 'trailer'::text, 'interview'::text, 'behind-the-scene'::text, 'deleted-scene'::text, 'blooper'::text]))),
    constraint entries_kind_check check ((kind = any (array['episode'::text, 'movie'::text, 'special'::text, 'extra'::text]))),
    constraint entries_order_check check (("order" >= (0)::double precision)),
    constraint entries_runtime_check check ((runtime >= 0)),
    constraint entries_slug_check check ((slug ~ '^[a-z0-9-]+$'::text))
);
create index entries_air_date_idx on api.entries (air_date);
create index entries_available_since_pk_idx on api.entries (available_since desc, pk) where ((available_since is not null) and (kind <> 'extra'::text));
create index entries_content_available_since_pk_idx on api.entries (content, available_since desc, pk) where (content <> 'story'::text);
create index entries_episode_number_idx on api.entries (episode_number);
create index entries_external_id_idx on api.entries using gin (external_id jsonb_path_ops);
create index entries_runtime_idx on api.entries (((runtime)::double precision));
create index entries_show_pk_order_pk_idx on api.entries (show_pk, "order", pk);
create index entries_show_pk_season_number_episode_number_idx on api.entries (show_pk, season_number, episode_number);

create table api.seasons (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    show_pk bigint not null,
    slug text not null,
    season_number integer not null,
    start_air date,
    end_air date,
    external_id jsonb not null default '{}',
    entries_count integer not null default 0,
    available_count integer not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    locks text[] not null default '{}',
    constraint seasons_pkey primary key (pk),
    constraint seasons_id_key unique (id),
    constraint seasons_show_pk_season_number_key unique (show_pk, season_number),
    constraint seasons_slug_key unique (slug),
    constraint seasons_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete cascade,
    constraint seasons_season_number_check check ((season_number >= 0))
);

create table api.show_translations (
    show_pk bigint not null,
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
    name_text text collate "C" generated always as (lower(api.search_text(name, latin_name, NULL::text[], NULL::text[]))) stored,
    search_text text generated always as (api.search_text(name, latin_name, aliases, tags)) stored,
    locks text[] not null default '{}',
    constraint show_translations_pkey primary key (show_pk, language),
    constraint show_translations_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete cascade
);
create index show_translations_language_name_show_pk_idx on api.show_translations (language, name, show_pk);
create index show_translations_language_name_show_pk_idx1 on api.show_translations (language, name desc, show_pk);
create index show_translations_language_show_pk_name_idx on api.show_translations (language, show_pk) include (name);
create index show_translations_tags_idx on api.show_translations using gin (tags);

create table api.similar_shows (
    show_pk bigint not null,
    similar_pk bigint not null,
    score real not null,
    constraint similar_shows_pkey primary key (show_pk, similar_pk),
    constraint similar_shows_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete cascade,
    constraint similar_shows_similar_pk_fkey foreign key (similar_pk) references api.shows(pk) on delete cascade
);
create index similar_shows_show_pk_score_similar_pk_idx on api.similar_shows (show_pk, score desc, similar_pk);
create index similar_shows_similar_pk_idx on api.similar_shows (similar_pk);

create table api.roles (
    pk bigint not null generated always as identity,
    show_pk bigint not null,
    staff_pk bigint not null,
    kind text not null,
    "order" integer not null,
    character_name text,
    character_latin_name text,
    character_image jsonb,
    constraint roles_pkey primary key (pk),
    constraint roles_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete cascade,
    constraint roles_staff_pk_fkey foreign key (staff_pk) references api.staff(pk) on delete cascade,
    constraint roles_kind_check check ((kind = any (array['actor'::text, 'director'::text, 'writter'::text, 'producer'::text, 'music'::text, 'crew'::text, 'other'::text])))
);
create index roles_show_pk_order_pk_idx on api.roles (show_pk, "order", pk);
create index roles_staff_pk_idx on api.roles (staff_pk);

create table api.show_studios (
    show_pk bigint not null,
    studio_pk bigint not null,
    constraint show_studios_pkey primary key (show_pk, studio_pk),
    constraint show_studios_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete cascade,
    constraint show_studios_studio_pk_fkey foreign key (studio_pk) references api.studios(pk) on delete cascade
);
create index show_studios_studio_pk_idx on api.show_studios (studio_pk);

create table api.studio_translations (
    studio_pk bigint not null,
    language text not null,
    name text not null,
    logo jsonb,
    search_text text generated always as (api.fold(name)) stored,
    locks text[] not null default '{}',
    constraint studio_translations_pkey primary key (studio_pk, language),
    constraint studio_translations_studio_pk_fkey foreign key (studio_pk) references api.studios(pk) on delete cascade
);

create table api.entry_translations (
    entry_pk bigint not null,
    language text not null,
    name text,
    description text,
    tagline text,
    poster jsonb,
    locks text[] not null default '{}',
    constraint entry_translations_pkey primary key (entry_pk, language),
    constraint entry_translations_entry_pk_fkey foreign key (entry_pk) references api.entries(pk) on delete cascade
);

create table api.season_translations (
    season_pk bigint not null,
    language text not null,
    name text,
    description text,
    poster jsonb,
    thumbnail jsonb,
    banner jsonb,
    locks text[] not null default '{}',
    constraint season_translations_pkey primary key (season_pk, language),
    constraint season_translations_season_pk_fkey foreign key (season_pk) references api.seasons(pk) on delete cascade
);
