-- Abbreviations as people write them: SpongeBob SquarePants is sbsp, Fullmetal Alchemist: Brotherhood is fmab.

-- What people make of each of the names and of its parts around a colon or dash: the initials, those of
-- capitals inside of words, too, and all words as one.
create or replace function api.search_forms(names text[]) returns table (place bigint, form text)
language sql immutable parallel safe
as $$
    with part as materialized (
        select given.place, api.search_split(api.search_fold(part.name)) as words
        from unnest(names) with ordinality given (name, place)
        cross join lateral (
            select given.name
            union all
            select regexp_split_to_table(given.name, ':| [-–—] |\(') where given.name ~ ':| [-–—] |\('
            union all
            select regexp_replace(given.name, '([[:lower:]])([[:upper:]])', '\1 \2', 'g')
            where given.name ~ '[[:lower:]][[:upper:]]'
        ) part
        where given.name !~ api.unspaced()
    ), kept as (
        select part.place, part.words from part
        union all
        select part.place, part.words[2:] from part
        where part.words[1] in ('the', 'a', 'an', 'der', 'die', 'das', 'le', 'la', 'les', 'el', 'los', 'las', 'il')
    ), sized as materialized (
        select row_number() over () as row, kept.place, kept.words from kept where cardinality(kept.words) between 2 and 8
    )
    select sized.place, 'joined:' || array_to_string(sized.words, '') from sized
    union
    -- ds9 as well as dsn.
    select sized.place, 'initials:' || string_agg(
        case when numbered and coalesce(known.number, word) ~ '^[0-9]' then coalesce(known.number, word)
        else left(word, 1) end, '' order by of_name.place
    )
    from sized cross join unnest(sized.words) with ordinality of_name (word, place)
    cross join lateral (
        select case when length(word) > 2 then (api.search_synonyms(word))[1] end as number
    ) known
    cross join (values (false), (true)) variant (numbered)
    group by sized.row, sized.place, variant.numbered
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
        -- The same as below for a single word, of which all that is needed is the likeness.
        return query execute $query$
            select named.subject, named.owner_pk, max(named.weight * (
                0.7 * candidate.likeness
                + 0.2 * least(1, candidate.likeness * length($4[1]) / named.length)
                + 0.1 * case
                    when named.folded = $5 then 1
                    when starts_with(named.folded, $5) then 0.8
                    when position($5 in named.folded) > 0 then 0.5
                    when named.words[1] = any ($1) then 0.3
                    else 0
                end
            ))::real
            from (select * from api.search_names where words && $1 offset 0) named
            cross join unnest(named.words) piece (word)
            join unnest($1, $3, $7) candidate (word, likeness, form) using (word)
            where named.subject = any ($2) and candidate.likeness >= $6
                and (candidate.form = 'initials:' || $4[1] or not starts_with(candidate.form, 'initials:') or named.folded ~ $8)
            group by named.subject, named.owner_pk
        $query$ using api.search_numbers(plan.words), wanted, plan.likenesses, api.search_tokens(query), sought,
            api.search_needed(), plan.words,
            -- Each letter of an abbreviation begins a word or is in the word of the one before.
            (
                select '\m' || array_to_string(regexp_split_to_array(word, ''), '[^ ]* ?')
                from unnest(api.search_tokens(query)) word where word ~ '^[[:alnum:]]+$'
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

-- What is in the library already.
select api.index_names('show', array(select pk from api.shows));
select api.index_names('staff', array(select pk from api.staff));
select api.index_names('studio', array(select pk from api.studios));
