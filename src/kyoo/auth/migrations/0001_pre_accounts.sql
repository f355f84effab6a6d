-- Users, their sessions, pictures and API keys; the keys that sign tokens.

create table auth.users (
    id uuid not null default gen_random_uuid(),
    username text not null,
    email text not null,
    password text,
    claims jsonb not null default '{}',
    created_date timestamptz not null default clock_timestamp(),
    last_seen timestamptz not null default clock_timestamp(),
    disabled boolean not null default false,
    constraint users_pkey primary key (id)
);
create index users_created on auth.users (created_date, id);
create unique index users_email on auth.users (lower(email));
create unique index users_username on auth.users (username);

create unlogged table auth.attempts (
    subject bytea not null,
    until timestamptz not null,
    constraint attempts_pkey primary key (subject)
);
create index attempts_until on auth.attempts (until);

create table auth.deletions (
    number bigint not null generated always as identity,
    user_id uuid not null,
    date timestamptz not null default clock_timestamp(),
    constraint deletions_pkey primary key (number)
);

create table auth.signing_keys (
    kid text not null,
    algorithm text not null,
    private_pem text not null,
    created_at timestamptz not null default clock_timestamp(),
    signs_from timestamptz not null default clock_timestamp(),
    constraint signing_keys_pkey primary key (kid)
);

create table auth.api_keys (
    id uuid not null default gen_random_uuid(),
    name text not null,
    token_hash bytea not null,
    claims jsonb not null default '{}',
    created_by uuid,
    created_at timestamptz not null default clock_timestamp(),
    last_used timestamptz not null default clock_timestamp(),
    constraint api_keys_pkey primary key (id),
    constraint api_keys_created_by_fkey foreign key (created_by) references auth.users(id) on delete cascade
);
create index api_keys_creator on auth.api_keys (created_by);
create index api_keys_last_used on auth.api_keys (last_used, id);
create unique index api_keys_name on auth.api_keys (name);
create unique index api_keys_token on auth.api_keys (token_hash);

create table auth.app_passwords (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    name text not null,
    secret_hash bytea not null,
    created_date timestamptz not null default clock_timestamp(),
    last_used timestamptz,
    constraint app_passwords_pkey primary key (id),
    constraint app_passwords_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create index app_passwords_user on auth.app_passwords (user_id, created_date);
create unique index app_passwords_secret on auth.app_passwords (secret_hash);

create table auth.pictures (
    user_id uuid not null,
    object text not null,
    content_type text not null,
    etag text not null,
    created_at timestamptz not null default clock_timestamp(),
    constraint pictures_pkey primary key (user_id),
    constraint pictures_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);

create table auth.sessions (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    token_hash bytea not null,
    created_date timestamptz not null default clock_timestamp(),
    last_used timestamptz not null default clock_timestamp(),
    device text,
    app_password_id uuid,
    by_device_login boolean not null default false,
    constraint sessions_pkey primary key (id),
    constraint sessions_app_password_id_fkey foreign key (app_password_id) references auth.app_passwords(id) on delete cascade,
    constraint sessions_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create index sessions_app_password on auth.sessions (app_password_id) where (app_password_id is not null);
create index sessions_created on auth.sessions (created_date);
create index sessions_last_used on auth.sessions (last_used);
create index sessions_user on auth.sessions (user_id, last_used);
create unique index sessions_token on auth.sessions (token_hash);
