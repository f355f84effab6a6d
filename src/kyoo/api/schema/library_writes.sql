-- Which transactions wrote what GET /videos/guesses says (queries/catalogue/guesses.py), so that its answer can be kept until one of
-- them is committed, by every replica. A row for each: those who write do not wait for each other.

create or replace function api.note_write() returns trigger
language plpgsql security definer
as $$
begin
    insert into api.library_writes (xid) values (pg_current_xact_id()) on conflict do nothing;
    return null;
end
$$;

-- Rows that are written as they were, as by a scan that finds nothing new, are in no transition table.
create or replace function api.note_changes() returns trigger
language plpgsql security definer
as $$
begin
    if exists (select from changed) then
        insert into api.library_writes (xid) values (pg_current_xact_id()) on conflict do nothing;
    end if;
    return null;
end
$$;

create trigger note_new after insert on api.videos
referencing new table as changed for each statement execute function api.note_changes();

create trigger note_changed after update on api.videos
referencing new table as changed for each statement execute function api.note_changes();

create trigger note_deleted after delete on api.videos
referencing old table as changed for each statement execute function api.note_changes();

create trigger note_emptied after truncate on api.videos
for each statement execute function api.note_write();

create trigger note_new after insert on api.entry_videos
referencing new table as changed for each statement execute function api.note_changes();

create trigger note_changed after update on api.entry_videos
referencing new table as changed for each statement execute function api.note_changes();

create trigger note_deleted after delete on api.entry_videos
referencing old table as changed for each statement execute function api.note_changes();

create trigger note_emptied after truncate on api.entry_videos
for each statement execute function api.note_write();

-- What is deleted takes its links along.
create trigger note_changed after update of show_pk on api.entries
for each statement execute function api.note_write();
create trigger note_changed after update of id, slug on api.shows
for each statement execute function api.note_write();
