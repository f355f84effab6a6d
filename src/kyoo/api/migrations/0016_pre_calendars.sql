-- Calendars of new episodes, one of each user, and which episodes followers were told of.

create table api.calendars (
    profile_pk bigint not null,
    token_hash bytea not null,
    languages text[] not null default '{}'::text[],
    created_at timestamptz not null default now(),
    constraint calendars_pkey primary key (profile_pk),
    constraint calendars_token_hash_key unique (token_hash),
    constraint calendars_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade
);

create table api.announced (
    entry_pk bigint not null,
    at timestamptz not null default now(),
    constraint announced_pkey primary key (entry_pk)
);
create index announced_at_idx on api.announced (at);
