-- The files of the library, the shows they belong to, and the metadata requests.

create table scanner.shows (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('movie', 'serie')),
    title text not null,
    year integer,
    external_ids jsonb not null default '{}',
    -- What the api calls it; only reserved until `api_id` says that it is seeded there.
    slug text,
    api_id uuid,
    -- The air date it was seeded with: the api tells shows of one slug apart by it, so it must not change.
    seeded_air date,
    -- Slugs of api shows that this one takes the place of (a remap); removed once this one is seeded.
    replaces text[] not null default '{}',
    created_at timestamptz not null default now()
);
create unique index shows_slug on scanner.shows (kind, slug) where slug is not null;
create index shows_external_ids on scanner.shows using gin (external_ids);

-- Every name a show goes by in file names; a remap points the old names at the new show.
create table scanner.show_titles (
    kind text not null check (kind in ('movie', 'serie')),
    title_key text not null,
    year integer,
    show_id bigint not null references scanner.shows on delete cascade,
    unique nulls not distinct (kind, title_key, year)
);
create index show_titles_show on scanner.show_titles (show_id);

create table scanner.files (
    -- Compared by bytes, so that a folder is one range of the index.
    path text collate "C" primary key,
    size bigint not null,
    mtime_ns bigint not null,
    inode bigint not null,
    -- The mounted volume that holds it, unless that is the root of the machine.
    mount text,
    content_id text,
    parsed jsonb,
    kind text check (kind in ('movie', 'episode', 'extra')),
    title_key text,
    show_id bigint references scanner.shows,
    -- Whether a person chose the show (a remap or an added request): a scan never changes it.
    pinned boolean not null default false,
    -- Overrides the numbers of the name: [[season, episode], …], chosen by a person.
    chosen_episodes jsonb,
    rendering text,
    part integer,
    version integer not null default 1,
    video_id uuid,
    state text not null default 'found'
        check (state in ('found', 'registered', 'identified', 'ignored', 'failed')),
    error text,
    -- The path the api still knows it by, after a rename.
    moved_from text,
    -- Whether its links in the api must be replaced, not extended.
    relink boolean not null default false,
    duration double precision,
    probed_at timestamptz,
    probe_error text,
    missing_since timestamptz,
    updated_at timestamptz not null default now()
);
create unique index files_rendering on scanner.files (rendering, part, version) nulls not distinct
    where rendering is not null;
create index files_content on scanner.files (content_id);
create index files_inode on scanner.files (inode);
create index files_show on scanner.files (show_id);
create index files_video on scanner.files (video_id);
create index files_extras on scanner.files (title_key) where kind = 'extra';
create index files_unprobed on scanner.files (updated_at)
    where probed_at is null and video_id is not null and missing_since is null;
create index files_updated on scanner.files (updated_at);

-- What lies beside the videos (.nfo files, pictures), as one fingerprint a folder; folders without any have no row.
create table scanner.folders (
    path text collate "C" primary key,
    sidecars text not null
);

-- What the administrator must know of a library root.
create table scanner.roots (
    path text primary key,
    warning text,
    updated_at timestamptz not null default now()
);

create table scanner.requests (
    pk bigint generated always as identity primary key,
    id uuid not null unique default gen_random_uuid(),
    kind text not null check (kind in ('episode', 'movie')),
    title text not null,
    year integer,
    external_id jsonb not null default '{}',
    videos jsonb not null default '[]',
    status text not null default 'pending' check (status in ('pending', 'running', 'failed')),
    error jsonb,
    -- One request a show; shows are told apart by title and year, or by the ids in their names.
    show_id bigint not null unique references scanner.shows on delete cascade,
    started_at timestamptz,
    created_at timestamptz not null default now()
);
create index requests_status on scanner.requests (status, pk);
