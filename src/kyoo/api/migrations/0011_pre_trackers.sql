-- The lists that people keep elsewhere: their accounts there, what is still to be told, what was read of them.

create table api.tracker_applications (
    service text not null,
    client_id text not null,
    client_secret bytea,
    updated_at timestamptz not null default now(),
    constraint tracker_applications_pkey primary key (service)
);

create table api.trackers (
    pk bigint not null generated always as identity,
    profile_pk bigint not null,
    service text not null,
    account text,
    secrets bytea,
    expires_at timestamptz,
    mode text not null default 'both',
    scrobble boolean not null default true,
    unwatch boolean not null default false,
    scores boolean not null default true,
    since timestamptz not null default now(),
    last_sync timestamptz,
    next_sync timestamptz,
    activities jsonb not null default '{}'::jsonb,
    error_at timestamptz,
    error_code text,
    error text,
    leased_until timestamptz not null default '-infinity',
    served_at timestamptz not null default '-infinity',
    constraint trackers_pkey primary key (pk),
    constraint trackers_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade,
    constraint trackers_profile_pk_service_key unique (profile_pk, service),
    constraint trackers_mode_check check ((mode = any (array['both'::text, 'out'::text, 'in'::text, 'off'::text])))
);
create index trackers_next_sync_idx on api.trackers (next_sync) where (next_sync is not null);

create table api.tracker_logins (
    state_hash bytea not null,
    profile_pk bigint not null,
    service text not null,
    browser_hash bytea not null,
    redirect text not null default '',
    secrets bytea not null,
    poll_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint tracker_logins_pkey primary key (state_hash),
    constraint tracker_logins_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade
);
create index tracker_logins_profile_pk_service_idx on api.tracker_logins (profile_pk, service);
create index tracker_logins_expires_at_idx on api.tracker_logins (expires_at);

create table api.tracker_outbox (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    tracker_pk bigint not null,
    item uuid not null,
    show_pk bigint,
    entry_pk bigint,
    what text not null,
    facts jsonb not null,
    urgent boolean not null default false,
    state text not null default 'waiting',
    tries integer not null default 0,
    code text,
    reason text,
    sent_at timestamptz,
    next_try timestamptz not null default now(),
    created_at timestamptz not null default now(),
    constraint tracker_outbox_pkey primary key (pk),
    constraint tracker_outbox_id_key unique (id),
    constraint tracker_outbox_tracker_pk_fkey foreign key (tracker_pk) references api.trackers(pk) on delete cascade,
    constraint tracker_outbox_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete set null,
    constraint tracker_outbox_entry_pk_fkey foreign key (entry_pk) references api.entries(pk) on delete set null,
    constraint tracker_outbox_state_check check ((state = any (array['waiting'::text, 'failed'::text])))
);
create index tracker_outbox_tracker_pk_pk_idx on api.tracker_outbox (tracker_pk, pk);
create index tracker_outbox_tracker_pk_item_pk_idx on api.tracker_outbox (tracker_pk, item, pk) where (state = 'waiting'::text);
create index tracker_outbox_next_try_idx on api.tracker_outbox (next_try) where (state = 'waiting'::text);
create index tracker_outbox_show_pk_idx on api.tracker_outbox (show_pk) where (show_pk is not null);
create index tracker_outbox_entry_pk_idx on api.tracker_outbox (entry_pk) where (entry_pk is not null);

create table api.tracker_budgets (
    service text not null,
    subject text not null,
    next_at timestamptz not null default '-infinity',
    blocked_until timestamptz not null default '-infinity',
    spacing double precision,
    day date not null default current_date,
    used integer not null default 0,
    constraint tracker_budgets_pkey primary key (service, subject)
);

create table api.tracker_bases (
    tracker_pk bigint not null,
    show_pk bigint not null,
    base jsonb not null,
    constraint tracker_bases_pkey primary key (tracker_pk, show_pk),
    constraint tracker_bases_tracker_pk_fkey foreign key (tracker_pk) references api.trackers(pk) on delete cascade,
    constraint tracker_bases_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete cascade
);
create index tracker_bases_show_pk_idx on api.tracker_bases (show_pk);

create table api.tracker_imports (
    id uuid not null default gen_random_uuid(),
    tracker_pk bigint not null,
    rule text not null,
    dry_run boolean not null,
    state text not null default 'queued',
    counts jsonb not null default '{}'::jsonb,
    changes jsonb not null default '[]'::jsonb,
    unmatched jsonb not null default '[]'::jsonb,
    reason text,
    created_at timestamptz not null default now(),
    ended_at timestamptz,
    constraint tracker_imports_pkey primary key (id),
    constraint tracker_imports_tracker_pk_fkey foreign key (tracker_pk) references api.trackers(pk) on delete cascade,
    constraint tracker_imports_rule_check check ((rule = any (array['merge'::text, 'theirs'::text, 'ours'::text]))),
    constraint tracker_imports_state_check check ((state = any (array['queued'::text, 'running'::text, 'done'::text, 'failed'::text])))
);
create index tracker_imports_tracker_pk_created_at_idx on api.tracker_imports (tracker_pk, created_at);
