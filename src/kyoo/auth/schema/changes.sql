-- What the processes of auth and the other services are told when accounts, keys and sessions change or end.

-- Each process remembers accounts for some seconds. These tell all of them what to look up again.
create or replace function auth.tell_account() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_changes', 'account:' || old.user_id);
    return null;
end $$;

create or replace function auth.tell_user() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_changes', 'account:' || old.id);
    return null;
end $$;

create or replace function auth.tell_keys() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_changes', 'keys');
    return null;
end $$;

-- Whether a session may do anything can depend on the second factors of its user (KYOO_REQUIRE_SECOND_FACTOR).
create or replace function auth.tell_second_factor() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_changes', 'account:' || coalesce(new.user_id, old.user_id));
    return null;
end $$;

-- The API keys of a disabled user do not work.
create or replace function auth.tell_keys_of_user() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_changes', 'account:' || id) from auth.api_keys where created_by = new.id;
    return null;
end $$;

-- Which session or API key has ended, for the responses and sockets in flight that were opened with it (core/http/ended_sessions.py).
create or replace function auth.tell_end() returns trigger language plpgsql as $$
begin
    perform events.end_session(old.id);
    return null;
end $$;

-- The same of a session, whose user is told on other devices, too. Auth may have a database of its own: then nobody but the
-- api, by asking, learns of it there (docs/decisions/0024-events.md).
create or replace function auth.tell_session_end() returns trigger language plpgsql as $$
begin
    perform events.end_session(old.id);
    perform events.record(
        'notices', 'session', old.user_id, null, null,
        jsonb_build_object('session', old.id, 'key', 'session.ended', 'values', jsonb_build_object('device', old.device))
    );
    return null;
end $$;

-- The keys that a user made do not work while the user is disabled. (The sessions are deleted.)
create or replace function auth.tell_end_of_keys() returns trigger language plpgsql as $$
begin
    perform events.end_session(id) from auth.api_keys where created_by = new.id;
    return null;
end $$;

-- A new name looks different (usernames.py writes it anew).
create or replace function auth.forget_looks() returns trigger language plpgsql as $$
begin
    delete from auth.username_looks where user_id = new.id;
    return null;
end $$;

create trigger sessions_end after delete on auth.sessions for each row execute function auth.tell_account();

create trigger users_change after update on auth.users for each row
when (to_jsonb(old) - 'last_seen' is distinct from to_jsonb(new) - 'last_seen') execute function auth.tell_user();

create trigger users_end after delete on auth.users for each row execute function auth.tell_user();

create trigger api_keys_change after update on auth.api_keys for each row
when (old.claims is distinct from new.claims) execute function auth.tell_user();

create trigger api_keys_end after delete on auth.api_keys for each row execute function auth.tell_user();

create trigger signing_keys_change after insert or update or delete on auth.signing_keys
for each statement execute function auth.tell_keys();

create trigger totp_change after insert or delete or update of confirmed_date on auth.totp
for each row execute function auth.tell_second_factor();

create trigger passkeys_change after insert or delete on auth.passkeys
for each row execute function auth.tell_second_factor();

create trigger users_disabled after update of disabled on auth.users for each row
when (old.disabled is distinct from new.disabled) execute function auth.tell_keys_of_user();

-- An API key has no permission that the user who made it does not hold any more, nor wider limits, nor is it let in where its
-- maker is not.
create trigger users_permissions after update of claims on auth.users for each row
when (
    (old.claims -> 'permissions', old.claims -> 'libraries', old.claims -> 'maxAge', old.claims -> 'verified',
     old.claims -> 'maxStreams', old.claims -> 'maxHeight', old.claims -> 'maxBitrate',
     old.claims -> 'maxLocalBitrate', old.claims -> 'noTranscoding')
    is distinct from
    (new.claims -> 'permissions', new.claims -> 'libraries', new.claims -> 'maxAge', new.claims -> 'verified',
     new.claims -> 'maxStreams', new.claims -> 'maxHeight', new.claims -> 'maxBitrate',
     new.claims -> 'maxLocalBitrate', new.claims -> 'noTranscoding')
)
execute function auth.tell_keys_of_user();

create trigger users_renamed after update of username on auth.users for each row
when (old.username is distinct from new.username) execute function auth.forget_looks();

create trigger sessions_end_in_flight after delete on auth.sessions
for each row execute function auth.tell_session_end();

create trigger api_keys_end_in_flight after delete on auth.api_keys for each row execute function auth.tell_end();

create trigger users_disabled_in_flight after update of disabled on auth.users for each row
when (new.disabled and not old.disabled) execute function auth.tell_end_of_keys();
