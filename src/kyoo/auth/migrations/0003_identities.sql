-- Attempts to log in, accounts elsewhere (OpenID providers, other instances), key rotation, and the news of changes
-- that replicas send each other (auth.md §3.8, §6.1, §8).

-- How many attempts were made lately, as one moment per subject: `until` moves ahead with each attempt and time catches
-- up with it. Losing this table in a crash only forgives some attempts.
create unlogged table auth.attempts (
    -- SHA-256 of an account or an address
    subject bytea primary key,
    until timestamptz not null
);
create index attempts_until on auth.attempts (until);

-- An account elsewhere that logs in as a user.
create table auth.oidc_links (
    user_id uuid not null references auth.users on delete cascade,
    provider text not null,
    external_id text not null,
    username text not null,
    profile_url text,
    created_at timestamptz not null default clock_timestamp(),
    primary key (user_id, provider)
);
create unique index oidc_links_external on auth.oidc_links (provider, external_id);

-- A login at a provider that is under way, for minutes.
create table auth.oidc_logins (
    id uuid primary key default gen_random_uuid(),
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
    created_at timestamptz not null default clock_timestamp()
);
create unique index oidc_logins_token on auth.oidc_logins (token_hash);
create index oidc_logins_created on auth.oidc_logins (created_at);

-- A user's consent to log in at another instance, until that instance redeems it within a minute.
create table auth.federation_codes (
    -- SHA-256
    code_hash bytea primary key,
    user_id uuid not null references auth.users on delete cascade,
    client text not null,
    redirect_url text not null,
    challenge text not null,
    nonce text,
    created_at timestamptz not null default clock_timestamp()
);
create index federation_codes_created on auth.federation_codes (created_at);
create index federation_codes_user on auth.federation_codes (user_id);

-- A new key is published before it signs, so that every verifier knows it by then.
alter table auth.signing_keys add column signs_from timestamptz not null default clock_timestamp();

-- Each process remembers accounts for some seconds. These tell all of them what to look up again.
create function auth.tell_account() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_changes', 'account:' || old.user_id);
    return null;
end $$;
create trigger sessions_end after delete on auth.sessions for each row execute function auth.tell_account();

create function auth.tell_user() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_changes', 'account:' || old.id);
    return null;
end $$;
create trigger users_change after update on auth.users for each row
    when (to_jsonb(old) - 'last_seen' is distinct from to_jsonb(new) - 'last_seen') execute function auth.tell_user();
create trigger users_end after delete on auth.users for each row execute function auth.tell_user();
create trigger api_keys_change after update on auth.api_keys for each row
    when (old.claims is distinct from new.claims) execute function auth.tell_user();
create trigger api_keys_end after delete on auth.api_keys for each row execute function auth.tell_user();

create function auth.tell_keys() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_changes', 'keys');
    return null;
end $$;
create trigger signing_keys_change after insert or update or delete on auth.signing_keys
    for each statement execute function auth.tell_keys();
