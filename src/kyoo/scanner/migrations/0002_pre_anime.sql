create table scanner.anime_lists (
    name text primary key,
    content bytea,
    etag text,
    last_modified text,
    checked_at timestamptz,
    changed_at timestamptz,
    error text
);

create table scanner.anime (
    key text primary key,
    serie text,
    record jsonb not null
);
create index anime_serie on scanner.anime (serie) where serie is not null;

create table scanner.anime_ids (
    service text not null,
    id text not null,
    key text not null references scanner.anime on delete cascade,
    primary key (service, id, key)
);
create index anime_ids_key on scanner.anime_ids (key);

create table scanner.anime_titles (
    title_key text not null,
    key text not null references scanner.anime on delete cascade,
    primary key (title_key, key)
);
create index anime_titles_key on scanner.anime_titles (key);
