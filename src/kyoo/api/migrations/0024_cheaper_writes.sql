-- What is written costs less: what is deleted is not looked at once more, and files have no index twice.

-- A path is unique, so that the index of its constraint gives the orders of the first two, and the index of files without a
-- link both directions of its own; the last is the beginning of the index by title and path.
drop index api.videos_path_pk_idx;
drop index api.videos_path_pk_idx1;
drop index api.videos_path_pk_idx3;
drop index api.videos_expr_idx;

-- As before (0014), but for entries that were deleted with their names: their words went with them.
create or replace function api.follow_entry_names() returns trigger
language plpgsql
as $$
declare
    changed bigint[];
begin
    if tg_table_name = 'entries' then
        if tg_op = 'INSERT' then
            select array_agg(pk) into changed from fresh;
        else
            -- Not joined to each other, as in 0003.
            select array_agg(pk) into changed from (
                select pk, episode_number from fresh except select pk, episode_number from stale
            ) differing;
        end if;
    elsif tg_op = 'UPDATE' then
        select array_agg(distinct entry_pk) into changed from (
            select entry_pk, language, name from fresh except select entry_pk, language, name from stale
        ) differing;
    elsif tg_op = 'INSERT' then
        select array_agg(distinct entry_pk) into changed from fresh;
    else
        select array_agg(entry.pk) into changed
        from (select distinct entry_pk from stale) gone cross join lateral (
            select pk from api.entries where pk = gone.entry_pk offset 0
        ) entry;
    end if;
    if changed is not null then
        perform api.index_entries(changed);
    end if;
    return null;
end
$$;

-- As before (0011), but for owners that are gone: nothing is written anew for them.
create or replace function api.follow_names() returns trigger
language plpgsql
as $$
declare
    changed bigint[];
    left_over bigint[];
begin
    -- fresh and stale have the columns of the trigger's table, whose subject is the argument. Not joined to each other:
    -- Postgres keeps the plan that it made for a single row, by which many would be compared each with all.
    if tg_argv[0] = 'show' then
        if tg_op = 'UPDATE' then
            select array_agg(distinct show_pk) into changed from (
                select show_pk, language, name, latin_name, aliases, tags from fresh
                except select show_pk, language, name, latin_name, aliases, tags from stale
            ) differing;
        elsif tg_op = 'INSERT' then
            select array_agg(distinct show_pk) into changed from fresh;
        else
            select array_agg(distinct show_pk) into changed from stale;
            select array_agg(distinct show_pk) into left_over
            from api.show_translations where show_pk = any (changed);
        end if;
    elsif tg_argv[0] = 'staff' then
        if tg_op = 'UPDATE' then
            select array_agg(pk) into changed from (
                select pk, name, latin_name from fresh except select pk, name, latin_name from stale
            ) differing;
        elsif tg_op = 'INSERT' then
            select array_agg(pk) into changed from fresh;
        else
            select array_agg(pk) into changed from stale;
        end if;
    else
        if tg_op = 'UPDATE' then
            select array_agg(distinct studio_pk) into changed from (
                select studio_pk, language, name from fresh except select studio_pk, language, name from stale
            ) differing;
        elsif tg_op = 'INSERT' then
            select array_agg(distinct studio_pk) into changed from fresh;
        else
            select array_agg(distinct studio_pk) into changed from stale;
            select array_agg(distinct studio_pk) into left_over
            from api.studio_translations where studio_pk = any (changed);
        end if;
    end if;
    if tg_op = 'DELETE' then
        delete from api.search_names
        where subject = tg_argv[0] and owner_pk = any (changed) and not owner_pk = any (coalesce(left_over, '{}'));
        changed := left_over;
    end if;
    if changed is not null then
        perform api.index_names(tg_argv[0], changed);
    end if;
    return null;
end
$$;
