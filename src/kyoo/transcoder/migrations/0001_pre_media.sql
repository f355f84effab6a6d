-- What is known of the content of a file, and which content a path has.

create table transcoder.media (
    id serial not null,
    content_id text not null,
    probed json not null,
    probe_version integer not null,
    extract_version integer not null default 0,
    thumbs_version integer not null default 0,
    created_at timestamptz not null default now(),
    constraint media_pkey primary key (id),
    constraint media_content_id_key unique (content_id)
);

create table transcoder.paths (
    path bytea not null,
    size bigint not null,
    mtime_ns bigint not null,
    content_id text not null,
    missing_since timestamptz,
    constraint paths_pkey primary key (path),
    constraint paths_content_id_fkey foreign key (content_id) references transcoder.media(content_id) on delete cascade
);
create index paths_content_id on transcoder.paths (content_id);
