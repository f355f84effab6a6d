-- What people bring from elsewhere: files, other servers. The titles stay until the import is deleted, so that it can be
-- repeated, and what the library lacks can be taken when it comes.

create table api.imports (
    id uuid not null default gen_random_uuid(),
    profile_pk bigint not null,
    source text not null,
    name text not null,
    state text not null default 'ready',
    rule text not null default 'merge',
    dry_run boolean not null default true,
    taken boolean not null default false,
    limits jsonb not null default '{}'::jsonb,
    titles integer not null default 0,
    plays integer not null default 0,
    counts jsonb not null default '{}'::jsonb,
    changes jsonb not null default '[]'::jsonb,
    unmatched jsonb not null default '[]'::jsonb,
    reason text,
    created_at timestamptz not null default now(),
    ended_at timestamptz,
    looked_at timestamptz,
    constraint imports_pkey primary key (id),
    constraint imports_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade,
    constraint imports_rule_check check ((rule = any (array['merge'::text, 'theirs'::text, 'ours'::text]))),
    constraint imports_state_check check ((state = any (array['ready'::text, 'queued'::text, 'running'::text, 'done'::text, 'failed'::text])))
);
create index imports_profile_pk_created_at_idx on api.imports (profile_pk, created_at);

create table api.import_titles (
    import_id uuid not null,
    "position" integer not null,
    title jsonb not null,
    matched boolean,
    constraint import_titles_pkey primary key (import_id, "position"),
    constraint import_titles_import_id_fkey foreign key (import_id) references api.imports(id) on delete cascade
);
create index import_titles_import_id_idx on api.import_titles (import_id) where (matched is false);
