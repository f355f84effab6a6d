-- The tables as they are. Made by `make tables` from what the migrations come to; nothing applies this file.

-- One row per content, whatever it is called and however often it is there.
create table transcoder.media (
    id serial not null,
    content_id text not null,
    -- The probe's result (kyoo.transcoder.models.media.Media); json and not jsonb: it is read back whole, byte for byte.
    probed json not null,
    -- The code version that made each part; 0 = not made yet.
    probe_version integer not null,
    extract_version integer not null default 0,
    thumbs_version integer not null default 0,
    created_at timestamp with time zone not null default now(),
    constraint media_pkey primary key (id),
    constraint media_content_id_key unique (content_id)
);

-- Which content a path had when it was last looked at. Paths are bytes: file names need not be UTF-8.
create table transcoder.paths (
    path bytea not null,
    size bigint not null,
    mtime_ns bigint not null,
    content_id text not null,
    -- Since when a file is not found at its path any more; what was made of its content is kept for a while (collecting.py).
    missing_since timestamp with time zone,
    constraint paths_pkey primary key (path),
    constraint paths_content_id_fkey foreign key (content_id) references transcoder.media(content_id) on delete cascade
);
create index paths_content_id on transcoder.paths (content_id);
