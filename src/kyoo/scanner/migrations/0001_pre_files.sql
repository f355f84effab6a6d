-- Files as they lie on the disk, the shows that their names speak of, and requests for metadata.

create table scanner.shows (
    id bigint not null generated always as identity,
    kind text not null,
    title text not null,
    year integer,
    external_ids jsonb not null default '{}',
    slug text,
    api_id uuid,
    seeded_air date,
    replaces text[] not null default '{}',
    created_at timestamptz not null default now(),
    constraint shows_pkey primary key (id),
    constraint shows_kind_check check ((kind = any (array['movie'::text, 'serie'::text])))
);
create index shows_external_ids on scanner.shows using gin (external_ids);
create unique index shows_slug on scanner.shows (kind, slug) where (slug is not null);

create table scanner.folders (
    path text collate "C" not null,
    sidecars text not null,
    constraint folders_pkey primary key (path)
);

create table scanner.roots (
    path text not null,
    warning text,
    updated_at timestamptz not null default now(),
    constraint roots_pkey primary key (path)
);

create table scanner.files (
    path text collate "C" not null,
    size bigint not null,
    mtime_ns bigint not null,
    inode bigint not null,
    mount text,
    content_id text,
    parsed jsonb,
    kind text,
    title_key text,
    show_id bigint,
    pinned boolean not null default false,
    chosen_episodes jsonb,
    rendering text,
    part integer,
    version integer not null default 1,
    video_id uuid,
    state text not null default 'found',
    error text,
    moved_from text,
    relink boolean not null default false,
    duration double precision,
    probed_at timestamptz,
    probe_error text,
    missing_since timestamptz,
    updated_at timestamptz not null default now(),
    constraint files_pkey primary key (path),
    constraint files_show_id_fkey foreign key (show_id) references scanner.shows(id),
    constraint files_kind_check check ((kind = any (array['movie'::text, 'episode'::text, 'extra'::text]))),
    constraint files_state_check check ((state = any (array['found'::text, 'registered'::text, 'identified'::text, 'ignored'::text, 'failed'::text])))
);
create index files_content on scanner.files (content_id);
create index files_extras on scanner.files (title_key) where (kind = 'extra'::text);
create index files_inode on scanner.files (inode);
create index files_show on scanner.files (show_id);
create index files_unprobed on scanner.files (updated_at) where ((probed_at is null) and (video_id is not null) and (missing_since is null));
create index files_updated on scanner.files (updated_at);
create index files_video on scanner.files (video_id);
create unique index files_rendering on scanner.files (rendering, part, version) nulls not distinct where (rendering is not null);

create table scanner.requests (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    kind text not null,
    title text not null,
    year integer,
    external_id jsonb not null default '{}',
    videos jsonb not null default '[]'::jsonb,
    status text not null default 'pending',
    error jsonb,
    show_id bigint not null,
    started_at timestamptz,
    created_at timestamptz not null default now(),
    constraint requests_pkey primary key (pk),
    constraint requests_id_key unique (id),
    constraint requests_show_id_key unique (show_id),
    constraint requests_show_id_fkey foreign key (show_id) references scanner.shows(id) on delete cascade,
    constraint requests_kind_check check ((kind = any (array['episode'::text, 'movie'::text]))),
    constraint requests_status_check check ((status = any (array['pending'::text, 'running'::text, 'failed'::text])))
);
create index requests_status on scanner.requests (status, pk);

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
