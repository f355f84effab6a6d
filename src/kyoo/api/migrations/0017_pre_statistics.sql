-- Sums of what people watched, by quarters of an hour, so that days can be those of any time zone; what is under way, to
-- go on adding; and how much of it was encoded. What was played before is counted once, as far as it had come.

create table api.watched (
    profile_pk bigint not null,
    entry_pk bigint not null,
    quarter timestamptz not null,
    seconds integer not null default 0,
    finished integer not null default 0,
    constraint watched_pkey primary key (profile_pk, entry_pk, quarter),
    constraint watched_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade
);
create index watched_entry_pk_idx on api.watched (entry_pk);
create index watched_quarter_idx on api.watched (quarter);
create index watched_profile_pk_quarter_idx on api.watched (profile_pk, quarter);

create table api.watching (
    profile_pk bigint not null,
    entry_pk bigint not null,
    position integer not null,
    paused boolean not null,
    at timestamptz not null,
    constraint watching_pkey primary key (profile_pk, entry_pk),
    constraint watching_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade
);
create index watching_entry_pk_idx on api.watching (entry_pk);
create index watching_at_idx on api.watching (at);

create table api.encoded (
    profile_pk bigint,
    quarter timestamptz not null,
    what text not null,
    seconds integer not null,
    constraint encoded_profile_pk_quarter_what_key unique nulls not distinct (profile_pk, quarter, what),
    constraint encoded_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade,
    constraint encoded_what_check check ((what = any (array['video'::text, 'audio'::text])))
);
create index encoded_quarter_idx on api.encoded (quarter);

create table api.encoding (
    stream text not null,
    client text not null,
    profile_pk bigint,
    what text not null,
    since timestamptz not null,
    constraint encoding_pkey primary key (stream, client),
    constraint encoding_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade
);
create index encoding_profile_pk_idx on api.encoding (profile_pk);

insert into api.watched (profile_pk, entry_pk, quarter, seconds, finished)
select play.profile_pk, play.entry_pk,
    to_timestamp(floor(extract(epoch from play.played_date) / 900) * 900),
    sum(least(play.time, 86400)), count(*) filter (where play.percent >= 95)
from api.history play join api.entries entry on entry.pk = play.entry_pk
where not play.external
group by 1, 2, 3;
