-- The tables as they are. Made by `make tables` from what the migrations come to; nothing applies this file.

create table events.consumers (
    name text not null,
    seen bigint not null,
    constraint consumers_pkey primary key (name)
);

create table events.endings (
    session uuid not null,
    at timestamp with time zone not null default clock_timestamp(),
    constraint endings_pkey primary key (session)
);
create index endings_at on events.endings (at);

create table events.forgotten (
    id bigint not null
);

create table events.log (
    pk bigint not null generated always as identity,
    -- The place in the order of commit; null inside of the transaction alone.
    id bigint,
    topic text not null,
    type text not null,
    -- Whose own it is; null for what concerns all who may read the topic.
    owner uuid,
    -- A later event of the same value takes the place of this one.
    replaces text,
    -- The socket that caused it and need not be told.
    origin text,
    at timestamp with time zone not null default now(),
    body jsonb not null,
    constraint log_pkey primary key (pk),
    constraint log_id_key unique (id),
    constraint log_replaces_key unique (replaces)
);
