-- Which session or API key has ended, for the responses and sockets in flight that were opened with it (core/endings.py).
create function auth.tell_end() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_endings', old.id::text);
    return null;
end $$;
create trigger sessions_end_in_flight after delete on auth.sessions for each row execute function auth.tell_end();
create trigger api_keys_end_in_flight after delete on auth.api_keys for each row execute function auth.tell_end();

-- The keys that a user made do not work while the user is disabled. (The sessions are deleted.)
create function auth.tell_end_of_keys() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_endings', id::text) from auth.api_keys where created_by = new.id;
    return null;
end $$;
create trigger users_disabled_in_flight after update of disabled on auth.users for each row
    when (new.disabled and not old.disabled) execute function auth.tell_end_of_keys();
