create table scanner.episode_orders (
    show_id bigint primary key references scanner.shows on delete cascade,
    provider text,
    name text,
    episodes jsonb not null default '[]',
    chosen_at timestamptz not null default now()
);

alter table scanner.shows add column reordered boolean not null default false;
