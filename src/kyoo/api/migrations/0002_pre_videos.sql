-- Files, the entries that they hold, their editions and the libraries that they lie in.

create table api.editions (
    rendering text not null,
    name text not null,
    updated_at timestamptz not null default now(),
    constraint editions_pkey primary key (rendering),
    constraint editions_rendering_check check ((rendering ~ '^[a-z0-9-]+$'::text))
);

create table api.libraries (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    slug text not null,
    name text not null,
    path text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    gathered boolean not null default true,
    constraint libraries_pkey primary key (pk),
    constraint libraries_id_key unique (id),
    constraint libraries_slug_key unique (slug),
    constraint libraries_path_check check (((path ~~ '/%'::text) and (path !~~ '%/'::text))),
    constraint libraries_slug_check check ((slug ~ '^[a-z0-9-]+$'::text))
);

create table api.videos (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    path text not null,
    rendering text not null,
    part integer,
    version integer not null default 1,
    guess jsonb not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    linked boolean not null default false,
    words tsvector generated always as (array_to_tsvector(api.search_split(api.search_fold(path)))) stored,
    min_age smallint,
    left_show_pk bigint,
    constraint videos_pkey primary key (pk),
    constraint videos_id_key unique (id),
    constraint videos_path_key unique (path),
    constraint videos_rendering_part_version_key unique nulls not distinct (rendering, part, version),
    constraint videos_left_show_pk_fkey foreign key (left_show_pk) references api.shows(pk) on delete set null,
    constraint videos_part_check check ((part >= 0)),
    constraint videos_rendering_check check ((rendering ~ '^[a-z0-9-]+$'::text)),
    constraint videos_version_check check ((version >= 0))
);
create index videos_created_at_pk_idx on api.videos (created_at, pk);
create index videos_created_at_pk_idx1 on api.videos (created_at desc, pk);
create index videos_created_at_pk_idx2 on api.videos (created_at, pk) where (not linked);
create index videos_created_at_pk_idx3 on api.videos (created_at desc, pk) where (not linked);
create index videos_expr_idx on api.videos (((guess ->> 'title'::text)));
create index videos_expr_path_pk_idx on api.videos (((guess ->> 'title'::text)), path, pk);
create index videos_left_show_pk_idx on api.videos (left_show_pk) where (left_show_pk is not null);
create index videos_path_pk_idx on api.videos (path, pk);
create index videos_path_pk_idx1 on api.videos (path desc, pk);
create index videos_path_pk_idx2 on api.videos (path, pk) where (not linked);
create index videos_path_pk_idx3 on api.videos (path desc, pk) where (not linked);
create index videos_words_idx on api.videos using gin (words) with (gin_pending_list_limit='256');

create table api.entry_videos (
    entry_pk bigint not null,
    video_pk bigint not null,
    slug text not null,
    suffixed boolean not null default false,
    created_at timestamptz not null default clock_timestamp(),
    constraint entry_videos_pkey primary key (entry_pk, video_pk),
    constraint entry_videos_slug_key unique (slug),
    constraint entry_videos_entry_pk_fkey foreign key (entry_pk) references api.entries(pk) on delete cascade,
    constraint entry_videos_video_pk_fkey foreign key (video_pk) references api.videos(pk) on delete cascade
);
create index entry_videos_video_pk_idx on api.entry_videos (video_pk);
