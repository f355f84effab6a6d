-- The tables as they are. Made by `make tables` from what the migrations come to; nothing applies this file.

create table auth.users (
    id uuid not null default gen_random_uuid(),
    username text not null,
    email text not null,
    -- argon2id; null when the account has no password of its own
    password text,
    claims jsonb not null default '{}'::jsonb,
    created_date timestamp with time zone not null default clock_timestamp(),
    last_seen timestamp with time zone not null default clock_timestamp(),
    disabled boolean not null default false,
    constraint users_pkey primary key (id)
);
create index users_created on auth.users (created_date, id);
create unique index users_email on auth.users (lower(email));
create unique index users_username on auth.users (username);

-- How many attempts were made lately, as one moment per subject: `until` moves ahead with each attempt and time catches up with it. Losing this table in a crash only forgives some attempts.
create unlogged table auth.attempts (
    -- SHA-256 of an account or an address
    subject bytea not null,
    until timestamp with time zone not null,
    constraint attempts_pkey primary key (subject)
);
create index attempts_until on auth.attempts (until);

-- Actors and targets are named, not referenced: an entry outlives them.
create table auth.audit (
    id uuid not null default gen_random_uuid(),
    date timestamp with time zone not null default clock_timestamp(),
    action text not null,
    actor_id uuid,
    actor_name text,
    target_kind text,
    target_id uuid,
    target_name text,
    address text,
    device text,
    details jsonb not null default '{}'::jsonb,
    constraint audit_pkey primary key (id)
);
create index audit_action on auth.audit (action, date, id);
create index audit_actor on auth.audit (actor_id, date, id) where (actor_id is not NULL);
create index audit_date on auth.audit (date, id);
create index audit_target on auth.audit (target_id, date, id) where (target_id is not NULL);

-- Users that are gone, in the order in which their deletions were committed.
create table auth.deletions (
    number bigint not null generated always as identity,
    user_id uuid not null,
    date timestamp with time zone not null default clock_timestamp(),
    constraint deletions_pkey primary key (number)
);

-- A login at a provider that is under way, for minutes.
create table auth.oidc_logins (
    id uuid not null default gen_random_uuid(),
    -- SHA-256 of what the provider, and then the client, brings back
    token_hash bytea not null,
    -- SHA-256 of the cookie of the browser that began it
    browser_hash bytea not null,
    provider text not null,
    tenant text not null,
    redirect_url text not null,
    -- proves to the provider that who redeems the code is who asked for it (RFC 7636)
    verifier text not null,
    nonce text not null,
    code text,
    created_at timestamp with time zone not null default clock_timestamp(),
    constraint oidc_logins_pkey primary key (id)
);
create index oidc_logins_created on auth.oidc_logins (created_at);
create unique index oidc_logins_token on auth.oidc_logins (token_hash);

create table auth.signing_keys (
    kid text not null,
    algorithm text not null,
    private_pem text not null,
    created_at timestamp with time zone not null default clock_timestamp(),
    -- A new key is published before it signs, so that every verifier knows it by then.
    signs_from timestamp with time zone not null default clock_timestamp(),
    constraint signing_keys_pkey primary key (kid)
);

create table auth.api_keys (
    id uuid not null default gen_random_uuid(),
    name text not null,
    token_hash bytea not null,
    claims jsonb not null default '{}'::jsonb,
    created_by uuid,
    created_at timestamp with time zone not null default clock_timestamp(),
    last_used timestamp with time zone not null default clock_timestamp(),
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
    created_date timestamp with time zone not null default clock_timestamp(),
    last_used timestamp with time zone,
    constraint app_passwords_pkey primary key (id),
    constraint app_passwords_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create index app_passwords_user on auth.app_passwords (user_id, created_date);
create unique index app_passwords_secret on auth.app_passwords (secret_hash);

-- What a client has to answer: the second step of a login, the proof of a passkey.
create table auth.challenges (
    token_hash bytea not null,
    kind text not null,
    user_id uuid,
    -- the bytes an authenticator has to sign
    nonce bytea,
    device text,
    failures integer not null default 0,
    expire_at timestamp with time zone not null,
    constraint challenges_pkey primary key (token_hash),
    constraint challenges_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade,
    constraint challenges_kind_check check ((kind = any (array['second_factor'::text, 'passkey_registration'::text, 'passkey_login'::text])))
);
create index challenges_expire on auth.challenges (expire_at);
create index challenges_user on auth.challenges (user_id);

-- A device that waits for a logged-in user to let it in (RFC 8628).
create table auth.device_logins (
    device_code_hash bytea not null,
    user_code text not null,
    device text,
    address text,
    created_date timestamp with time zone not null default clock_timestamp(),
    expire_at timestamp with time zone not null,
    -- seconds the device must wait between two questions
    pause integer not null,
    asked_at timestamp with time zone,
    -- null: nobody has decided
    approved boolean,
    user_id uuid,
    constraint device_logins_pkey primary key (device_code_hash),
    constraint device_logins_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create index device_logins_address on auth.device_logins (address);
create index device_logins_expire on auth.device_logins (expire_at);
create index device_logins_user on auth.device_logins (user_id) where (user_id is not NULL);
create unique index device_logins_user_code on auth.device_logins (user_code);

-- A user's consent to log in at another instance, until that instance redeems it within a minute.
create table auth.federation_codes (
    -- SHA-256
    code_hash bytea not null,
    user_id uuid not null,
    client text not null,
    redirect_url text not null,
    challenge text not null,
    nonce text,
    created_at timestamp with time zone not null default clock_timestamp(),
    constraint federation_codes_pkey primary key (code_hash),
    constraint federation_codes_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create index federation_codes_created on auth.federation_codes (created_at);
create index federation_codes_user on auth.federation_codes (user_id);

create table auth.invitations (
    id uuid not null default gen_random_uuid(),
    token_hash bytea not null,
    claims jsonb not null,
    note text,
    -- null when an API key of the configuration invites
    created_by uuid,
    created_date timestamp with time zone not null default clock_timestamp(),
    expire_at timestamp with time zone not null,
    constraint invitations_pkey primary key (id),
    constraint invitations_created_by_fkey foreign key (created_by) references auth.users(id) on delete cascade
);
create index invitations_created on auth.invitations (created_date, id);
create index invitations_creator on auth.invitations (created_by);
create unique index invitations_token on auth.invitations (token_hash);

-- An account elsewhere that logs in as a user.
create table auth.oidc_links (
    user_id uuid not null,
    provider text not null,
    external_id text not null,
    username text not null,
    profile_url text,
    created_at timestamp with time zone not null default clock_timestamp(),
    constraint oidc_links_pkey primary key (user_id, provider),
    constraint oidc_links_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create unique index oidc_links_external on auth.oidc_links (provider, external_id);

create table auth.passkeys (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    credential_id bytea not null,
    public_key bytea not null,
    sign_count bigint not null,
    transports text[] not null default '{}'::text[],
    name text not null,
    created_date timestamp with time zone not null default clock_timestamp(),
    last_used timestamp with time zone,
    constraint passkeys_pkey primary key (id),
    constraint passkeys_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create index passkeys_user on auth.passkeys (user_id, created_date);
create unique index passkeys_credential on auth.passkeys (credential_id);

create table auth.password_resets (
    token_hash bytea not null,
    user_id uuid not null,
    -- asked for by the user (by mail), not by an administrator
    by_mail boolean not null,
    created_date timestamp with time zone not null default clock_timestamp(),
    expire_at timestamp with time zone not null,
    constraint password_resets_pkey primary key (token_hash),
    constraint password_resets_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create index password_resets_user on auth.password_resets (user_id, created_date);

create table auth.pictures (
    user_id uuid not null,
    -- the object in the picture store; a new upload gets a new name
    object text not null,
    content_type text not null,
    etag text not null,
    created_at timestamp with time zone not null default clock_timestamp(),
    constraint pictures_pkey primary key (user_id),
    constraint pictures_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);

create table auth.recovery_codes (
    user_id uuid not null,
    code_hash bytea not null,
    constraint recovery_codes_pkey primary key (user_id, code_hash),
    constraint recovery_codes_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);

create table auth.totp (
    user_id uuid not null,
    secret bytea not null,
    -- null until the user has shown a code
    confirmed_date timestamp with time zone,
    -- the time step of the last code used: no code works twice
    last_step bigint not null default 0,
    constraint totp_pkey primary key (user_id),
    constraint totp_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);

-- No two users have names that look the same. Who has one already, from before, keeps it.
create table auth.username_looks (
    -- SHA-256 of what a name looks like (usernames.py); a name has one or two
    look bytea not null,
    user_id uuid not null,
    constraint username_looks_pkey primary key (look),
    constraint username_looks_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create index username_looks_user on auth.username_looks (user_id);

create table auth.sessions (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    token_hash bytea not null,
    created_date timestamp with time zone not null default clock_timestamp(),
    last_used timestamp with time zone not null default clock_timestamp(),
    -- the label given by the client, else its User-Agent
    device text,
    -- The sessions that an app password opened end with it.
    app_password_id uuid,
    -- Who lets a device in does not prove, on that device, who they are.
    by_device_login boolean not null default false,
    constraint sessions_pkey primary key (id),
    constraint sessions_app_password_id_fkey foreign key (app_password_id) references auth.app_passwords(id) on delete cascade,
    constraint sessions_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create index sessions_app_password on auth.sessions (app_password_id) where (app_password_id is not NULL);
create index sessions_created on auth.sessions (created_date);
create index sessions_last_used on auth.sessions (last_used);
create index sessions_user on auth.sessions (user_id, last_used);
create unique index sessions_token on auth.sessions (token_hash);
