-- Which transcoders run, and which of them makes the renditions of a file. What a crash of Postgres empties is written
-- again within a second.

create unlogged table transcoder.replicas (
    id uuid not null,
    address text not null,
    key text not null,
    load json not null,
    seen timestamptz not null default now(),
    constraint replicas_pkey primary key (id)
);

create unlogged table transcoder.leases (
    content_id text not null,
    replica uuid not null,
    constraint leases_pkey primary key (content_id),
    constraint leases_replica_fkey foreign key (replica) references transcoder.replicas(id) on delete cascade
);
create index leases_replica on transcoder.leases (replica);
