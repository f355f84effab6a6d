-- The tables as they are. Made by `make tables` from what the migrations come to; nothing applies this file.

-- What all lists together say, one row an anime. Made from `anime_lists`, never changed otherwise.
create table scanner.anime (
    -- The service and id that the lists know it by: `anidb:69`.
    key text not null,
    -- The id at TheTVDB of the serie it is a part of.
    serie text,
    record jsonb not null,
    constraint anime_pkey primary key (key)
);
create index anime_serie on scanner.anime (serie) where (serie is not NULL);

-- The public lists of anime as they were fetched, so that all replicas have them and they can be read anew.
create table scanner.anime_lists (
    name text not null,
    -- Compressed with zlib.
    content bytea,
    etag text,
    last_modified text,
    checked_at timestamp with time zone,
    changed_at timestamp with time zone,
    error text,
    constraint anime_lists_pkey primary key (name)
);

-- What services of metadata answered, for the next time: who asked is no part of the key.
create table scanner.answers (
    key text not null,
    service text not null,
    status smallint not null,
    -- JSON, compressed by zlib; empty for what is not there (404).
    body bytea not null,
    etag text,
    modified text,
    fresh_until timestamp with time zone not null,
    used_on date not null default CURRENT_DATE,
    constraint answers_pkey primary key (key)
);
create index answers_used on scanner.answers (used_on);

create table scanner.shows (
    id bigint not null generated always as identity,
    kind text not null,
    title text not null,
    year integer,
    external_ids jsonb not null default '{}'::jsonb,
    -- What the api calls it; only reserved until `api_id` says that it is seeded there.
    slug text,
    api_id uuid,
    -- The air date it was seeded with: the api tells shows of one slug apart by it, so it must not change.
    seeded_air date,
    -- Slugs of api shows that this one takes the place of (a remap, or a film that joined its serie: `movie:slug`); removed once this one is seeded.
    replaces text[] not null default '{}'::text[],
    created_at timestamp with time zone not null default now(),
    -- Whether its episodes have other numbers than the names of its files, which count as they were aired.
    reordered boolean not null default false,
    -- What the api was last told of it, as a hash, without its files: the same is not told twice.
    written text,
    -- Numbers in names (`1:30`) that count otherwise than the api was told at first, to where their files stand: `[2, 6]`.
    translated jsonb not null default '{}'::jsonb,
    constraint shows_pkey primary key (id),
    constraint shows_kind_check check ((kind = any (array['movie'::text, 'serie'::text])))
);
create index shows_external_ids on scanner.shows using gin (external_ids);
create unique index shows_slug on scanner.shows (kind, slug) where (slug is not NULL);

-- What lies beside the videos (.nfo files, pictures), as one fingerprint a folder; folders without any have no row.
create table scanner.folders (
    path text collate "C" not null,
    sidecars text not null,
    constraint folders_pkey primary key (path)
);

-- Keys of services of metadata that somebody typed in. Those of options are not here.
create table scanner.keys (
    service text not null,
    -- A JSON object of key and PIN, encrypted with the secret of this instance, which is not in the database.
    sealed bytea not null,
    updated_at timestamp with time zone not null default now(),
    constraint keys_pkey primary key (service)
);

-- What the administrator must know of a library root.
create table scanner.roots (
    path text not null,
    warning text,
    updated_at timestamp with time zone not null default now(),
    constraint roots_pkey primary key (path)
);

-- How each service of metadata is, and whose turn it is: all replicas keep one pace.
create table scanner.services (
    name text not null,
    state text not null default 'unknown'::text,
    message text,
    -- When the turns that were taken are over (the generic cell rate algorithm).
    due timestamp with time zone not null default now(),
    -- Nobody asks before: it said so, or it failed too often in a row.
    blocked_until timestamp with time zone,
    -- Seconds from one request to the next, as the service asks for in its headers.
    pace double precision,
    failures integer not null default 0,
    -- Seconds until an answer, of late.
    took double precision,
    requests bigint not null default 0,
    answered_at timestamp with time zone,
    failed_at timestamp with time zone,
    constraint services_pkey primary key (name),
    constraint services_state_check check ((state = any (array['unknown'::text, 'ok'::text, 'slow'::text, 'limited'::text, 'down'::text, 'refused'::text])))
);

create table scanner.anime_ids (
    service text not null,
    id text not null,
    key text not null,
    constraint anime_ids_pkey primary key (service, id, key),
    constraint anime_ids_key_fkey foreign key (key) references scanner.anime(key) on delete cascade
);
create index anime_ids_key on scanner.anime_ids (key);

create table scanner.anime_titles (
    title_key text not null,
    key text not null,
    constraint anime_titles_pkey primary key (title_key, key),
    constraint anime_titles_key_fkey foreign key (key) references scanner.anime(key) on delete cascade
);
create index anime_titles_key on scanner.anime_titles (key);

-- The order of episodes that somebody chose for a serie; without a name that of airing, to which it went back.
create table scanner.episode_orders (
    show_id bigint not null,
    provider text,
    name text,
    episodes jsonb not null default '[]'::jsonb,
    chosen_at timestamp with time zone not null default now(),
    constraint episode_orders_pkey primary key (show_id),
    constraint episode_orders_show_id_fkey foreign key (show_id) references scanner.shows(id) on delete cascade
);

create table scanner.files (
    -- Compared by bytes, so that a folder is one range of the index.
    path text collate "C" not null,
    size bigint not null,
    mtime_ns bigint not null,
    inode bigint not null,
    -- The mounted volume that holds it, unless that is the root of the machine.
    mount text,
    content_id text,
    parsed jsonb,
    kind text,
    title_key text,
    show_id bigint,
    -- Whether a person chose the show (a remap or an added request): a scan never changes it.
    pinned boolean not null default false,
    -- Overrides the numbers of the name: [[season, episode], …], chosen by a person.
    chosen_episodes jsonb,
    rendering text,
    part integer,
    version integer not null default 1,
    video_id uuid,
    state text not null default 'found'::text,
    error text,
    -- The path the api still knows it by, after a rename.
    moved_from text,
    -- Whether its links in the api must be replaced, not extended.
    relink boolean not null default false,
    duration double precision,
    probed_at timestamp with time zone,
    probe_error text,
    missing_since timestamp with time zone,
    updated_at timestamp with time zone not null default now(),
    -- What the tags inside the file say of its title, by their names; null until it was probed.
    tags jsonb,
    -- Of one that waits to be linked anew: the name (`parsed`) and show (`show`) that its present links come from, unless a person made them.
    before jsonb,
    constraint files_pkey primary key (path),
    constraint files_show_id_fkey foreign key (show_id) references scanner.shows(id),
    constraint files_kind_check check ((kind = any (array['movie'::text, 'episode'::text, 'extra'::text]))),
    constraint files_state_check check ((state = any (array['found'::text, 'registered'::text, 'identified'::text, 'ignored'::text, 'failed'::text])))
);
create index files_content on scanner.files (content_id);
create index files_extras on scanner.files (title_key) where (kind = 'extra'::text);
create index files_films_inside on scanner.files ((((parsed -> 'film_of'::text) ->> 0))) where (parsed ? 'film_of'::text);
create index files_inode on scanner.files (inode);
create index files_left_out on scanner.files (updated_at desc, path) where ((state = 'ignored'::text) and (error is not NULL) and (missing_since is NULL));
create index files_refused on scanner.files (updated_at desc) where (((state = 'failed'::text) or (probe_error is not NULL)) and (state <> 'ignored'::text));
create index files_show on scanner.files (show_id);
create index files_unprobed on scanner.files (updated_at) where ((probed_at is NULL) and (video_id is not NULL) and (missing_since is NULL));
create index files_updated on scanner.files (updated_at);
create index files_video on scanner.files (video_id);
create unique index files_rendering on scanner.files (rendering, part, version) nulls not distinct where (rendering is not NULL);

-- What providers say of the films that stand in a serie, by their numbers among its specials at TheTVDB.
create table scanner.film_records (
    show_id bigint not null,
    number integer not null,
    provider text not null,
    record jsonb not null,
    fetched_at timestamp with time zone not null default now(),
    constraint film_records_pkey primary key (show_id, number, provider),
    constraint film_records_show_id_fkey foreign key (show_id) references scanner.shows(id) on delete cascade
);

-- Which title of the providers a show was found to be: `chosen` by a person, `sure`, or `unsure`: then it stays named by its files.
create table scanner.matches (
    show_id bigint not null,
    state text not null,
    -- In a sentence, for a person.
    why text not null default ''::text,
    -- Provider → id of the title; empty when unsure.
    ids jsonb not null default '{}'::jsonb,
    -- What a person chooses from, best first: candidates with score and reasons.
    candidates jsonb not null default '[]'::jsonb,
    -- What was known of the show when it was looked for, as a hash: when more is known, it is looked for again.
    asked text not null default ''::text,
    -- Providers that gave no answer; they are asked again.
    failed text[] not null default '{}'::text[],
    tried_at timestamp with time zone not null default now(),
    constraint matches_pkey primary key (show_id),
    constraint matches_show_id_fkey foreign key (show_id) references scanner.shows(id) on delete cascade,
    constraint matches_state_check check ((state = any (array['sure'::text, 'unsure'::text, 'chosen'::text])))
);
create index matches_ids on scanner.matches using gin (ids);
create index matches_unsure on scanner.matches (tried_at) where (state = 'unsure'::text);

-- What each provider says of a show, as it was last heard: one that is down takes nothing away.
create table scanner.records (
    show_id bigint not null,
    provider text not null,
    -- What the provider calls it.
    id text not null,
    record jsonb not null,
    fetched_at timestamp with time zone not null default now(),
    constraint records_pkey primary key (show_id, provider),
    constraint records_show_id_fkey foreign key (show_id) references scanner.shows(id) on delete cascade
);
create index records_films on scanner.records using gin (jsonb_path_query_array(record, '$."episodes"[*]?(@."is_movie" == true)."ids"."tvdb"'::jsonpath)) where (provider = 'tvdb'::text);

create table scanner.requests (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    kind text not null,
    title text not null,
    year integer,
    external_id jsonb not null default '{}'::jsonb,
    videos jsonb not null default '[]'::jsonb,
    status text not null default 'pending'::text,
    error jsonb,
    -- One request a show; shows are told apart by title and year, or by the ids in their names.
    show_id bigint not null,
    started_at timestamp with time zone,
    created_at timestamp with time zone not null default now(),
    constraint requests_pkey primary key (pk),
    constraint requests_id_key unique (id),
    constraint requests_show_id_key unique (show_id),
    constraint requests_show_id_fkey foreign key (show_id) references scanner.shows(id) on delete cascade,
    constraint requests_kind_check check ((kind = any (array['episode'::text, 'movie'::text]))),
    constraint requests_status_check check ((status = any (array['pending'::text, 'running'::text, 'failed'::text])))
);
create index requests_status on scanner.requests (status, pk);

-- Every name a show goes by in file names; a remap points the old names at the new show.
create table scanner.show_titles (
    kind text not null,
    title_key text not null,
    year integer,
    show_id bigint not null,
    constraint show_titles_kind_title_key_year_key unique nulls not distinct (kind, title_key, year),
    constraint show_titles_show_id_fkey foreign key (show_id) references scanner.shows(id) on delete cascade,
    constraint show_titles_kind_check check ((kind = any (array['movie'::text, 'serie'::text])))
);
create index show_titles_show on scanner.show_titles (show_id);
