-- Which transactions wrote what GET /videos/guesses says (queries/guesses.py), so that its answer can be kept until one of
-- them is committed, by every replica. A row for each: those who write do not wait for each other.

create table api.library_writes (
    xid xid8 primary key
);

create function api.note_write() returns trigger
language plpgsql security definer
as $$
begin
    insert into api.library_writes (xid) values (pg_current_xact_id()) on conflict do nothing;
    return null;
end
$$;

-- Rows that are written as they were, as by a scan that finds nothing new, are in no transition table.
create function api.note_changes() returns trigger
language plpgsql security definer
as $$
begin
    if exists (select from changed) then
        insert into api.library_writes (xid) values (pg_current_xact_id()) on conflict do nothing;
    end if;
    return null;
end
$$;

do $$
declare
    wrote text;
begin
    foreach wrote in array array['videos', 'entry_videos'] loop
        execute format('create trigger note_new after insert on api.%I
            referencing new table as changed for each statement execute function api.note_changes()', wrote);
        execute format('create trigger note_changed after update on api.%I
            referencing new table as changed for each statement execute function api.note_changes()', wrote);
        execute format('create trigger note_deleted after delete on api.%I
            referencing old table as changed for each statement execute function api.note_changes()', wrote);
        execute format('create trigger note_emptied after truncate on api.%I
            for each statement execute function api.note_write()', wrote);
    end loop;
end
$$;
-- What is deleted takes its links along.
create trigger note_changed after update of show_pk on api.entries
for each statement execute function api.note_write();
create trigger note_changed after update of id, slug on api.shows
for each statement execute function api.note_write();

do $$
begin
    -- As all tables are for the role when it is made later (0022).
    if exists (select from pg_roles where rolname = 'kyoo_limited') and has_schema_privilege('kyoo_limited', 'api', 'usage') then
        grant select on api.library_writes to kyoo_limited;
    end if;
end
$$;
