-- A search for one word is answered by the names that have it, when they fill the page: names with a word that is only
-- like it are not weighed then.

-- The shows, people and studios whose names have one of `words`, each as alike to the only word `typed` of a query as
-- `likenesses` say, and at least `enough`; score is from 0 to 1. By the index for each word: to take all words of each name
-- apart takes longer.
create function api.search_word(
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

-- As before (0014).
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
create function api.search_best(query text, wanted text[])
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
