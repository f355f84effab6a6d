create table scanner.film_records (
    show_id bigint not null references scanner.shows on delete cascade,
    number integer not null,
    provider text not null,
    record jsonb not null,
    fetched_at timestamptz not null default now(),
    primary key (show_id, number, provider)
);

create index matches_ids on scanner.matches using gin (ids);
