-- What triggers cost where there is little or nothing for them to do. A statement fires them for rows that it might have
-- written, too (`on conflict do update`, cascades without a row), and each planned its queries anew; now they look first
-- whether there are rows, and keep their plans. So that a plan which was made for a row, or for an empty table, is right
-- for a whole library, too, all of them look rows up by their indexes, from what has changed: `offset 0` keeps the order
-- of a join, the settings rule out whatever reads a table.

-- Files are shown by these orders only while they have no link.
drop index api.videos_created_at_pk_idx;
drop index api.videos_created_at_pk_idx1;

-- As before (0003) with fewer regular expressions, which took most of the time: few texts have anything for them.
create or replace function api.search_fold(value text) returns text
language plpgsql immutable parallel safe strict
as $$
declare
    plain text := lower(value);
begin
    if octet_length(value) = length(value) then
        -- Apostrophes are left out; what else is no letter and no digit is a blank, most of it without a search for it.
        plain := replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
            plain, '&', ' and '), '''', ''), '/', ' '), '.', ' '), '-', ' '), '_', ' '), '(', ' '), ')', ' '), '[', ' '),
            ']', ' ');
        if plain ~ '[\u0001-\u001f!-/:-@\u005b-\u0060\u007b-\u007f]' then
            plain := regexp_replace(
                replace(plain, '`', ''), '[\u0001-\u001f!-/:-@\u005b-\u0060\u007b-\u007f]', ' ', 'g'
            );
        end if;
        while strpos(plain, '  ') > 0 loop
            plain := replace(plain, '  ', ' ');
        end loop;
        return coalesce(nullif(btrim(plain), ''), lower(btrim(value)));
    end if;
    plain := translate(
        normalize(lower(api.fold(normalize(value, NFKC))), NFKD),
        'ァアィイゥウェエォオカキクケコサシスセソタチッツテトナニヌネノハヒフヘホマミムメモャヤュユョヨラリルレロヮワヰヱヲンヵヶ',
        'ぁあぃいぅうぇえぉおかきくけこさしすせそたちっつてとなにぬねのはひふへほまみむめもゃやゅゆょよらりるれろゎわゐゑをんゕゖ'
    );
    return coalesce(nullif(btrim(regexp_replace(
        regexp_replace(
            replace(plain, '&', ' and '), '[''’`´ʼ\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u3099\u309a]', '', 'g'
        ),
        '[\u0001-\u002f:-@\u005b-\u0060\u007b-\u00bf×÷\u2000-\u206f\u3001-\u3004\u3008-\u3020\u3030-\u303f・]+', ' ', 'g'
    )), ''), lower(btrim(value)));
end
$$;

-- As before (0014), the same: what has no two single letters, Roman numeral or long word is cut at blanks.
create or replace function api.search_split(folded text) returns text[]
language plpgsql immutable parallel safe strict
as $$
declare
    words constant text[] := array_remove(string_to_array(folded, ' '), '');
    joined text;
    word text;
    plain boolean := octet_length(folded) = length(folded) and ' ' || folded || ' ' not like '% _ _ %'
        and not words && '{ii,iii,iv,vi,vii,viii,ix}'::text[];
begin
    if plain and length(folded) > 40 then
        foreach word in array words loop
            if length(word) > 40 then
                plain := false;
                exit;
            end if;
        end loop;
    end if;
    if plain then
        return words;
    end if;
    joined := regexp_replace(folded, '\m([a-zа-я]) (?=[a-zа-я]\M)', '\1', 'g');
    if joined ~ ('[^ ]{41}|\m(i{2,3}|iv|vi{1,3}|ix)\M|' || api.unspaced()) then
        return api.search_pieces(folded);
    end if;
    return array_remove(string_to_array(joined, ' '), '');
end
$$;

-------------------------------------------------------------------------------------------------------------- files

-- What follows from the links of `changed` files, as before (0015).
create or replace function api.mark_files(changed bigint[]) returns void
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
begin
    perform from api.videos where pk = any (changed) order by pk for no key update;
    update api.videos video set linked = marked.linked, min_age = marked.min_age
    from unnest(changed) file (pk) cross join lateral (
        select count(*) > 0 as linked, min(show.min_age) as min_age
        from api.entry_videos link cross join lateral (
            select show.min_age from api.entries entry join api.shows show on show.pk = entry.show_pk
            where entry.pk = link.entry_pk
            offset 0
        ) show
        where link.video_pk = file.pk
    ) marked
    where video.pk = file.pk and (video.linked, video.min_age) is distinct from (marked.linked, marked.min_age);
end
$$;

create or replace function api.mark_linked() returns trigger
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
    spread bigint[];
begin
    if not exists (select from fresh) then
        return null;
    end if;
    perform api.mark_files(array(select distinct video_pk from fresh));
    -- Shows that have a file in a library where they had none.
    select array_agg(distinct show.pk) into spread
    from fresh
    cross join lateral (select path from api.videos where pk = fresh.video_pk offset 0) video
    cross join lateral (select show_pk from api.entries where pk = fresh.entry_pk offset 0) entry
    cross join lateral (select pk, libraries from api.shows where pk = entry.show_pk offset 0) show
    left join api.libraries library on starts_with(video.path, library.path || '/')
    where coalesce(library.pk, 0) <> all (show.libraries);
    if spread is not null then
        perform api.gather_libraries(spread);
    end if;
    return null;
end
$$;

create or replace function api.mark_unlinked() returns trigger
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
    left_behind bigint[];
begin
    if not exists (select from stale) then
        return null;
    end if;
    perform api.mark_files(array(select distinct video_pk from stale));
    -- What had files in one library only and still has some has not left it; what is gone is in none.
    select array_agg(show.pk) into left_behind
    from (
        select distinct entry.show_pk
        from stale cross join lateral (select show_pk from api.entries where pk = stale.entry_pk offset 0) entry
    ) of_show
    cross join lateral (select pk, libraries from api.shows where pk = of_show.show_pk offset 0) show
    where cardinality(show.libraries) > 1 or not exists (
        select from api.entries entry join api.entry_videos link on link.entry_pk = entry.pk
        where entry.show_pk = show.pk
    );
    if left_behind is not null then
        perform api.gather_libraries(left_behind);
    end if;
    return null;
end
$$;

-- The words of the paths of new files are remembered.
create or replace function api.add_file_words() returns trigger
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
begin
    if not exists (select from fresh) then
        return null;
    end if;
    insert into api.search_file_words (word)
    select given.word from (
        select distinct piece.word from fresh cross join unnest(tsvector_to_array(fresh.words)) piece (word)
        -- What is about to get its path (queries/video_writes.py) is nowhere.
        where fresh.path not like 'moving/%'
    ) given
    where not exists (select from api.search_file_words known where known.word = given.word);
    return null;
end
$$;

-- What follows from a new path: its words are remembered, and its shows are in its libraries.
drop trigger add_changed_words on api.videos;
create or replace function api.follow_files() returns trigger
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
    moved bigint[];
    spread bigint[];
begin
    -- Not joined to each other, as in 0003.
    select array_agg(pk) into moved
    from (select pk, path from fresh except select pk, path from stale) differing where path not like 'moving/%';
    if moved is null then
        return null;
    end if;
    insert into api.search_file_words (word)
    select given.word from (
        select distinct piece.word
        from unnest(moved) file (pk)
        cross join lateral (select words from api.videos where pk = file.pk offset 0) video
        cross join unnest(tsvector_to_array(video.words)) piece (word)
    ) given
    where not exists (select from api.search_file_words known where known.word = given.word);
    select array_agg(distinct show.pk) into spread
    from unnest(moved) file (pk)
    cross join lateral (select path from api.videos where pk = file.pk offset 0) video
    cross join lateral (
        select entry.show_pk from api.entry_videos link join api.entries entry on entry.pk = link.entry_pk
        where link.video_pk = file.pk
        offset 0
    ) entry
    cross join lateral (select pk, libraries from api.shows where pk = entry.show_pk offset 0) show
    where show.libraries <> api.libraries_of(video.path);
    if spread is not null then
        perform api.gather_libraries(spread);
    end if;
    return null;
end
$$;

create or replace function api.follow_ages() returns trigger
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
    aged bigint[];
    files bigint[];
begin
    -- Not joined to each other, as in 0003.
    select array_agg(pk) into aged
    from (select pk, min_age from fresh except select pk, min_age from stale) differing;
    if aged is null then
        return null;
    end if;
    files := array(
        select distinct link.video_pk
        from unnest(aged) show (pk)
        cross join lateral (select pk from api.entries where show_pk = show.pk offset 0) entry
        cross join lateral (select video_pk from api.entry_videos where entry_pk = entry.pk offset 0) link
    );
    if files <> '{}' then
        perform api.mark_files(files);
    end if;
    return null;
end
$$;

------------------------------------------------------------------------------------------------------------ entries

-- As before (0024), but for new entries that have a name, whose words are written with it.
create or replace function api.follow_entry_names() returns trigger
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
    changed bigint[];
begin
    if tg_table_name = 'entries' then
        if tg_op = 'INSERT' then
            select array_agg(pk) into changed from fresh
            where not coalesce((select true from api.entry_translations where entry_pk = fresh.pk limit 1), false);
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

-- As before (0014); which alphabet a name is in is asked of those alone that are not in the Latin one.
create or replace function api.index_entries(changed bigint[]) returns void
language sql
as $$
    with named as (
        select entry.pk, array(
            select piece.word
            from api.entry_translations text
            cross join unnest(api.search_split(left(api.search_fold(text.name), 300))) piece (word)
            where text.entry_pk = entry.pk
            union
            select piece.word
            from api.entry_translations text
            cross join unnest(api.search_split(api.search_fold(api.search_romanised(left(text.name, 300))))) piece (word)
            where text.entry_pk = entry.pk and octet_length(text.name) > length(text.name) and text.name ~ api.sounding()
            union
            select entry.episode_number::text where entry.episode_number is not null
        ) as words
        from api.entries entry where entry.pk = any (changed) and entry.kind <> 'extra'
    ), saved as (
        insert into api.search_entries as stored (entry_pk, words)
        select pk, array_to_tsvector(words) from named order by pk
        on conflict (entry_pk) do update set words = excluded.words where stored.words <> excluded.words
    )
    select api.add_words(array(select distinct word from named cross join unnest(words) word))
$$;
