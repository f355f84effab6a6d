-- What is inside entries and files goes with them, and is written about none that is gone: as foreign keys would have it,
-- but for all rows of a statement at once (migration 0009). The plans are right for a whole library, too, as in links.sql.
--
-- * `clear_entries` and `clear_files` are `on delete cascade` and `on delete set null`.
-- * `hold_parents` locks the entries and files that new rows are about against being deleted, and refuses those that are gone.

create or replace function api.clear_entries() returns trigger
language plpgsql security definer
set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
declare
    cleared bigint[];
begin
    select array_agg(pk) into cleared from gone;
    if cleared is null then
        return null;
    end if;
    delete from api.search_entries where entry_pk = any (cleared);
    delete from api.entry_translations where entry_pk = any (cleared);
    delete from api.entry_videos where entry_pk = any (cleared);
    delete from api.history where entry_pk = any (cleared);
    delete from api.announced where entry_pk = any (cleared);
    delete from api.watched where entry_pk = any (cleared);
    delete from api.watching where entry_pk = any (cleared);
    update api.watchlist set next_entry_pk = null where next_entry_pk = any (cleared);
    return null;
end
$$;

create or replace function api.clear_files() returns trigger
language plpgsql security definer
set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
declare
    cleared bigint[];
begin
    select array_agg(pk) into cleared from gone;
    if cleared is null then
        return null;
    end if;
    delete from api.entry_videos where video_pk = any (cleared);
    update api.history set video_pk = null where video_pk = any (cleared);
    return null;
end
$$;

-- Before all others, as foreign keys are: these look at what is left. Triggers run in the order of their names.
create trigger clear_entries after delete on api.entries
referencing old table as gone for each statement execute function api.clear_entries();
create trigger clear_files after delete on api.videos
referencing old table as gone for each statement execute function api.clear_files();

-- Locks the entries and files that new rows are about; foreign_key_violation when one is gone.
create or replace function api.hold_parents() returns trigger
language plpgsql security definer
set enable_seqscan = off set plan_cache_mode = force_generic_plan
as $$
declare
    parents bigint[];
    held bigint;
begin
    select array_agg(distinct entry_pk) into parents from fresh;
    if parents is null then
        return null;
    end if;
    perform from api.entries where pk = any (parents) order by pk for key share;
    get diagnostics held = row_count;
    if held < cardinality(parents) then
        raise foreign_key_violation
            using message = 'an entry is gone', schema = tg_table_schema, table = tg_table_name, column = 'entry_pk';
    end if;
    if tg_table_name = 'entry_translations' then
        return null;
    end if;
    select array_agg(distinct video_pk) into parents from fresh where video_pk is not null;
    if parents is null then
        return null;
    end if;
    perform from api.videos where pk = any (parents) order by pk for key share;
    get diagnostics held = row_count;
    if held < cardinality(parents) then
        raise foreign_key_violation
            using message = 'a file is gone', schema = tg_table_schema, table = tg_table_name, column = 'video_pk';
    end if;
    return null;
end
$$;

-- The same for a row that is given another parent.
create or replace function api.hold_new_parent() returns trigger
language plpgsql security definer
as $$
declare
    held bigint;
begin
    if tg_argv[0] = 'entries' then
        perform from api.entries where pk = new.entry_pk for key share;
    else
        perform from api.videos where pk = new.video_pk for key share;
    end if;
    get diagnostics held = row_count;
    if held = 0 then
        raise foreign_key_violation
            using message = 'what a row was given to is gone', schema = tg_table_schema, table = tg_table_name;
    end if;
    return null;
end
$$;

do $$
declare
    child text;
begin
    foreach child in array array['entry_translations', 'entry_videos', 'history'] loop
        execute format('create trigger hold_parents after insert on api.%I
            referencing new table as fresh for each statement execute function api.hold_parents()', child);
        -- Few statements give a row another parent, so that it may cost something for each.
        execute format($trigger$create trigger hold_new_entry after update of entry_pk on api.%I
            for each row when (new.entry_pk <> old.entry_pk) execute function api.hold_new_parent('entries')$trigger$, child);
        if child <> 'entry_translations' then
            execute format($trigger$create trigger hold_new_file after update of video_pk on api.%I
                for each row when (new.video_pk is not null and new.video_pk is distinct from old.video_pk) execute function api.hold_new_parent('videos')$trigger$, child);
        end if;
    end loop;
end
$$;
