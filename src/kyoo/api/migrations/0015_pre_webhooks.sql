-- Webhooks of administrators, and what each is still to be told or was told lately.

create table api.webhooks (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    name text not null,
    form text not null,
    events text[] not null,
    private boolean not null default false,
    enabled boolean not null default true,
    origin text not null,
    secrets bytea not null,
    after bigint not null,
    failures integer not null default 0,
    failing_since timestamptz,
    paused_until timestamptz not null default '-infinity',
    reason text,
    created_at timestamptz not null default now(),
    constraint webhooks_pkey primary key (pk),
    constraint webhooks_id_key unique (id),
    constraint webhooks_form_check check ((form = any (array['json'::text, 'discord'::text, 'ntfy'::text, 'gotify'::text])))
);

create table api.webhook_deliveries (
    pk bigint not null generated always as identity,
    id uuid not null default gen_random_uuid(),
    webhook_pk bigint not null,
    type text not null,
    body jsonb not null,
    state text not null default 'waiting',
    tries integer not null default 0,
    status integer,
    reason text,
    sent_at timestamptz,
    next_try timestamptz not null default now(),
    created_at timestamptz not null default now(),
    constraint webhook_deliveries_pkey primary key (pk),
    constraint webhook_deliveries_id_key unique (id),
    constraint webhook_deliveries_webhook_pk_fkey foreign key (webhook_pk) references api.webhooks(pk) on delete cascade,
    constraint webhook_deliveries_state_check check ((state = any (array['waiting'::text, 'done'::text, 'failed'::text])))
);
create index webhook_deliveries_webhook_pk_pk_idx on api.webhook_deliveries (webhook_pk, pk);
create index webhook_deliveries_next_try_idx on api.webhook_deliveries (webhook_pk, next_try) where (state = 'waiting'::text);
