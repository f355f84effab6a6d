-- The tables as they are. Made by `make tables` from what the migrations come to; nothing applies this file.

create type api.watch_status as enum ('watching', 'rewatching', 'completed', 'dropped', 'planned');

create table api.announced (
    entry_pk bigint not null,
    at timestamp with time zone not null default now(),
    constraint announced_pkey primary key (entry_pk)
);
create index announced_at_idx on api.announced (at);

-- A user of the auth service, made on first write.
create table api.profiles (
    pk bigint not null generated always as identity,
    id uuid not null,
    created_at timestamp with time zone not null default now(),
    constraint profiles_pkey primary key (pk),
    constraint profiles_id_key unique (id)
);

create unlogged table api.devices (
    owner uuid not null,
    -- What the device calls itself, or its socket.
    id text not null,
    socket uuid not null,
    -- Whose sockets say from time to time that they are still there.
    process uuid not null,
    name text not null,
    client text not null,
    state jsonb not null default '{}'::jsonb,
    since timestamp with time zone not null default now(),
    seen_at timestamp with time zone not null default now(),
    constraint devices_pkey primary key (owner, id)
);
create index devices_process on api.devices (process);

-- The name that somebody gave to a cut; without one, the name that the file itself has (guess.raw.edition) holds.
create table api.editions (
    rendering text not null,
    name text not null,
    updated_at timestamp with time zone not null default now(),
    constraint editions_pkey primary key (rendering),
    constraint editions_rendering_check check ((rendering ~ '^[a-z0-9-]+$'::text))
);

create table api.shows (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    kind text not null,
    slug text not null,
    genres text[] not null default '{}'::text[],
    rating jsonb not null default '{}'::jsonb,
    status text not null default 'unknown'::text,
    runtime integer,
    -- A movie's air date is its start_air.
    start_air date,
    end_air date,
    original_language text not null,
    collection_pk bigint,
    external_id jsonb not null default '{}'::jsonb,
    -- Entries that are no extras, and how many of them have a file. Kept right by every change of links or entries.
    entries_count integer not null default 0,
    available_count integer not null default 0,
    next_refresh date,
    created_at timestamp with time zone not null default now(),
    updated_at timestamp with time zone not null default now(),
    -- Columns that somebody wrote by hand: what providers say of them later is not taken over. Each row has its own.
    locks text[] not null default '{}'::text[],
    -- From which age on a show may be seen; null when nobody has said so, which is as good as adult for a limited reader.
    min_age smallint,
    seeded_air date,
    -- Primary keys of the libraries of its files, 0 for all folders that are in none; empty when it has none.
    libraries bigint[] not null default '{}'::bigint[],
    wire text not null generated always as (api.show_wire(kind, id, slug, genres, rating, external_id, min_age, created_at, updated_at, status, runtime, next_refresh, start_air, end_air, available_count, entries_count)) stored,
    constraint shows_pkey primary key (pk),
    constraint shows_id_key unique (id),
    constraint shows_kind_slug_key unique (kind, slug),
    constraint shows_collection_pk_fkey foreign key (collection_pk) references api.shows(pk) on delete set NULL,
    constraint shows_kind_check check ((kind = any (array['movie'::text, 'serie'::text, 'collection'::text]))),
    constraint shows_min_age_check check (((min_age >= 0) and (min_age <= 21))),
    constraint shows_runtime_check check ((runtime >= 0)),
    constraint shows_slug_check check (((slug ~ '^[a-z0-9-]+$'::text) and (slug <> 'random'::text))),
    constraint shows_status_check check ((status = any (array['unknown'::text, 'finished'::text, 'airing'::text, 'planned'::text])))
) with (toast_tuple_target=8160);
create index shows_collection_pk_idx on api.shows (collection_pk) where (collection_pk is not NULL);
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
create index shows_pk_kind_collection_pk_libraries_min_age_idx on api.shows (pk) include (kind, collection_pk, libraries, min_age);
create index shows_runtime_idx on api.shows (((runtime)::double precision));
create index shows_slug_pk_idx on api.shows (slug, pk);
create index shows_slug_pk_idx1 on api.shows (slug desc, pk);
create index shows_slug_pk_idx2 on api.shows (slug, pk) where (available_count <= 0);
create index shows_start_air_pk_idx on api.shows (start_air, pk);
create index shows_start_air_pk_idx1 on api.shows (start_air desc nulls last, pk);
create index shows_status_slug_pk_idx on api.shows (status, slug, pk);

create table api.entry_translations (
    entry_pk bigint not null,
    -- Extras have one row, of the pseudo-language "extra".
    language text not null,
    name text,
    description text,
    -- Only movie entries have these two.
    tagline text,
    poster jsonb,
    locks text[] not null default '{}'::text[],
    wire text not null generated always as (api.entry_translation_wire(name, description)) stored,
    constraint entry_translations_pkey primary key (entry_pk, language)
) with (toast_tuple_target=8160);

create table api.entry_videos (
    entry_pk bigint not null,
    video_pk bigint not null,
    slug text not null,
    -- Whether the slug ends with the rendering: the first rendering of an entry keeps the short form.
    suffixed boolean not null default false,
    created_at timestamp with time zone not null default clock_timestamp(),
    constraint entry_videos_pkey primary key (entry_pk, video_pk),
    constraint entry_videos_slug_key unique (slug)
);
create index entry_videos_video_pk_idx on api.entry_videos (video_pk);

-- A picture to download, or one that is in the store. `id` is the SHA-256 of the source URL.
create table api.images (
    id text not null,
    source text not null,
    -- Null until it is in the store.
    blurhash text,
    -- What is `pending` is tried as soon as somebody has time, what has `failed` waits for `retry_at`.
    status text not null default 'pending'::text,
    -- Smaller comes first: posters before the faces of the crew.
    priority smallint not null default 0,
    attempts integer not null default 0,
    -- Not to be tried before; also moved ahead while a worker holds the picture.
    retry_at timestamp with time zone not null default now(),
    error text,
    created_at timestamp with time zone not null default now(),
    updated_at timestamp with time zone not null default now(),
    constraint images_pkey primary key (id),
    constraint images_id_check check ((id ~ '^[0-9a-f]{64}$'::text)),
    constraint images_status_check check ((status = any (array['pending'::text, 'ready'::text, 'failed'::text])))
);
create index images_failed on api.images (retry_at) where (status = 'failed'::text);
create index images_of_host on api.images (lower(split_part(source, '/'::text, 3)), retry_at) where (status <> 'ready'::text);
create index images_pending on api.images (priority, attempts, created_at) where (status = 'pending'::text);

create table api.libraries (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    slug text not null,
    name text not null,
    -- What is below this folder; without a slash at the end.
    path text not null,
    created_at timestamp with time zone not null default now(),
    updated_at timestamp with time zone not null default now(),
    -- False from a change of a library until the shows know of it.
    gathered boolean not null default true,
    constraint libraries_pkey primary key (pk),
    constraint libraries_id_key unique (id),
    constraint libraries_slug_key unique (slug),
    constraint libraries_path_check check (((path ~~ '/%'::text) and (path !~~ '%/'::text))),
    constraint libraries_slug_check check ((slug ~ '^[a-z0-9-]+$'::text))
);

create table api.library_writes (
    xid xid8 not null,
    constraint library_writes_pkey primary key (xid)
);

create unlogged table api.open_sockets (
    owner text not null,
    process uuid not null,
    sockets integer not null,
    seen_at timestamp with time zone not null default now(),
    constraint open_sockets_pkey primary key (owner, process)
);
create index open_sockets_process on api.open_sockets (process);

create table api.staff (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    slug text not null,
    name text not null,
    latin_name text,
    image jsonb,
    external_id jsonb not null default '{}'::jsonb,
    created_at timestamp with time zone not null default now(),
    updated_at timestamp with time zone not null default now(),
    search_text text generated always as (api.search_text(name, latin_name, NULL::text[], NULL::text[])) stored,
    locks text[] not null default '{}'::text[],
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

create table api.room_keys (
    key uuid not null,
    constraint room_keys_pkey primary key (key)
);

-- The words of an entry: of its names in all languages, and its number.
create table api.search_entries (
    entry_pk bigint not null,
    words tsvector not null,
    constraint search_entries_pkey primary key (entry_pk)
);
create index search_entries_words_idx on api.search_entries using gin (words) with (gin_pending_list_limit='256');

-- The words of paths, apart from those of names. What has a digit (s01e03, 1080p, a checksum) is not taken for another.
create table api.search_file_words (
    word text collate "C" not null,
    remains text[] not null generated always as (case when (word ~ '[0-9]'::text) then '{}'::text[] else api.search_remains(word) end) stored
);
create index search_file_words_remains_idx on api.search_file_words using gin (remains) with (gin_pending_list_limit='256');
create index search_file_words_word_idx on api.search_file_words (word);

create table api.search_names (
    pk bigint not null generated always as identity,
    subject text not null,
    owner_pk bigint not null,
    -- What a name counts against the others of its owner: 1 for names, less for aliases and tags.
    weight real not null,
    folded text not null,
    -- Without repetitions. length is that of all of them together.
    words bigint[] not null,
    length integer not null,
    constraint search_names_pkey primary key (pk),
    constraint search_names_subject_check check ((subject = any (array['show'::text, 'staff'::text, 'studio'::text])))
);
create index search_names_left_subject_idx on api.search_names ("left"(folded, 1), subject);
create index search_names_subject_owner_pk_idx on api.search_names (subject, owner_pk);
create index search_names_words_idx on api.search_names using gin (words) with (gin_pending_list_limit='256');

-- A word may be here twice when two transactions added it at once; it is never deleted.
create table api.search_words (
    word text collate "C" not null,
    number bigint not null generated always as (api.search_number(word)) stored,
    remains text[] not null generated always as (api.search_remains(word)) stored
);
create index search_words_remains_idx on api.search_words using gin (remains) with (gin_pending_list_limit='256');
create index search_words_word_idx on api.search_words (word);

create table api.studios (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    slug text not null,
    external_id jsonb not null default '{}'::jsonb,
    created_at timestamp with time zone not null default now(),
    updated_at timestamp with time zone not null default now(),
    locks text[] not null default '{}'::text[],
    constraint studios_pkey primary key (pk),
    constraint studios_id_key unique (id),
    constraint studios_slug_key unique (slug)
);
create index studios_created_at_pk_idx on api.studios (created_at, pk);
create index studios_created_at_pk_idx1 on api.studios (created_at desc, pk);
create index studios_slug_pk_idx on api.studios (slug, pk);
create index studios_slug_pk_idx1 on api.studios (slug desc, pk);

-- What the library looked like when similar_shows was computed last.
create table api.similar_runs (
    only_row boolean not null default true,
    shows bigint not null,
    changed_at timestamp with time zone,
    constraint similar_runs_pkey primary key (only_row),
    constraint similar_runs_only_row_check check (only_row)
);

create table api.tracker_applications (
    service text not null,
    client_id text not null,
    -- Encrypted, as all secrets of trackers (core/sealing.py).
    client_secret bytea,
    updated_at timestamp with time zone not null default now(),
    constraint tracker_applications_pkey primary key (service)
);

-- What services allow us to ask (queries/trackers/budgets.py); subject is an account, or all of them.
create table api.tracker_budgets (
    service text not null,
    subject text not null,
    next_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
    blocked_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
    -- Seconds between two requests, as the service said.
    spacing double precision,
    day date not null default CURRENT_DATE,
    used integer not null default 0,
    constraint tracker_budgets_pkey primary key (service, subject)
);

create table api.calendars (
    profile_pk bigint not null,
    token_hash bytea not null,
    languages text[] not null default '{}'::text[],
    created_at timestamp with time zone not null default now(),
    constraint calendars_pkey primary key (profile_pk),
    constraint calendars_token_hash_key unique (token_hash),
    constraint calendars_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade
);

create table api.encoded (
    -- Null for guests.
    profile_pk bigint,
    quarter timestamp with time zone not null,
    -- video: the picture, whatever the sound; audio: the sound alone.
    what text not null,
    seconds integer not null,
    constraint encoded_profile_pk_quarter_what_key unique nulls not distinct (profile_pk, quarter, what),
    constraint encoded_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade,
    constraint encoded_what_check check ((what = any (array['video'::text, 'audio'::text])))
);
create index encoded_quarter_idx on api.encoded (quarter);

create table api.encoding (
    stream text not null,
    client text not null,
    profile_pk bigint,
    what text not null,
    since timestamp with time zone not null,
    constraint encoding_pkey primary key (stream, client),
    constraint encoding_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade
);
create index encoding_profile_pk_idx on api.encoding (profile_pk);

-- One row per play. The latest row of an entry is the progress of its profile.
create table api.history (
    pk bigint not null generated always as identity,
    profile_pk bigint not null,
    entry_pk bigint not null,
    video_pk bigint,
    percent smallint not null,
    -- Seconds from the start of the video.
    "time" integer not null default 0,
    -- Marked as seen by hand or elsewhere: counts as seen, hidden from the history.
    external boolean not null default false,
    played_date timestamp with time zone not null default now(),
    constraint history_pkey primary key (pk),
    constraint history_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade,
    constraint history_percent_check check (((percent >= 0) and (percent <= 100))),
    constraint history_time_check check (("time" >= 0))
);
create index history_entry_pk_idx on api.history (entry_pk);
create index history_profile_pk_entry_pk_played_date_pk_idx on api.history (profile_pk, entry_pk, played_date desc, pk desc);
create index history_profile_pk_pk_idx on api.history (profile_pk, pk);
create index history_profile_pk_played_date_pk_idx on api.history (profile_pk, played_date desc, pk);
create index history_profile_pk_video_pk_played_date_idx on api.history (profile_pk, video_pk, played_date desc) where (video_pk is not NULL);
create index history_video_pk_idx on api.history (video_pk) where (video_pk is not NULL);

create table api.imports (
    id uuid not null default gen_random_uuid(),
    profile_pk bigint not null,
    source text not null,
    name text not null,
    state text not null default 'ready'::text,
    rule text not null default 'merge'::text,
    dry_run boolean not null default true,
    -- Whether it was taken once, and not only previewed.
    taken boolean not null default false,
    -- What its owner could see when the import was run last: shows beyond that are not found.
    limits jsonb not null default '{}'::jsonb,
    titles integer not null default 0,
    plays integer not null default 0,
    counts jsonb not null default '{}'::jsonb,
    changes jsonb not null default '[]'::jsonb,
    unmatched jsonb not null default '[]'::jsonb,
    reason text,
    created_at timestamp with time zone not null default now(),
    ended_at timestamp with time zone,
    looked_at timestamp with time zone,
    constraint imports_pkey primary key (id),
    constraint imports_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade,
    constraint imports_rule_check check ((rule = any (array['merge'::text, 'theirs'::text, 'ours'::text]))),
    constraint imports_state_check check ((state = any (array['ready'::text, 'queued'::text, 'running'::text, 'done'::text, 'failed'::text])))
);
create index imports_profile_pk_created_at_idx on api.imports (profile_pk, created_at);

create table api.tracker_logins (
    state_hash bytea not null,
    profile_pk bigint not null,
    service text not null,
    -- Of the secret in the cookie; empty for logins by device.
    browser_hash bytea not null,
    redirect text not null default ''::text,
    secrets bytea not null,
    poll_at timestamp with time zone not null default now(),
    expires_at timestamp with time zone not null,
    constraint tracker_logins_pkey primary key (state_hash),
    constraint tracker_logins_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade
);
create index tracker_logins_expires_at_idx on api.tracker_logins (expires_at);
create index tracker_logins_profile_pk_service_idx on api.tracker_logins (profile_pk, service);

create table api.trackers (
    pk bigint not null generated always as identity,
    profile_pk bigint not null,
    service text not null,
    account text,
    -- The tokens.
    secrets bytea,
    expires_at timestamp with time zone,
    mode text not null default 'both'::text,
    -- Whether it is shown what is being watched.
    scrobble boolean not null default true,
    -- Whether it is told what is marked as not seen.
    unwatch boolean not null default false,
    scores boolean not null default true,
    since timestamp with time zone not null default now(),
    last_sync timestamp with time zone,
    next_sync timestamp with time zone,
    -- What it said of its last changes when it was read last.
    activities jsonb not null default '{}'::jsonb,
    error_at timestamp with time zone,
    error_code text,
    error text,
    -- Until then somebody sends to it, or died while sending.
    leased_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
    served_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
    constraint trackers_pkey primary key (pk),
    constraint trackers_profile_pk_service_key unique (profile_pk, service),
    constraint trackers_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade,
    constraint trackers_mode_check check ((mode = any (array['both'::text, 'out'::text, 'in'::text, 'off'::text])))
);
create index trackers_next_sync_idx on api.trackers (next_sync) where (next_sync is not NULL);

-- What was watched, of each entry by each profile, in each quarter of an hour.
create table api.watched (
    profile_pk bigint not null,
    entry_pk bigint not null,
    quarter timestamp with time zone not null,
    seconds integer not null default 0,
    -- How often it was watched to its end.
    finished integer not null default 0,
    constraint watched_pkey primary key (profile_pk, entry_pk, quarter),
    constraint watched_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade
);
create index watched_entry_pk_idx on api.watched (entry_pk);
create index watched_profile_pk_quarter_idx on api.watched (profile_pk, quarter);
create index watched_quarter_idx on api.watched (quarter);

create table api.watching (
    profile_pk bigint not null,
    entry_pk bigint not null,
    -- Seconds from the start of the video.
    "position" integer not null,
    paused boolean not null,
    at timestamp with time zone not null,
    constraint watching_pkey primary key (profile_pk, entry_pk),
    constraint watching_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade
);
create index watching_at_idx on api.watching (at);
create index watching_entry_pk_idx on api.watching (entry_pk);

create table api.webhooks (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    name text not null,
    form text not null,
    events text[] not null,
    private boolean not null default false,
    enabled boolean not null default true,
    -- Of its address, which is a secret as a whole (queries/webhooks/hooks.py).
    origin text not null,
    -- Its address, what signs and the token of its receiver: encrypted (core/sealing.py).
    secrets bytea not null,
    -- The event that was the newest when it was made.
    after bigint not null,
    failures integer not null default 0,
    failing_since timestamp with time zone,
    paused_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
    reason text,
    created_at timestamp with time zone not null default now(),
    -- Whose it is; null: of the administrators, all together.
    profile_pk bigint,
    -- What is told of its owner; `events` of everybody.
    own_events text[] not null default '{}'::text[],
    constraint webhooks_pkey primary key (pk),
    constraint webhooks_id_key unique (id),
    constraint webhooks_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade,
    constraint webhooks_form_check check ((form = any (array['json'::text, 'discord'::text, 'ntfy'::text, 'gotify'::text])))
);
create index webhooks_profile_pk_idx on api.webhooks (profile_pk) where (profile_pk is not NULL);

create table api.entries (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    show_pk bigint not null,
    -- Says which entry of the show this is, whatever its slug became: s1e2, sp3, movie, movie-<slug>, extra-<slug>.
    key text not null,
    slug text not null,
    kind text not null,
    extra_kind text,
    content text not null default 'story'::text,
    -- The place in the watch order; decimals stand between. Null for extras.
    "order" double precision,
    season_number integer,
    -- The number of an episode in its season, or of a special.
    episode_number integer,
    air_date date,
    runtime integer,
    thumbnail jsonb,
    external_id jsonb not null default '{}'::jsonb,
    -- Since when there is a file for it without a break; null when there is none.
    available_since timestamp with time zone,
    created_at timestamp with time zone not null default now(),
    updated_at timestamp with time zone not null default now(),
    locks text[] not null default '{}'::text[],
    wire text not null generated always as (api.entry_wire(kind, id, slug, "order", air_date, runtime, thumbnail, content, external_id, created_at, updated_at, season_number, episode_number)) stored,
    constraint entries_pkey primary key (pk),
    constraint entries_id_key unique (id),
    constraint entries_show_pk_key_key unique (show_pk, key),
    constraint entries_slug_key unique (slug),
    constraint entries_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete cascade,
    constraint entries_check check (((kind = 'extra'::text) = (extra_kind is not NULL))),
    constraint entries_check1 check (((kind = 'extra'::text) or ("order" is not NULL))),
    constraint entries_content_check check ((content = any (array['story'::text, 'recap'::text, 'filler'::text, 'ova'::text]))),
    constraint entries_extra_kind_check check ((extra_kind = any (array['other'::text, 'trailer'::text, 'interview'::text, 'behind-the-scene'::text, 'deleted-scene'::text, 'blooper'::text]))),
    constraint entries_kind_check check ((kind = any (array['episode'::text, 'movie'::text, 'special'::text, 'extra'::text]))),
    constraint entries_order_check check (("order" >= (0)::double precision)),
    constraint entries_runtime_check check ((runtime >= 0)),
    constraint entries_slug_check check ((slug ~ '^[a-z0-9-]+$'::text))
) with (toast_tuple_target=8160);
create index entries_air_date_idx on api.entries (air_date);
create index entries_available_since_pk_idx on api.entries (available_since desc, pk) where ((available_since is not NULL) and (kind <> 'extra'::text));
create index entries_content_available_since_pk_idx on api.entries (content, available_since desc, pk) where (content <> 'story'::text);
create index entries_episode_number_idx on api.entries (episode_number);
create index entries_external_id_idx on api.entries using gin (external_id jsonb_path_ops);
create index entries_runtime_idx on api.entries (((runtime)::double precision));
create index entries_show_pk_order_pk_idx on api.entries (show_pk, "order", pk);
create index entries_show_pk_season_number_episode_number_idx on api.entries (show_pk, season_number, episode_number);

create table api.hidden (
    profile_pk bigint not null,
    show_pk bigint not null,
    "row" text not null,
    created_at timestamp with time zone not null default now(),
    constraint hidden_pkey primary key (profile_pk, show_pk, "row"),
    constraint hidden_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade,
    constraint hidden_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete cascade,
    constraint hidden_row_check check (("row" = any (array['nextup'::text, 'news'::text, 'random'::text, 'recommendations'::text])))
);
create index hidden_show_pk_idx on api.hidden (show_pk);

create table api.seasons (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    show_pk bigint not null,
    slug text not null,
    season_number integer not null,
    start_air date,
    end_air date,
    external_id jsonb not null default '{}'::jsonb,
    entries_count integer not null default 0,
    available_count integer not null default 0,
    created_at timestamp with time zone not null default now(),
    updated_at timestamp with time zone not null default now(),
    locks text[] not null default '{}'::text[],
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
    aliases text[] not null default '{}'::text[],
    tags text[] not null default '{}'::text[],
    poster jsonb,
    thumbnail jsonb,
    banner jsonb,
    logo jsonb,
    trailer_url text,
    locks text[] not null default '{}'::text[],
    wire text not null generated always as (api.show_translation_wire(name, description, tagline, aliases, tags)) stored,
    -- As the original of a show has them.
    names_wire text not null generated always as (api.show_names_wire(name, latin_name)) stored,
    -- Poster, thumbnail, banner, logo: each in the language that the reader prefers.
    pictures text[] not null generated always as (array[(poster)::text, (thumbnail)::text, (banner)::text, (logo)::text]) stored,
    constraint show_translations_pkey primary key (show_pk, language),
    constraint show_translations_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete cascade
) with (toast_tuple_target=8160);
create index show_translations_language_name_show_pk_idx on api.show_translations (language, name, show_pk);
create index show_translations_language_name_show_pk_idx1 on api.show_translations (language, name desc, show_pk);
create index show_translations_language_show_pk_name_idx on api.show_translations (language, show_pk) include (name);
create index show_translations_tags_idx on api.show_translations using gin (tags);

-- The shows most alike to each, computed by a job; score is from 0 to 1.
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

create table api.videos (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    path text not null,
    -- What the versions and parts of one cut have in common.
    rendering text not null,
    part integer,
    version integer not null default 1,
    guess jsonb not null,
    created_at timestamp with time zone not null default now(),
    updated_at timestamp with time zone not null default now(),
    -- Files that are linked to nothing.
    linked boolean not null default false,
    -- The words of a path.
    words tsvector generated always as (array_to_tsvector(api.search_split(api.search_fold(path)))) stored,
    -- The lowest of its shows; null when none of them has one.
    min_age smallint,
    -- The show that a file without a link was last of, so that what was said of the show finds the one that it turns out to be, however long after (queries/catalogue/rematching.py).
    left_show_pk bigint,
    wire text not null generated always as (api.video_wire(id, path, rendering, part, version)) stored,
    constraint videos_pkey primary key (pk),
    constraint videos_id_key unique (id),
    constraint videos_path_key unique (path),
    constraint videos_rendering_part_version_key unique nulls not distinct (rendering, part, version),
    constraint videos_left_show_pk_fkey foreign key (left_show_pk) references api.shows(pk) on delete set NULL,
    constraint videos_part_check check ((part >= 0)),
    constraint videos_rendering_check check ((rendering ~ '^[a-z0-9-]+$'::text)),
    constraint videos_version_check check ((version >= 0))
);
create index videos_created_at_pk_idx2 on api.videos (created_at, pk) where (not linked);
create index videos_created_at_pk_idx3 on api.videos (created_at desc, pk) where (not linked);
create index videos_left_show_pk_idx on api.videos (left_show_pk) where (left_show_pk is not NULL);
create index videos_path_pk_idx2 on api.videos (path, pk) where (not linked);
create index videos_title_idx on api.videos (((guess ->> 'title'::text)));
create index videos_words_idx on api.videos using gin (words) with (gin_pending_list_limit='256');

create table api.watchlist (
    profile_pk bigint not null,
    show_pk bigint not null,
    status api.watch_status not null,
    score smallint,
    -- Seen entries of a serie; the percent of a movie.
    seen_count integer not null default 0,
    next_entry_pk bigint,
    started_at timestamp with time zone,
    last_played_at timestamp with time zone,
    completed_at timestamp with time zone,
    created_at timestamp with time zone not null default now(),
    updated_at timestamp with time zone not null default now(),
    -- Since when views count as seen again: the start of the present re-watch, null when there is none.
    seen_since timestamp with time zone,
    -- When its owner took the show out of next up; it comes back when it is played again.
    set_aside_at timestamp with time zone,
    constraint watchlist_pkey primary key (profile_pk, show_pk),
    constraint watchlist_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade,
    constraint watchlist_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete cascade,
    constraint watchlist_score_check check (((score >= 0) and (score <= 100)))
);
create index watchlist_next_entry_pk_idx on api.watchlist (next_entry_pk) where (next_entry_pk is not NULL);
create index watchlist_profile_pk_last_played_at_show_pk_idx on api.watchlist (profile_pk, last_played_at desc nulls last, show_pk) where (next_entry_pk is not NULL);
create index watchlist_profile_pk_score_show_pk_idx on api.watchlist (profile_pk, score, show_pk);
create index watchlist_profile_pk_score_show_pk_idx1 on api.watchlist (profile_pk, score desc nulls last, show_pk);
create index watchlist_profile_pk_status_show_pk_idx on api.watchlist (profile_pk, status, show_pk);
create index watchlist_profile_pk_status_show_pk_idx1 on api.watchlist (profile_pk, status desc, show_pk);
create index watchlist_show_pk_idx on api.watchlist (show_pk);

-- Which rows show a picture, so that its blurhash can be written there once it is known. `owner` says the table: show (api.show_translations), season (api.season_translations), entry (api.entries and api.entry_translations), studio (api.studio_translations), staff (api.staff), role (api.roles); owner_pk is the pk of the show, season, ….
create table api.image_places (
    image_id text not null,
    owner text not null,
    owner_pk bigint not null,
    constraint image_places_pkey primary key (image_id, owner, owner_pk),
    constraint image_places_image_id_fkey foreign key (image_id) references api.images(id) on delete cascade,
    constraint image_places_owner_check check ((owner = any (array['show'::text, 'season'::text, 'entry'::text, 'studio'::text, 'staff'::text, 'role'::text])))
);
create index image_places_owner_owner_pk_idx on api.image_places (owner, owner_pk);

create table api.roles (
    pk bigint not null generated always as identity,
    show_pk bigint not null,
    staff_pk bigint not null,
    kind text not null,
    "order" integer not null,
    -- All three null when the role plays no character.
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
    locks text[] not null default '{}'::text[],
    constraint studio_translations_pkey primary key (studio_pk, language),
    constraint studio_translations_studio_pk_fkey foreign key (studio_pk) references api.studios(pk) on delete cascade
);

create table api.import_titles (
    import_id uuid not null,
    "position" integer not null,
    title jsonb not null,
    -- Whether a show here was found for it; null before it was looked for.
    matched boolean,
    constraint import_titles_pkey primary key (import_id, "position"),
    constraint import_titles_import_id_fkey foreign key (import_id) references api.imports(id) on delete cascade
);
create index import_titles_import_id_idx on api.import_titles (import_id) where (matched is false);

-- How a show was at a tracker when both sides agreed last.
create table api.tracker_bases (
    tracker_pk bigint not null,
    show_pk bigint not null,
    base jsonb not null,
    constraint tracker_bases_pkey primary key (tracker_pk, show_pk),
    constraint tracker_bases_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete cascade,
    constraint tracker_bases_tracker_pk_fkey foreign key (tracker_pk) references api.trackers(pk) on delete cascade
);
create index tracker_bases_show_pk_idx on api.tracker_bases (show_pk);

create table api.tracker_imports (
    id uuid not null default gen_random_uuid(),
    tracker_pk bigint not null,
    rule text not null,
    dry_run boolean not null,
    state text not null default 'queued'::text,
    counts jsonb not null default '{}'::jsonb,
    changes jsonb not null default '[]'::jsonb,
    unmatched jsonb not null default '[]'::jsonb,
    reason text,
    created_at timestamp with time zone not null default now(),
    ended_at timestamp with time zone,
    constraint tracker_imports_pkey primary key (id),
    constraint tracker_imports_tracker_pk_fkey foreign key (tracker_pk) references api.trackers(pk) on delete cascade,
    constraint tracker_imports_rule_check check ((rule = any (array['merge'::text, 'theirs'::text, 'ours'::text]))),
    constraint tracker_imports_state_check check ((state = any (array['queued'::text, 'running'::text, 'done'::text, 'failed'::text])))
);
create index tracker_imports_tracker_pk_created_at_idx on api.tracker_imports (tracker_pk, created_at);

create table api.webhook_deliveries (
    pk bigint not null generated always as identity,
    -- What the receiver knows a repetition by.
    id uuid not null default gen_random_uuid(),
    webhook_pk bigint not null,
    type text not null,
    body jsonb not null,
    state text not null default 'waiting'::text,
    tries integer not null default 0,
    status integer,
    reason text,
    sent_at timestamp with time zone,
    -- While it is being sent: when it is given up for lost.
    next_try timestamp with time zone not null default now(),
    created_at timestamp with time zone not null default now(),
    constraint webhook_deliveries_pkey primary key (pk),
    constraint webhook_deliveries_id_key unique (id),
    constraint webhook_deliveries_webhook_pk_fkey foreign key (webhook_pk) references api.webhooks(pk) on delete cascade,
    constraint webhook_deliveries_state_check check ((state = any (array['waiting'::text, 'done'::text, 'failed'::text])))
);
create index webhook_deliveries_next_try_idx on api.webhook_deliveries (webhook_pk, next_try) where (state = 'waiting'::text);
create index webhook_deliveries_webhook_pk_pk_idx on api.webhook_deliveries (webhook_pk, pk);

-- What trackers are still to be told; a row is deleted when it is done. Written in the transaction of the fact.
create table api.tracker_outbox (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    tracker_pk bigint not null,
    -- The id of the show, which may be deleted: rows of one item are sent in their order.
    item uuid not null,
    show_pk bigint,
    entry_pk bigint,
    what text not null,
    -- What was so when it happened (trackers/outbox.py).
    facts jsonb not null,
    urgent boolean not null default false,
    state text not null default 'waiting'::text,
    tries integer not null default 0,
    code text,
    reason text,
    -- When it was sent first, as long as nobody knows whether it arrived.
    sent_at timestamp with time zone,
    next_try timestamp with time zone not null default now(),
    created_at timestamp with time zone not null default now(),
    constraint tracker_outbox_pkey primary key (pk),
    constraint tracker_outbox_id_key unique (id),
    constraint tracker_outbox_entry_pk_fkey foreign key (entry_pk) references api.entries(pk) on delete set NULL,
    constraint tracker_outbox_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete set NULL,
    constraint tracker_outbox_tracker_pk_fkey foreign key (tracker_pk) references api.trackers(pk) on delete cascade,
    constraint tracker_outbox_state_check check ((state = any (array['waiting'::text, 'failed'::text])))
);
create index tracker_outbox_entry_pk_idx on api.tracker_outbox (entry_pk) where (entry_pk is not NULL);
create index tracker_outbox_next_try_idx on api.tracker_outbox (next_try) where (state = 'waiting'::text);
create index tracker_outbox_show_pk_idx on api.tracker_outbox (show_pk) where (show_pk is not NULL);
create index tracker_outbox_tracker_pk_item_pk_idx on api.tracker_outbox (tracker_pk, item, pk) where (state = 'waiting'::text);
create index tracker_outbox_tracker_pk_pk_idx on api.tracker_outbox (tracker_pk, pk);

create table api.season_translations (
    season_pk bigint not null,
    language text not null,
    name text,
    description text,
    poster jsonb,
    thumbnail jsonb,
    banner jsonb,
    locks text[] not null default '{}'::text[],
    constraint season_translations_pkey primary key (season_pk, language),
    constraint season_translations_season_pk_fkey foreign key (season_pk) references api.seasons(pk) on delete cascade
);

create table api.rooms (
    id uuid not null default gen_random_uuid(),
    slug text not null,
    -- What an invited guest shows; of no use once the room is gone.
    link text not null,
    video_pk bigint not null,
    guests boolean not null,
    control text not null,
    owner uuid not null,
    host text not null,
    -- What the owner may see; guests see no more.
    limits jsonb not null default '{}'::jsonb,
    paused boolean not null default true,
    "position" double precision not null default 0,
    rate double precision not null default 1,
    at timestamp with time zone not null default clock_timestamp(),
    by text not null default ''::text,
    version integer not null default 0,
    -- Somebody has pressed play: it goes on when nobody has to be waited for.
    wanted boolean not null default false,
    waits_since timestamp with time zone,
    empty_since timestamp with time zone default now(),
    created_at timestamp with time zone not null default now(),
    -- Accounts that the host has sent away. The link is another one since a guest was.
    removed text[] not null default '{}'::text[],
    constraint rooms_pkey primary key (id),
    constraint rooms_slug_key unique (slug),
    constraint rooms_video_pk_fkey foreign key (video_pk) references api.videos(pk) on delete cascade,
    constraint rooms_control_check check ((control = any (array['everyone'::text, 'host'::text])))
);
create index rooms_owner on api.rooms (owner);
create index rooms_video on api.rooms (video_pk);

-- Links that files were registered with, and that the catalogue has no entry for yet.
create table api.wishes (
    pk bigint not null generated always as identity,
    video_pk bigint not null,
    show_kind text,
    -- Of the show, or of the entry when no kind is said.
    slug text not null,
    wish jsonb not null,
    created_at timestamp with time zone not null default now(),
    constraint wishes_pkey primary key (pk),
    constraint wishes_video_pk_wish_key unique (video_pk, wish),
    constraint wishes_video_pk_fkey foreign key (video_pk) references api.videos(pk) on delete cascade,
    constraint wishes_show_kind_check check ((show_kind = any (array['movie'::text, 'serie'::text])))
);
create index wishes_slug on api.wishes (slug);

create table api.room_members (
    room uuid not null,
    -- An account's id, or one that a guest was given.
    id text not null,
    name text not null,
    -- The API key that stands for a guest; it is deleted when no room has that guest any more.
    key uuid,
    ready boolean not null default false,
    buffering boolean not null default false,
    socket uuid,
    process uuid,
    seen_at timestamp with time zone,
    left_at timestamp with time zone,
    joined_at timestamp with time zone not null default clock_timestamp(),
    constraint room_members_pkey primary key (room, id),
    constraint room_members_room_fkey foreign key (room) references api.rooms(id) on delete cascade
);
create index room_members_id on api.room_members (id);
create index room_members_key on api.room_members (key) where (key is not NULL);
create index room_members_process on api.room_members (process) where (socket is not NULL);

create table api.room_messages (
    pk bigint not null generated always as identity,
    room uuid not null,
    by text not null,
    kind text not null,
    text text not null,
    at timestamp with time zone not null default clock_timestamp(),
    by_id text,
    constraint room_messages_pkey primary key (pk),
    constraint room_messages_room_fkey foreign key (room) references api.rooms(id) on delete cascade,
    constraint room_messages_kind_check check ((kind = any (array['chat'::text, 'reaction'::text])))
);
create index room_messages_room on api.room_messages (room, pk);
