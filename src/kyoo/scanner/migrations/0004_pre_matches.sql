-- Which title of the services each show is, or who it may be.

create table scanner.matches (
    show_id bigint not null,
    ids jsonb not null default '{}',
    language text,
    why text not null,
    candidates jsonb not null default '[]',
    evidence text not null,
    dismissed boolean not null default false,
    searched_at timestamptz not null default now(),
    constraint matches_pkey primary key (show_id),
    constraint matches_show_id_fkey foreign key (show_id) references scanner.shows(id) on delete cascade
);
create index matches_unsure on scanner.matches (show_id) where ids = '{}' and not dismissed;
