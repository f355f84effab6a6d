-- Search by names as people type them (docs/decisions/0011-search.md). What indexes hold is kept right by names.sql.
--
--     query ── search_fold, search_split ──► search_tokens
--       tokens ── search_plan ──► candidates: words that are alike, parts, forms; what each place weighs; what drives.
--                                 A word that is up to two letters off shares a remainder (search_remains, columns/words.sql)
--         one word, many names have it ──► search_best      names that have the word
--         else ──────────────────────────► search           names weighed by the candidates (search_word: of one word)
--         entries, files ────────────────► search_all       rows with all words, by the index of words
--                                          search_known     the same, null when some word is nowhere
--           nothing found ───────────────► search_misspelt_entries, search_misspelt_files

-- More words than any name has are left out.
create or replace function api.search_tokens(query text) returns text[]
language sql immutable parallel safe strict
return (api.search_split(api.search_fold(query)))[:24];

-- How much of what the words of a query weigh must be in a name.
create or replace function api.search_needed() returns double precision
language sql immutable parallel safe
return 0.45;

-- A word as a tsquery writes it.
create or replace function api.search_lexeme(word text) returns text
language sql immutable parallel safe strict
return '''' || replace(replace(word, '\', '\\'), '''', '''''') || '''';

create or replace function api.search_numbers(words text[]) returns bigint[]
language sql immutable parallel safe
return array(select api.search_number(word) from unnest(words) with ordinality given (word, place) order by place);

-- What has all words of `query`; `unfinished` says that the last one may be the beginning of a word only.
create or replace function api.search_all(query text, unfinished boolean) returns tsquery
language sql immutable parallel safe strict
as $$
    select string_agg(
        api.search_lexeme(word) || case when unfinished and place = cardinality(tokens) then ':*' else '' end, ' & '
    )::tsquery
    from api.search_tokens(query) tokens cross join unnest(tokens) with ordinality given (word, place)
$$;

-- The same, null when some word is in no name, so that nobody looks for it in vain.
create or replace function api.search_known(query text, out typed tsquery, out begun tsquery)
language sql stable parallel safe strict
as $$
    select case when count(*) filter (where known) = count(*) then api.search_all(query, false) end,
        case when count(*) filter (where known or begins) = count(*) then api.search_all(query, true) end
    from (
        select exists (select from api.search_words held where held.word = given.word) as known,
            place = cardinality(tokens) and exists (
                select from api.search_words held
                where held.word > given.word and held.word < given.word || chr(1114111)
            ) as begins
        from api.search_tokens(query) tokens cross join unnest(tokens) with ordinality given (word, place)
    ) given
$$;

-- What each word of `query` may be in the names of `source` (search_names, search_entries or videos): its place, the word,
-- or the form (names.sql) of a name, how alike they are, and whether it is only a part of what was typed in one word. Each place
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

-- The shows, people and studios whose names have one of `words`, each as alike to the only word `typed` of a query as
-- `likenesses` say, and at least `enough`; score is from 0 to 1. By the index for each word: to take all words of each name
-- apart takes longer.
create or replace function api.search_word(
    typed text, sought text, words text[], likenesses real[], wanted text[], enough double precision
)
returns table (subject text, owner_pk bigint, score real)
language plpgsql stable rows 1000
set plan_cache_mode = force_generic_plan
set jit = off
-- Comparing two arrays costs far more than is estimated, for every row of a table.
set enable_seqscan = off
as $$
declare
    -- Each letter of an abbreviation begins a word or is in the word of the one before.
    abbreviated constant text := case when typed ~ '^[[:alnum:]]+$'
        then '\m' || array_to_string(regexp_split_to_array(typed, ''), '[^ ]* ?') end;
    candidates constant bigint[] := api.search_numbers(words);
begin
    return query
    select named.subject, named.owner_pk, max(named.weight * (
        0.7 * candidate.likeness
        + 0.2 * least(1, candidate.likeness * length(typed) / named.length)
        + 0.1 * case
            when named.folded = sought then 1
            when starts_with(named.folded, sought) then 0.8
            when position(sought in named.folded) > 0 then 0.5
            when named.words[1] = any (candidates) then 0.3
            else 0
        end
    ))::real
    from unnest(candidates, likenesses, words) candidate (word, likeness, form)
    cross join lateral (select * from api.search_names name where name.words && array[candidate.word] offset 0) named
    where named.subject = any (wanted) and candidate.likeness >= enough
        and (candidate.form = 'initials:' || typed or not starts_with(candidate.form, 'initials:') or named.folded ~ abbreviated)
    group by named.subject, named.owner_pk;
end
$$;

-- The shows, people and studios that `query` may mean, of the subjects `wanted`; score is from 0 to 1. Of the query's
-- words, weighed by how rare they are, 45 % must be in a name, up to two wrong letters each; the last one may be the
-- beginning of a word only. How rare a word is, is known from the statistics of search_names.
-- What was typed may also be a form of a name, a synonym, or how a name in another script sounds.
create or replace function api.search(query text, wanted text[])
returns table (subject text, owner_pk bigint, score real)
language plpgsql stable security definer rows 100
set plan_cache_mode = force_generic_plan
-- The rows of functions are estimated far too high here; compiling would take longer than the search.
set jit = off
-- Comparing two arrays costs far more than is estimated, for every row of a table.
set enable_seqscan = off
as $$
declare
    sought constant text := api.search_fold(query);
    plan record;
begin
    if length(sought) = 1 and sought !~ api.unspaced() then
        return query
        select name.subject, name.owner_pk, max(name.weight * (0.5 + 0.5 / length(name.folded)))::real
        from api.search_names name
        where left(name.folded, 1) = sought and name.subject = any (wanted) and name.weight > 0.5
        group by name.subject, name.owner_pk;
        return;
    end if;

    plan := api.search_plan(query, 'search_names');
    if cardinality(plan.weights) = 1 and not true = any (plan.parts) then
        return query select * from api.search_word(
            (api.search_tokens(query))[1], sought, plan.words, plan.likenesses, wanted, api.search_needed()
        );
        return;
    end if;
    return query execute $query$
        with named as materialized (
            select name.pk, name.subject, name.owner_pk, name.weight, name.folded, name.length, name.words
            -- By the index of the words, and never by another one with the words as a filter.
            from (select * from api.search_names where words && $1 offset 0) name
            where name.subject = any ($2)
        ), candidate as materialized (
            select * from unnest($3, $4, $5, $6) candidate (place, word, likeness, part)
        ), matched as (
            select named.pk, candidate.place,
                least(1, greatest(
                    max(candidate.likeness) filter (where not candidate.part),
                    sum(candidate.likeness) filter (where candidate.part)
                )) as likeness
            from named cross join unnest(named.words) piece (word) join candidate using (word)
            group by named.pk, candidate.place
        ), covered as (
            select matched.pk, sum(matched.likeness * $7[matched.place]) / $8 as weight,
                sum(matched.likeness * length($9[matched.place])) as length
            from matched
            group by matched.pk
        )
        select named.subject, named.owner_pk, max(named.weight * (
            0.7 * covered.weight
            + 0.2 * least(1, covered.length / named.length)
            + 0.1 * case
                when named.folded = $10 then 1
                when starts_with(named.folded, $10) then 0.8
                when position($10 in named.folded) > 0 then 0.5
                when exists (select from candidate where place = 1 and word = named.words[1]) then 0.3
                else 0
            end
        ))::real
        from covered join named using (pk)
        where covered.weight >= $11
        group by named.subject, named.owner_pk
    $query$ using api.search_numbers(plan.driving), wanted, plan.places, api.search_numbers(plan.words), plan.likenesses,
        plan.parts, plan.weights, (select sum(weight) from unnest(plan.weights) weight), api.search_tokens(query),
        sought, api.search_needed();
end
$$;

-- The best of `api.search`, all that it finds above some score; nothing when it would have to look as far as that does. What
-- is not alike enough to be weighed scores no more than the most alike of it could.
create or replace function api.search_best(query text, wanted text[])
returns table (subject text, owner_pk bigint, score real)
language plpgsql stable security definer rows 100
set plan_cache_mode = force_generic_plan
set jit = off
set enable_seqscan = off
as $$
declare
    sought constant text := api.search_fold(query);
    tokens constant text[] := api.search_tokens(query);
    enough constant double precision := 0.7;
    number constant bigint := api.search_number(tokens[1]);
    plan record;
begin
    -- Too few to fill a page would be weighed in vain.
    if cardinality(tokens) <> 1 or length(sought) = 1 or (
        select count(*) from (select from api.search_names where words && array[number] limit 20) having_it
    ) < 20 then
        return;
    end if;
    plan := api.search_plan(query, 'search_names');
    if cardinality(plan.weights) <> 1 or true = any (plan.parts) then
        return;
    end if;
    return query
    select found.*
    from api.search_word(tokens[1], sought, plan.words, plan.likenesses, wanted, enough) found
    -- A little more: scores are rounded.
    where found.score > coalesce((
        select 0.7 * max(likeness) + 0.30001 from unnest(plan.likenesses) likeness where likeness < enough
    ), 0);
end
$$;

-- The entries that `query` may mean, as above; score is from 0 to 1.
create or replace function api.search_misspelt_entries(query text) returns table (entry_pk bigint, score real)
language plpgsql stable rows 100
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
    plan record;
begin
    plan := api.search_plan(query, 'search_entries');
    return query execute $query$
        with named as materialized (
            select name.entry_pk, name.words from api.search_entries name where name.words @@ $1
        ), matched as (
            select named.entry_pk, candidate.place,
                least(1, greatest(
                    max(candidate.likeness) filter (where not candidate.part),
                    sum(candidate.likeness) filter (where candidate.part)
                )) as likeness
            from named cross join unnest(tsvector_to_array(named.words)) piece (word)
            join unnest($2, $3, $4, $5) candidate (place, word, likeness, part) using (word)
            group by named.entry_pk, candidate.place
        )
        select matched.entry_pk, (sum(matched.likeness * $6[matched.place]) / $7)::real as score
        from matched group by matched.entry_pk having sum(matched.likeness * $6[matched.place]) >= $8 * $7
    $query$ using (select string_agg(api.search_lexeme(word), ' | ') from unnest(plan.driving) word)::tsquery,
        plan.places, plan.words, plan.likenesses, plan.parts, plan.weights,
        (select sum(weight) from unnest(plan.weights) weight), api.search_needed();
end
$$;

-- The files that `query` may mean, for limited readers, too (limits.sql), whose limits are kept here; score is from 0 to 1. Of
-- what has something of each of its words, as far as any path has it, the first by primary key are weighed; when there is
-- nothing, of what has the words that tell the most.
create or replace function api.search_misspelt_files(query text, unlinked boolean) returns table (video_pk bigint, score real)
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
