-- Rooms in which several people watch the same video together (realtime.md, "Watch party").
create table api.rooms (
    id uuid primary key default gen_random_uuid(),
    slug text not null unique,
    link text not null,
    video_pk bigint not null references api.videos (pk) on delete cascade,
    guests boolean not null,
    control text not null check (control in ('everyone', 'host')),
    owner uuid not null,
    host text not null,
    limits jsonb not null default '{}',
    paused boolean not null default true,
    position double precision not null default 0,
    rate double precision not null default 1,
    at timestamptz not null default clock_timestamp(),
    by text not null default '',
    version integer not null default 0,
    wanted boolean not null default false,
    waits_since timestamptz,
    empty_since timestamptz default now(),
    created_at timestamptz not null default now()
);
create index rooms_video on api.rooms (video_pk);
create index rooms_owner on api.rooms (owner);

create table api.room_members (
    room uuid not null references api.rooms (id) on delete cascade,
    id text not null,
    name text not null,
    key uuid,
    ready boolean not null default false,
    buffering boolean not null default false,
    socket uuid,
    process uuid,
    seen_at timestamptz,
    left_at timestamptz,
    joined_at timestamptz not null default clock_timestamp(),
    primary key (room, id)
);
create index room_members_process on api.room_members (process) where socket is not null;

create table api.room_messages (
    pk bigint generated always as identity primary key,
    room uuid not null references api.rooms (id) on delete cascade,
    by text not null,
    kind text not null check (kind in ('chat', 'reaction')),
    text text not null,
    at timestamptz not null default clock_timestamp()
);
create index room_messages_room on api.room_messages (room, pk);
