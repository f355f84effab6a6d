-- Accounts, their sessions and pictures, API keys, and the keys that sign tokens (auth.md §10).
-- Secrets are kept as SHA-256 (random tokens) or argon2id (passwords), never in clear.

create table auth.users (
    id uuid primary key default gen_random_uuid(),
    username text not null,
    email text not null,
    -- argon2id; null when the account has no password of its own
    password text,
    claims jsonb not null default '{}',
    created_date timestamptz not null default clock_timestamp(),
    last_seen timestamptz not null default clock_timestamp()
);
create unique index users_username on auth.users (username);
create unique index users_email on auth.users (lower(email));
create index users_created on auth.users (created_date, id);

create table auth.sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users on delete cascade,
    token_hash bytea not null,
    created_date timestamptz not null default clock_timestamp(),
    last_used timestamptz not null default clock_timestamp(),
    -- the label given by the client, else its User-Agent
    device text
);
create unique index sessions_token on auth.sessions (token_hash);
create index sessions_user on auth.sessions (user_id, last_used);
create index sessions_last_used on auth.sessions (last_used);

create table auth.api_keys (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    token_hash bytea not null,
    claims jsonb not null default '{}',
    created_by uuid references auth.users on delete cascade,
    created_at timestamptz not null default clock_timestamp(),
    last_used timestamptz not null default clock_timestamp()
);
create unique index api_keys_name on auth.api_keys (name);
create unique index api_keys_token on auth.api_keys (token_hash);
create index api_keys_creator on auth.api_keys (created_by);
create index api_keys_last_used on auth.api_keys (last_used, id);

create table auth.pictures (
    user_id uuid primary key references auth.users on delete cascade,
    -- the object in the picture store; a new upload gets a new name
    object text not null,
    content_type text not null,
    etag text not null,
    created_at timestamptz not null default clock_timestamp()
);

create table auth.signing_keys (
    kid text primary key,
    algorithm text not null,
    private_pem text not null,
    created_at timestamptz not null default clock_timestamp()
);
