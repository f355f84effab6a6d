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
begin
    execute $query$
        insert into api.search_file_words (word)
        select distinct piece.word from fresh cross join unnest(tsvector_to_array(fresh.words)) piece (word)
        where not exists (select from api.search_file_words known where known.word = piece.word)
    $query$;
    return null;
end
$$;
create trigger add_words after insert on api.videos
referencing new table as fresh for each statement execute function api.add_file_words();
create trigger add_changed_words after update on api.videos
referencing new table as fresh for each statement execute function api.add_file_words();

-- What each word of `query` may be in the names of `source` (search_names, search_entries or videos): its place, the word, or the
-- form (0011) of a name, how alike they are, and whether it is only a part of what was typed in one word. Each place
-- weighs as much as it tells, which is known from the statistics of `source`: the most frequent of its best candidates
-- says how much. What has none of the driving words cannot have enough of the others.
create or replace function api.search_plan(
    query text, source text, out places integer[], out words text[], out likenesses real[], out parts boolean[],
    out weights double precision[], out driving text[]
)
language plpgsql stable
set plan_cache_mode = force_generic_plan
-- The rows of functions are estimated far too high here; compiling would take longer than the search.
set jit = off
-- Comparing two arrays costs far more than is estimated, for every row of a table.
set enable_seqscan = off
as $$
#variable_conflict use_column
begin
    with token as (
        select word, place::integer, length(word) as size, word ~ api.unspaced() as unspaced,
            place = max(place) over () and length(word) > 1 and word !~ api.unspaced() as unfinished
        from unnest(api.search_tokens(query)) with ordinality given (word, place)
    ), whole as (
        select array_agg(place order by place) as places, string_agg(word, '' order by place) as word
        from token
        having count(*) > 1 and not bool_or(unspaced)
    ), sound as (
        select word, place, count(*) over () as words
        from unnest(api.search_split(api.search_fold(api.search_romanised(left(query, 300)))))
            with ordinality sounding (word, place)
        where query ~ api.sounding()
    ), typed as (
        select word, size, array[place] as places, unfinished, true as misspelt, 1.0 as factor
        from token
        union all
        -- Also what two words are in one: spider man. A number added to a word is no misspelling of it.
        select one.word || two.word, one.size + two.size, array[one.place, two.place], false,
            least(one.size, two.size) > 2, 0.95
        from token one join token two on two.place = one.place + 1 and not one.unspaced and not two.unspaced
        union all
        select left(whole.word, 40), length(left(whole.word, 40)), whole.places, false, false, 0.95
        from whole
        where cardinality(whole.places) > 2
        union all
        select synonym, length(synonym), array[token.place], false, false, 0.97
        from token cross join unnest(api.search_synonyms(token.word)) synonym
        union all
        select sound.word, length(sound.word), case sound.words
                when cardinality(api.search_tokens(query)) then array[sound.place::integer]
                else array(select place from token)
            end, sound.place = sound.words, true, 0.9
        from sound
        where sound.words in (1, cardinality(api.search_tokens(query)))
    ), alike as (
        select typed.places, found.word, typed.factor * near.likeness as likeness, false as part
        from typed
        cross join lateral (
            (select word from api.search_dictionary where files = (source = 'videos') and word = typed.word)
            union
            (
                select word from api.search_dictionary
                where files = (source = 'videos') and typed.unfinished and word > typed.word and word < typed.word || chr(1114111)
            )
            union
            (
                select word from api.search_dictionary
                where files = (source = 'videos') and typed.misspelt and remains && api.search_remains(typed.word)
            )
        ) found
        cross join lateral (
            select length(found.word) as size,
                public.levenshtein_less_equal(found.word, typed.word, 2) as wrong,
                case when typed.unfinished and length(found.word) > typed.size then
                    public.levenshtein_less_equal(left(found.word, typed.size), typed.word, 1)
                end as wrong_beginning
        ) distance
        cross join lateral (
            select case
                when distance.wrong = 0 then 1
                when distance.wrong_beginning = 0 then 0.6 + 0.38 * typed.size / distance.size
                when distance.wrong = 1 or distance.wrong = 2 and distance.size = typed.size and (
                    select array_agg(letter order by letter) from regexp_split_to_table(found.word, '') letter
                ) = (
                    select array_agg(letter order by letter) from regexp_split_to_table(typed.word, '') letter
                )
                then 0.97 - 0.9 / greatest(typed.size, distance.size)
                when distance.wrong = 2 and typed.size > 4 then 0.95 - 1.8 / greatest(typed.size, distance.size)
                when distance.wrong_beginning = 1 and typed.size > 3
                then 0.92 - 0.9 / typed.size - 0.02 * (distance.size - typed.size)
            end - case when left(found.word, 1) = left(typed.word, 1) then 0 else 0.05 end as likeness
        ) near
        where near.likeness > 0
    ), cut as (
        -- Where one word may be two: starwars. Looked up one by one: a join would read all words.
        select token.place, token.size, half.one, half.two,
            (select count(*) from api.search_dictionary where files = (source = 'videos') and word = half.one) > 0
                as one_known,
            (select count(*) from api.search_dictionary where files = (source = 'videos') and word = half.two) > 0
                as two_known
        from token
        cross join lateral (
            select left(token.word, cut) as one, substr(token.word, cut + 1) as two
            from generate_series(2, token.size - 2) cut
        ) half
        where not token.unspaced
            and not exists (select from alike where alike.places @> array[token.place] and alike.likeness > 0.8)
    ), slip as (
        -- Where one of the two has a wrong letter.
        select cut.place, cut.size, half.sure, half.wrong, near.word as meant
        from cut
        cross join lateral (
            select case when cut.one_known then cut.one else cut.two end as sure,
                case when cut.one_known then cut.two else cut.one end as wrong
        ) half
        cross join lateral (
            select word from api.search_dictionary
            where files = (source = 'videos') and remains && api.search_remains(half.wrong)
                and public.levenshtein_less_equal(word, half.wrong, 1) = 1
        ) near
        where cut.one_known <> cut.two_known and length(half.sure) > 2 and length(half.wrong) > 2
    ), split as (
        select array[cut.place] as places, part.word, 0.95 * length(part.word) / cut.size as likeness, true as part
        from cut cross join lateral (values (cut.one), (cut.two)) part (word)
        where cut.one_known and cut.two_known
        union
        select array[slip.place], part.word, 0.95 * part.size / slip.size, true
        from slip
        cross join lateral (values (slip.sure, length(slip.sure)), (slip.meant, 0.85 * length(slip.wrong))) part (word, size)
    ), form as (
        select array[place] as places, 'initials:' || word as word, 0.85 as likeness, false as part
        from token
        where size between 3 and 8
        union all
        -- Or of parts of words, one letter more than the words: fmab. Compared with the name by whoever finds it.
        select array[place], 'initials:' || overlay(word placing '' from letter for 1), 0.55, false
        from token cross join lateral generate_series(2, size) letter
        where size between 3 and 6 and cardinality(api.search_tokens(query)) = 1
            and not exists (select from alike where alike.likeness = 1)
        union all
        select array[place], 'joined:' || word, 0.95, false
        from token
        where size > 2
        union all
        select whole.places, 'joined:' || whole.word, 0.95, false
        from whole
    ), candidate as (
        select place, word, part, max(likeness)::real as likeness, bool_and(formed) as formed
        from (
            select *, false as formed from alike
            union all
            select *, false from split
            union all
            select *, true from form where source = 'search_names'
        ) found cross join unnest(found.places) place
        group by place, word, part
    ), common as (
        select element.word, element.frequency
        from pg_stats
        cross join lateral unnest(most_common_elems::text::text[], most_common_elem_freqs) element (word, frequency)
        where schemaname = 'api' and tablename = source and attname = 'words' and element.word is not null
    ), weighed as (
        -- The first letter of the next word tells little yet.
        select token.place, ln(1 + 1 / greatest(0.0005, best.frequency)) * case
                when token.unspaced then 0.5 * token.size
                when token.word ~ '^[^0-9]$' and token.place > 1 and token.place = max(token.place) over () then 0.3
                else 1
            end as weight
        from token left join lateral (
            select common.frequency
            from candidate left join common on common.word = case source
                when 'search_names' then api.search_number(candidate.word)::text else candidate.word
            end
            where candidate.place = token.place and not candidate.formed
            order by candidate.likeness desc, common.frequency desc nulls last
            limit 1
        ) best on true
    ), summed as (
        select place, weight, sum(weight) over (order by weight, place) > api.search_needed() * sum(weight) over () as drives
        from weighed
    )
    select array_agg(candidate.place), array_agg(candidate.word), array_agg(candidate.likeness),
        array_agg(candidate.part),
        (select array_agg(weight order by place) from weighed),
        array_agg(distinct candidate.word) filter (where summed.drives)
    into places, words, likenesses, parts, weights, driving
    from candidate join summed using (place);
end
$$;

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

drop function api.files_at(text);
drop index api.videos_path_idx;

-- What is in the library already.
insert into api.search_file_words (word)
select distinct piece.word from api.videos cross join unnest(tsvector_to_array(words)) piece (word);
analyze api.search_file_words;
