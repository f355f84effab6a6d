-- How many websockets each process has open of each user, or guest's address. Worth nothing after a crash of Postgres.
create unlogged table api.open_sockets (
    owner text not null,
    process uuid not null,
    sockets integer not null,
    seen_at timestamptz not null default now(),
    primary key (owner, process)
);
create index open_sockets_process on api.open_sockets (process);
