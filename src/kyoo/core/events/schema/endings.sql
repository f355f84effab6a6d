-- The end of a session or an API key (core/http/ended_sessions.py): told to those who listen, and written down for the others.
create or replace function events.end_session(ended uuid) returns void
language plpgsql security definer
as $$
begin
    insert into events.endings (session) values (ended)
    on conflict (session) do update set at = clock_timestamp();
    perform pg_notify('auth_endings', ended::text);
end
$$;
