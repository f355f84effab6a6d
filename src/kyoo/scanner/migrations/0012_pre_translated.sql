alter table scanner.shows add column translated jsonb not null default '{}';
