-- What people put out of their sight: a show taken out of "continue watching", shows hidden from rows of the home page.

-- When its owner took the show out of next up; it comes back when it is played again.
alter table api.watchlist add column set_aside_at timestamptz;

create table api.hidden (
    profile_pk bigint not null references api.profiles on delete cascade,
    show_pk bigint not null references api.shows on delete cascade,
    "row" text not null check ("row" in ('nextup', 'news', 'random', 'recommendations')),
    created_at timestamptz not null default now(),
    primary key (profile_pk, show_pk, "row")
);
create index on api.hidden (show_pk);
