-- Webhooks of users, which are told of what their owner does. What they want is in a column of its own: a replica of the
-- release before, which knows no owners, tells them nothing.
alter table api.webhooks
    add column profile_pk bigint,
    add column own_events text[] not null default '{}'::text[],
    add constraint webhooks_profile_pk_fkey foreign key (profile_pk) references api.profiles(pk) on delete cascade;
create index webhooks_profile_pk_idx on api.webhooks (profile_pk) where (profile_pk is not null);
