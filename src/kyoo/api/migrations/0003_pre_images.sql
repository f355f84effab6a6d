-- Pictures to download, and where they are shown.

create table api.images (
    id text not null,
    source text not null,
    blurhash text,
    status text not null default 'pending',
    priority smallint not null default 0,
    attempts integer not null default 0,
    retry_at timestamptz not null default now(),
    error text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint images_pkey primary key (id),
    constraint images_id_check check ((id ~ '^[0-9a-f]{64}$'::text)),
    constraint images_status_check check ((status = any (array['pending'::text, 'ready'::text, 'failed'::text])))
);
create index images_priority_attempts_created_at_idx on api.images (priority, attempts, created_at) where (status <> 'ready'::text);

create table api.image_places (
    image_id text not null,
    owner text not null,
    owner_pk bigint not null,
    constraint image_places_pkey primary key (image_id, owner, owner_pk),
    constraint image_places_image_id_fkey foreign key (image_id) references api.images(id) on delete cascade,
    constraint image_places_owner_check check ((owner = any (array['show'::text, 'season'::text, 'entry'::text, 'studio'::text, 'staff'::text, 'role'::text])))
);
create index image_places_owner_owner_pk_idx on api.image_places (owner, owner_pk);
