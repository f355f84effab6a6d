-- What administrators and users do to keep accounts safe: the audit log, disabled accounts, invitations, password
-- resets, second factors, app passwords, device logins; and whom the other services are to forget.
-- Links and codes are kept as SHA-256. A TOTP secret cannot be hashed: the server needs it to compute codes.

alter table auth.users add column disabled boolean not null default false;

-- Actors and targets are named, not referenced: an entry outlives them.
create table auth.audit (
    id uuid primary key default gen_random_uuid(),
    date timestamptz not null default clock_timestamp(),
    action text not null,
    actor_id uuid,
    actor_name text,
    target_kind text,
    target_id uuid,
    target_name text,
    address text,
    device text,
    details jsonb not null default '{}'
);
create index audit_date on auth.audit (date, id);
create index audit_action on auth.audit (action, date, id);
create index audit_actor on auth.audit (actor_id, date, id) where actor_id is not null;
create index audit_target on auth.audit (target_id, date, id) where target_id is not null;

-- Users that are gone, in the order in which their deletions were committed.
create table auth.deletions (
    number bigint generated always as identity primary key,
    user_id uuid not null,
    date timestamptz not null default clock_timestamp()
);

create table auth.invitations (
    id uuid primary key default gen_random_uuid(),
    token_hash bytea not null,
    claims jsonb not null,
    note text,
    -- null when an API key of the configuration invites
    created_by uuid references auth.users on delete cascade,
    created_date timestamptz not null default clock_timestamp(),
    expire_at timestamptz not null
);
create unique index invitations_token on auth.invitations (token_hash);
create index invitations_created on auth.invitations (created_date, id);
create index invitations_creator on auth.invitations (created_by);

create table auth.password_resets (
    token_hash bytea primary key,
    user_id uuid not null references auth.users on delete cascade,
    -- asked for by the user (by mail), not by an administrator
    by_mail boolean not null,
    created_date timestamptz not null default clock_timestamp(),
    expire_at timestamptz not null
);
create index password_resets_user on auth.password_resets (user_id, created_date);

create table auth.totp (
    user_id uuid primary key references auth.users on delete cascade,
    secret bytea not null,
    -- null until the user has shown a code
    confirmed_date timestamptz,
    -- the time step of the last code used: no code works twice
    last_step bigint not null default 0
);

create table auth.recovery_codes (
    user_id uuid not null references auth.users on delete cascade,
    code_hash bytea not null,
    primary key (user_id, code_hash)
);

create table auth.passkeys (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users on delete cascade,
    credential_id bytea not null,
    public_key bytea not null,
    sign_count bigint not null,
    transports text[] not null default '{}',
    name text not null,
    created_date timestamptz not null default clock_timestamp(),
    last_used timestamptz
);
create unique index passkeys_credential on auth.passkeys (credential_id);
create index passkeys_user on auth.passkeys (user_id, created_date);

-- What a client has to answer: the second step of a login, the proof of a passkey.
create table auth.challenges (
    token_hash bytea primary key,
    kind text not null check (kind in ('second_factor', 'passkey_registration', 'passkey_login')),
    user_id uuid references auth.users on delete cascade,
    -- the bytes an authenticator has to sign
    nonce bytea,
    device text,
    failures integer not null default 0,
    expire_at timestamptz not null
);
create index challenges_user on auth.challenges (user_id);
create index challenges_expire on auth.challenges (expire_at);

create table auth.app_passwords (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users on delete cascade,
    name text not null,
    secret_hash bytea not null,
    created_date timestamptz not null default clock_timestamp(),
    last_used timestamptz
);
create unique index app_passwords_secret on auth.app_passwords (secret_hash);
create index app_passwords_user on auth.app_passwords (user_id, created_date);

-- The sessions that an app password opened end with it.
alter table auth.sessions add column app_password_id uuid references auth.app_passwords on delete cascade;
create index sessions_app_password on auth.sessions (app_password_id) where app_password_id is not null;
create index sessions_created on auth.sessions (created_date);

-- A device that waits for a logged-in user to let it in (RFC 8628).
create table auth.device_logins (
    device_code_hash bytea primary key,
    user_code text not null,
    device text,
    address text,
    created_date timestamptz not null default clock_timestamp(),
    expire_at timestamptz not null,
    -- seconds the device must wait between two questions
    pause integer not null,
    asked_at timestamptz,
    -- null: nobody has decided
    approved boolean,
    user_id uuid references auth.users on delete cascade
);
create unique index device_logins_user_code on auth.device_logins (user_code);
create index device_logins_user on auth.device_logins (user_id) where user_id is not null;
create index device_logins_expire on auth.device_logins (expire_at);
create index device_logins_address on auth.device_logins (address);

-- Whether a session may do anything can depend on the second factors of its user (KYOO_REQUIRE_SECOND_FACTOR).
create function auth.tell_second_factor() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_changes', 'account:' || coalesce(new.user_id, old.user_id));
    return null;
end $$;
create trigger totp_change after insert or delete or update of confirmed_date on auth.totp
    for each row execute function auth.tell_second_factor();
create trigger passkeys_change after insert or delete on auth.passkeys
    for each row execute function auth.tell_second_factor();

-- The API keys of a disabled user do not work.
create function auth.tell_keys_of_user() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_changes', 'account:' || id) from auth.api_keys where created_by = new.id;
    return null;
end $$;
create trigger users_disabled after update of disabled on auth.users for each row
    when (old.disabled is distinct from new.disabled) execute function auth.tell_keys_of_user();
