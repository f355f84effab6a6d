-- Accounts at OpenID providers and other instances, and logins there that are under way.

create table auth.oidc_logins (
    id uuid not null default gen_random_uuid(),
    token_hash bytea not null,
    browser_hash bytea not null,
    provider text not null,
    tenant text not null,
    redirect_url text not null,
    verifier text not null,
    nonce text not null,
    code text,
    created_at timestamptz not null default clock_timestamp(),
    constraint oidc_logins_pkey primary key (id)
);
create index oidc_logins_created on auth.oidc_logins (created_at);
create unique index oidc_logins_token on auth.oidc_logins (token_hash);

create table auth.federation_codes (
    code_hash bytea not null,
    user_id uuid not null,
    client text not null,
    redirect_url text not null,
    challenge text not null,
    nonce text,
    created_at timestamptz not null default clock_timestamp(),
    constraint federation_codes_pkey primary key (code_hash),
    constraint federation_codes_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create index federation_codes_created on auth.federation_codes (created_at);
create index federation_codes_user on auth.federation_codes (user_id);

create table auth.oidc_links (
    user_id uuid not null,
    provider text not null,
    external_id text not null,
    username text not null,
    profile_url text,
    created_at timestamptz not null default clock_timestamp(),
    constraint oidc_links_pkey primary key (user_id, provider),
    constraint oidc_links_user_id_fkey foreign key (user_id) references auth.users(id) on delete cascade
);
create unique index oidc_links_external on auth.oidc_links (provider, external_id);
