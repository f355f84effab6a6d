-- What providers say of each show, and which of their titles it was found to be.

create table scanner.records (
    show_id bigint not null,
    provider text not null,
    id text not null,
    record jsonb not null,
    fetched_at timestamptz not null default now(),
    constraint records_pkey primary key (show_id, provider),
    constraint records_show_id_fkey foreign key (show_id) references scanner.shows(id) on delete cascade
);

create table scanner.matches (
    show_id bigint not null,
    state text not null,
    why text not null default '',
    ids jsonb not null default '{}',
    candidates jsonb not null default '[]',
    asked text not null default '',
    failed text[] not null default '{}',
    tried_at timestamptz not null default now(),
    constraint matches_pkey primary key (show_id),
    constraint matches_show_id_fkey foreign key (show_id) references scanner.shows(id) on delete cascade,
    constraint matches_state_check check ((state = any (array['sure'::text, 'unsure'::text, 'chosen'::text])))
);
create index matches_unsure on scanner.matches (tried_at) where (state = 'unsure'::text);
