-- The services that metadata comes from: how they are, and what they answered.

create table scanner.services (
    name text not null,
    state text not null default 'unknown',
    message text,
    due timestamptz not null default now(),
    blocked_until timestamptz,
    pace double precision,
    failures integer not null default 0,
    took double precision,
    requests bigint not null default 0,
    answered_at timestamptz,
    failed_at timestamptz,
    constraint services_pkey primary key (name),
    constraint services_state_check check ((state = any (array['unknown'::text, 'ok'::text, 'slow'::text, 'limited'::text, 'down'::text, 'refused'::text])))
);

create table scanner.answers (
    key text not null,
    service text not null,
    status smallint not null,
    body bytea not null,
    etag text,
    modified text,
    fresh_until timestamptz not null,
    used_on date not null default current_date,
    constraint answers_pkey primary key (key)
);
create index answers_used on scanner.answers (used_on);
