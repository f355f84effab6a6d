-- What users watched, listed and hid.

create table api.profiles (
    pk bigint not null generated always as identity,
    id uuid not null,
    created_at timestamptz not null default now(),
    constraint profiles_pkey primary key (pk),
    constraint profiles_id_key unique (id)
);

create table api.hidden (
    profile_pk bigint not null,
    show_pk bigint not null,
    "row" text not null,
    created_at timestamptz not null default now(),
    constraint hidden_pkey primary key (profile_pk, show_pk, "row"),
    constraint hidden_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade,
    constraint hidden_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete cascade,
    constraint hidden_row_check check (("row" = any (array['nextup'::text, 'news'::text, 'random'::text, 'recommendations'::text])))
);
create index hidden_show_pk_idx on api.hidden (show_pk);

create table api.watchlist (
    profile_pk bigint not null,
    show_pk bigint not null,
    status api.watch_status not null,
    score smallint,
    seen_count integer not null default 0,
    next_entry_pk bigint,
    started_at timestamptz,
    last_played_at timestamptz,
    completed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    seen_since timestamptz,
    set_aside_at timestamptz,
    constraint watchlist_pkey primary key (profile_pk, show_pk),
    constraint watchlist_next_entry_pk_fkey foreign key (next_entry_pk) references api.entries(pk) on delete set null,
    constraint watchlist_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade,
    constraint watchlist_show_pk_fkey foreign key (show_pk) references api.shows(pk) on delete cascade,
    constraint watchlist_score_check check (((score >= 0) and (score <= 100)))
);
create index watchlist_next_entry_pk_idx on api.watchlist (next_entry_pk) where (next_entry_pk is not null);
create index watchlist_profile_pk_last_played_at_show_pk_idx on api.watchlist (profile_pk, last_played_at desc nulls last, show_pk) where (next_entry_pk is not null);
create index watchlist_profile_pk_score_show_pk_idx on api.watchlist (profile_pk, score, show_pk);
create index watchlist_profile_pk_score_show_pk_idx1 on api.watchlist (profile_pk, score desc nulls last, show_pk);
create index watchlist_profile_pk_status_show_pk_idx on api.watchlist (profile_pk, status, show_pk);
create index watchlist_profile_pk_status_show_pk_idx1 on api.watchlist (profile_pk, status desc, show_pk);
create index watchlist_show_pk_idx on api.watchlist (show_pk);

create table api.history (
    pk bigint not null generated always as identity,
    profile_pk bigint not null,
    entry_pk bigint not null,
    video_pk bigint,
    percent smallint not null,
    "time" integer not null default 0,
    external boolean not null default false,
    played_date timestamptz not null default now(),
    constraint history_pkey primary key (pk),
    constraint history_entry_pk_fkey foreign key (entry_pk) references api.entries(pk) on delete cascade,
    constraint history_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade,
    constraint history_video_pk_fkey foreign key (video_pk) references api.videos(pk) on delete set null,
    constraint history_percent_check check (((percent >= 0) and (percent <= 100))),
    constraint history_time_check check (("time" >= 0))
);
create index history_entry_pk_idx on api.history (entry_pk);
create index history_profile_pk_entry_pk_played_date_pk_idx on api.history (profile_pk, entry_pk, played_date desc, pk desc);
create index history_profile_pk_pk_idx on api.history (profile_pk, pk);
create index history_profile_pk_played_date_pk_idx on api.history (profile_pk, played_date desc, pk);
create index history_profile_pk_video_pk_played_date_idx on api.history (profile_pk, video_pk, played_date desc) where (video_pk is not null);
create index history_video_pk_idx on api.history (video_pk) where (video_pk is not null);
