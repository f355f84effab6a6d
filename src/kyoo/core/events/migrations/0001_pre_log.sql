-- What happened, for a day, in the order of commit. Written by `events.record` (schema/log.sql) in the transaction of the fact.
create table events.log (
    pk bigint generated always as identity primary key,
    id bigint unique,
    topic text not null,
    type text not null,
    owner uuid,
    replaces text unique,
    origin text,
    at timestamptz not null default now(),
    body jsonb not null
);

create sequence events.ids;

-- Up to which id events are gone.
create table events.forgotten (id bigint not null);
insert into events.forgotten values (0);

-- Who copies events into rows of its own, and how far it has come.
create table events.consumers (
    name text primary key,
    seen bigint not null
);
