-- Screens and players that are connected now, by the sockets of all processes. Worth nothing after a crash of Postgres.
create unlogged table api.devices (
    owner uuid not null,
    id text not null,
    socket uuid not null,
    process uuid not null,
    name text not null,
    client text not null,
    state jsonb not null default '{}',
    since timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    primary key (owner, id)
);
create index devices_process on api.devices (process);
