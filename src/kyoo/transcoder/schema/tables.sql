-- The tables as they are. Made by `make tables` from what the migrations come to; nothing applies this file.

-- The transcoders that run by themselves, each of which writes its row every second (replicas.py).
create unlogged table transcoder.replicas (
    id uuid not null,
    address text not null,
    -- What the others show when they hand a request over; anybody else is not believed.
    key text not null,
    -- Who watches there, and whose encoders work: for limits that hold over all of them.
    load json not null,
    seen timestamp with time zone not null default now(),
    constraint replicas_pkey primary key (id)
);

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

-- Which of them makes the renditions of a content; worth nothing when it has been silent.
create unlogged table transcoder.leases (
    content_id text not null,
    replica uuid not null,
    constraint leases_pkey primary key (content_id),
    constraint leases_replica_fkey foreign key (replica) references transcoder.replicas(id) on delete cascade
);
create index leases_replica on transcoder.leases (replica);

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
