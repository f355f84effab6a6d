-- Second factors, invitations, resets, logins of devices, and the audit log.

create table auth.audit (
    id uuid not null default gen_random_uuid(),
    date timestamptz not null default clock_timestamp(),
    action text not null,
    actor_id uuid,
    actor_name text,
    target_kind text,
    target_id uuid,
    target_name text,
    address text,
    device text,
    details jsonb not null default '{}',
    constraint audit_pkey primary key (id)
);
create index audit_action on auth.audit (action, date, id);
create index audit_actor on auth.audit (actor_id, date, id) where (actor_id is not null);
create index audit_date on auth.audit (date, id);
create index audit_target on auth.audit (target_id, date, id) where (target_id is not null);

create table auth.challenges (
    token_hash bytea not null,
    kind text not null,
    user_id uuid,
    nonce bytea,
    device text,
    failures integer not null default 0,
    expire_at timestamptz not null,
    constraint challenges_pkey primary key (token_hash),
    constraint challenges_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade,
    constraint challenges_kind_check check ((kind = any (array['second_factor'::text, 'passkey_registration'::text, 'passkey_login'::text])))
);
create index challenges_expire on auth.challenges (expire_at);
create index challenges_user on auth.challenges (user_id);

create table auth.device_logins (
    device_code_hash bytea not null,
    user_code text not null,
    device text,
    address text,
    created_date timestamptz not null default clock_timestamp(),
    expire_at timestamptz not null,
    pause integer not null,
    asked_at timestamptz,
    approved boolean,
    user_id uuid,
    constraint device_logins_pkey primary key (device_code_hash),
    constraint device_logins_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create index device_logins_address on auth.device_logins (address);
create index device_logins_expire on auth.device_logins (expire_at);
create index device_logins_user on auth.device_logins (user_id) where (user_id is not null);
create unique index device_logins_user_code on auth.device_logins (user_code);

create table auth.invitations (
    id uuid not null default gen_random_uuid(),
    token_hash bytea not null,
    claims jsonb not null,
    note text,
    created_by uuid,
    created_date timestamptz not null default clock_timestamp(),
    expire_at timestamptz not null,
    constraint invitations_pkey primary key (id),
    constraint invitations_created_by_fkey foreign key (created_by) references auth.users(id) on delete cascade
);
create index invitations_created on auth.invitations (created_date, id);
create index invitations_creator on auth.invitations (created_by);
create unique index invitations_token on auth.invitations (token_hash);

create table auth.passkeys (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    credential_id bytea not null,
    public_key bytea not null,
    sign_count bigint not null,
    transports text[] not null default '{}',
    name text not null,
    created_date timestamptz not null default clock_timestamp(),
    last_used timestamptz,
    constraint passkeys_pkey primary key (id),
    constraint passkeys_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create index passkeys_user on auth.passkeys (user_id, created_date);
create unique index passkeys_credential on auth.passkeys (credential_id);

create table auth.password_resets (
    token_hash bytea not null,
    user_id uuid not null,
    by_mail boolean not null,
    created_date timestamptz not null default clock_timestamp(),
    expire_at timestamptz not null,
    constraint password_resets_pkey primary key (token_hash),
    constraint password_resets_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create index password_resets_user on auth.password_resets (user_id, created_date);

create table auth.recovery_codes (
    user_id uuid not null,
    code_hash bytea not null,
    constraint recovery_codes_pkey primary key (user_id, code_hash),
    constraint recovery_codes_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);

create table auth.totp (
    user_id uuid not null,
    secret bytea not null,
    confirmed_date timestamptz,
    last_step bigint not null default 0,
    constraint totp_pkey primary key (user_id),
    constraint totp_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
