-- What people write themselves: names of editions.

-- The name that somebody gave to a cut; without one, the name that the file itself has (guess.raw.edition) holds.
create table api.editions (
    rendering text primary key check (rendering ~ '^[a-z0-9-]+$'),
    name text not null,
    updated_at timestamptz not null default now()
);
