-- A misspelt search of files is answered by the words of their paths, as one of entries is (0014): the price follows from
-- how rare the words are, and never from how many paths look like the query.

-- The words of paths, apart from those of names. What has a digit (s01e03, 1080p, a checksum) is not taken for another.
create table api.search_file_words (
    word text collate "C" not null,
    remains text[] not null generated always as (
        case when word ~ '[0-9]' then '{}' else api.search_remains(word) end
    ) stored
);
create index on api.search_file_words (word);
create index on api.search_file_words using gin (remains) with (gin_pending_list_limit = 256);

create view api.search_dictionary as
select false as files, word, remains from api.search_words
union all
select true, word, remains from api.search_file_words;

create function api.add_file_words() returns trigger
language plpgsql
as $$
declare
    moved boolean;
begin
    if tg_op = 'UPDATE' then
        -- Of all rows: `exists` would expect the first pair to do, and compare every row with every other.
        execute 'select bool_or(fresh.path <> stale.path) from fresh join stale using (pk)' into moved;
        if not moved then
            return null;
        end if;
    end if;
    execute $query$
        insert into api.search_file_words (word)
        select distinct piece.word from fresh cross join unnest(tsvector_to_array(fresh.words)) piece (word)
        -- What is about to get its path (queries/video_writes.py) is nowhere.
        where fresh.path not like 'moving/%'
            and not exists (select from api.search_file_words known where known.word = piece.word)
    $query$;
    return null;
end
$$;
create trigger add_words after insert on api.videos
referencing new table as fresh for each statement execute function api.add_file_words();
create trigger add_changed_words after update on api.videos
referencing old table as stale new table as fresh for each statement execute function api.add_file_words();

-- The files that `query` may mean, for limited readers, too (0015), whose limits are kept here; score is from 0 to 1. Of
-- what has something of each of its words, as far as any path has it, the first by primary key are weighed; when there is
-- nothing, of what has the words that tell the most.
create function api.search_misspelt_files(query text, unlinked boolean) returns table (video_pk bigint, score real)
language plpgsql stable security definer rows 100
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    plan record;
    wanted tsquery;
begin
    plan := api.search_plan(query, 'videos');
    foreach wanted in array array[
        (
            select string_agg(alike, ' & ')::tsquery
            from (
                select '(' || string_agg(distinct api.search_lexeme(word), ' | ') || ')' as alike
                from unnest(plan.places, plan.words) candidate (place, word) group by place
            ) each
        ),
        (select string_agg(api.search_lexeme(word), ' | ')::tsquery from unnest(plan.driving) word)
    ] loop
        return query execute $query$
            with found as materialized (
                select pk, words from api.videos
                where words @@ $1 and (not $8 or not linked)
                    and ($9 is null or path ^@ any ($9)) and ($10 is null or min_age <= $10)
                order by pk limit 1000
            ), matched as (
                select found.pk, candidate.place,
                    least(1, greatest(
                        max(candidate.likeness) filter (where not candidate.part),
                        sum(candidate.likeness) filter (where candidate.part)
                    )) as likeness
                from found cross join unnest(tsvector_to_array(found.words)) piece (word)
                join unnest($2, $3, $4, $5) candidate (place, word, likeness, part) using (word)
                group by found.pk, candidate.place
            )
            select matched.pk, (sum(matched.likeness * $6[matched.place]) / $7)::real
            from matched group by matched.pk
        $query$ using wanted, plan.places, plan.words, plan.likenesses, plan.parts, plan.weights,
            (select sum(weight) from unnest(plan.weights) weight), unlinked, api.limit_folders(), api.limit_age();
        exit when found;
    end loop;
end
$$;

do $$
begin
    if exists (select from pg_roles where rolname = 'kyoo_limited') then
        grant select on api.search_dictionary to kyoo_limited;
    end if;
end
$$;

-- What is in the library already.
insert into api.search_file_words (word)
select distinct piece.word from api.videos cross join unnest(tsvector_to_array(words)) piece (word);
analyze api.search_file_words;
