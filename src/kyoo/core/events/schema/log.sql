-- The order of events: an id is given when everything else of the transaction is done.

grant usage on schema events to public;

-- Writes down what happened; whoever may write a fact may write its event, readers with limits included. An event with the
-- `replaces` of an older one takes its place.
create or replace function events.record(topic text, type text, owner uuid, replaces text, origin text, body jsonb) returns void
language sql volatile security definer
begin atomic
    insert into events.log as event (topic, type, owner, replaces, origin, body)
    values (topic, type, owner, replaces, origin, body)
    on conflict (replaces) do update set
        id = null, topic = excluded.topic, type = excluded.type, owner = excluded.owner, origin = excluded.origin,
        body = excluded.body;
end;

-- Deferred, so that the lock is taken last and held for the commit alone, as NOTIFY's own is: ids are visible in their
-- order, and whoever has read up to one has missed nothing before it. The listeners are told the id.
create or replace function events.announce() returns trigger
language plpgsql security definer
as $$
declare
    given bigint;
begin
    perform pg_advisory_xact_lock(5190525);
    given := nextval('events.ids');
    update events.log set id = given, at = clock_timestamp() where pk = new.pk;
    perform pg_notify('events', given::text);
    return null;
end
$$;

create constraint trigger announce after insert or update of body on events.log
deferrable initially deferred for each row execute function events.announce();
