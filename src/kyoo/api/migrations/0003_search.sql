-- Search by names as people type them (docs/decisions/0011-search.md), and which shows are alike.
--
-- Every name of a show, person or studio is a row of search_names: folded, and cut into words of search_words. A word
-- that is typed wrongly is found by what remains of it when letters are left out; a name by its words.

create extension if not exists fuzzystrmatch schema public;

-- The scripts that are written without spaces: Thai to Khmer, kana, Chinese characters. Texts in them are cut into
-- single characters and pairs. The class is for regular expressions.
create function api.unspaced() returns text
language sql immutable parallel safe
return '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u3096\u30fc-\u30fe\u3400-\u4dbf\u4e00-\u9fff]';

-- A text as it is compared: small letters without accents, no punctuation, katakana as hiragana, Korean syllables as
-- their letters, so that one wrong letter is one wrong letter there, too.
create function api.search_fold(value text) returns text
language sql immutable parallel safe strict
as $$
    select coalesce(nullif(btrim(regexp_replace(
        regexp_replace(
            replace(translate(
                normalize(lower(api.fold(normalize(value, NFKC))), NFKD),
                'ァアィイゥウェエォオカキクケコサシスセソタチッツテトナニヌネノハヒフヘホマミムメモャヤュユョヨラリルレロヮワヰヱヲンヵヶ',
                'ぁあぃいぅうぇえぉおかきくけこさしすせそたちっつてとなにぬねのはひふへほまみむめもゃやゅゆょよらりるれろゎわゐゑをんゕゖ'
            ), '&', ' and '),
            '[''’`´ʼ\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u3099\u309a]', '', 'g'
        ),
        '[\u0001-\u002f:-@\u005b-\u0060\u007b-\u00bf×÷\u2000-\u206f\u3001-\u3004\u3008-\u3020\u3030-\u303f・]+', ' ', 'g'
    )), ''), lower(btrim(value)))
$$;

-- The words of a folded text, in order. Roman numerals are numbers.
create function api.search_split(folded text) returns text[]
language sql immutable parallel safe strict
as $$
    select coalesce(array_agg(left(piece.word, 40) order by token.place, piece.place), '{}')
    from regexp_split_to_table(regexp_replace(folded, '(' || api.unspaced() || '+)', ' \1 ', 'g'), ' +')
        with ordinality token (word, place)
    cross join lateral (
        select case token.word
            when 'ii' then '2' when 'iii' then '3' when 'iv' then '4' when 'vi' then '6' when 'vii' then '7'
            when 'viii' then '8' when 'ix' then '9' else token.word
        end as word, 0 as place
        where token.word !~ api.unspaced()
        union all
        select substr(token.word, start, size), start * 2 + size
        from generate_series(1, length(token.word)) start cross join generate_series(1, 2) size
        where token.word ~ api.unspaced() and start + size <= length(token.word) + 1
    ) piece
    where piece.word <> ''
$$;

-- What can remain of the beginning of a word when up to two letters are left out. Words that differ by at most two
-- letters have such a remainder in common. Numbers have none: 2 is no misspelt 3. Short words lose one letter.
create function api.search_remains(word text) returns text[]
language sql immutable parallel safe strict
as $$
    select coalesce(array_agg(distinct remains), '{}')
    from (select left(word, 6) as start) beginning
    cross join lateral (
        select start as remains
        union all
        select overlay(start placing '' from one for 1) from generate_series(1, length(start)) one
        union all
        select overlay(overlay(start placing '' from two for 1) placing '' from one for 1)
        from generate_series(1, length(start)) one cross join generate_series(one + 1, length(start)) two
        where length(word) > 4
    ) remainders
    where length(word) > 2 and word !~ '^[0-9]+$'
$$;

-- The number of a word follows from the word, so that nobody has to wait for who adds it first.
create function api.search_number(word text) returns bigint
language sql immutable parallel safe strict
return ('x' || left(md5(word), 16))::bit(64)::bigint;

-- A word may be here twice when two transactions added it at once; it is never deleted.
create table api.search_words (
    word text collate "C" not null,
    number bigint not null generated always as (api.search_number(word)) stored,
    remains text[] not null generated always as (api.search_remains(word)) stored
);
create index on api.search_words (word);
create index on api.search_words using gin (remains) with (gin_pending_list_limit = 256);

create table api.search_names (
    pk bigint generated always as identity primary key,
    subject text not null check (subject in ('show', 'staff', 'studio')),
    owner_pk bigint not null,
    -- What a name counts against the others of its owner: 1 for names, less for aliases and tags.
    weight real not null,
    folded text not null,
    -- Without repetitions. length is that of all of them together.
    words bigint[] not null,
    length integer not null
);
create index on api.search_names (subject, owner_pk);
create index on api.search_names using gin (words) with (gin_pending_list_limit = 256);
create index on api.search_names (left(folded, 1), subject);

create function api.searchable(wanted text, owners bigint[])
returns table (owner_pk bigint, weight real, folded text)
language sql stable
as $$
    select given.owner_pk, max(given.weight)::real, left(api.search_fold(given.name), 300) as folded
    from (
        select show_pk as owner_pk, 1.0 as weight, name
        from api.show_translations where wanted = 'show' and show_pk = any (owners)
        union all
        select show_pk, 1.0, latin_name from api.show_translations where wanted = 'show' and show_pk = any (owners)
        union all
        select show_pk, 0.95, unnest(aliases)
        from api.show_translations where wanted = 'show' and show_pk = any (owners)
        union all
        select pk, 1.0, name from api.staff where wanted = 'staff' and pk = any (owners)
        union all
        select pk, 1.0, latin_name from api.staff where wanted = 'staff' and pk = any (owners)
        union all
        select studio_pk, 1.0, name from api.studio_translations where wanted = 'studio' and studio_pk = any (owners)
    ) given
    where btrim(given.name) <> ''
    group by given.owner_pk, 3
    union all
    -- The tags of a show are one row.
    select tagged.show_pk, 0.5, left(string_agg(distinct api.search_fold(tagged.tag), ' '), 2000)
    from (
        select show_pk, unnest(tags) as tag
        from api.show_translations where wanted = 'show' and show_pk = any (owners)
    ) tagged
    where btrim(tagged.tag) <> ''
    group by tagged.show_pk
$$;

-- Write anew under which names the shows, people or studios `owners` are found.
create function api.index_names(changed text, owners bigint[]) returns void
language plpgsql
as $$
declare
    named bigint[];
    weights real[];
    names text[];
begin
    delete from api.search_names where subject = changed and owner_pk = any (owners);
    select array_agg(name.owner_pk), array_agg(name.weight), array_agg(name.folded) into named, weights, names
    from api.searchable(changed, owners) name;
    insert into api.search_words (word)
    select distinct piece.word
    from unnest(names) folded cross join unnest(api.search_split(folded)) piece (word)
    where not exists (select from api.search_words known where known.word = piece.word);
    insert into api.search_names (subject, owner_pk, weight, folded, words, length)
    select changed, name.owner_pk, name.weight, name.folded, cut.words, cut.length
    from unnest(named, weights, names) name (owner_pk, weight, folded)
    cross join lateral (
        select array_agg(api.search_number(piece.word) order by piece.place) as words, sum(length(piece.word)) as length
        from (
            select split.word, min(split.place) as place
            from unnest(api.search_split(name.folded)) with ordinality split (word, place)
            group by split.word
        ) piece
    ) cut
    where cut.words is not null;
end
$$;

create function api.follow_names() returns trigger
language plpgsql
as $$
declare
    changed bigint[];
begin
    -- fresh and stale have the columns of the trigger's table, whose subject is the argument.
    if tg_argv[0] = 'show' then
        if tg_op = 'UPDATE' then
            select array_agg(distinct fresh.show_pk) into changed
            from fresh left join stale using (show_pk, language)
            where (fresh.name, fresh.latin_name, fresh.aliases, fresh.tags)
                is distinct from (stale.name, stale.latin_name, stale.aliases, stale.tags);
        elsif tg_op = 'INSERT' then
            select array_agg(distinct show_pk) into changed from fresh;
        else
            select array_agg(distinct show_pk) into changed from stale;
        end if;
    elsif tg_argv[0] = 'staff' then
        if tg_op = 'UPDATE' then
            select array_agg(pk) into changed
            from fresh join stale using (pk)
            where (fresh.name, fresh.latin_name) is distinct from (stale.name, stale.latin_name);
        elsif tg_op = 'INSERT' then
            select array_agg(pk) into changed from fresh;
        else
            select array_agg(pk) into changed from stale;
        end if;
    else
        if tg_op = 'UPDATE' then
            select array_agg(distinct fresh.studio_pk) into changed
            from fresh left join stale using (studio_pk, language) where fresh.name is distinct from stale.name;
        elsif tg_op = 'INSERT' then
            select array_agg(distinct studio_pk) into changed from fresh;
        else
            select array_agg(distinct studio_pk) into changed from stale;
        end if;
    end if;
    if changed is not null then
        perform api.index_names(tg_argv[0], changed);
    end if;
    return null;
end
$$;

create trigger follow_new_names after insert on api.show_translations
referencing new table as fresh for each statement execute function api.follow_names('show');
create trigger follow_changed_names after update on api.show_translations
referencing old table as stale new table as fresh for each statement execute function api.follow_names('show');
create trigger follow_deleted_names after delete on api.show_translations
referencing old table as stale for each statement execute function api.follow_names('show');
create trigger follow_new_names after insert on api.staff
referencing new table as fresh for each statement execute function api.follow_names('staff');
create trigger follow_changed_names after update on api.staff
referencing old table as stale new table as fresh for each statement execute function api.follow_names('staff');
create trigger follow_deleted_names after delete on api.staff
referencing old table as stale for each statement execute function api.follow_names('staff');
create trigger follow_new_names after insert on api.studio_translations
referencing new table as fresh for each statement execute function api.follow_names('studio');
create trigger follow_changed_names after update on api.studio_translations
referencing old table as stale new table as fresh for each statement execute function api.follow_names('studio');
create trigger follow_deleted_names after delete on api.studio_translations
referencing old table as stale for each statement execute function api.follow_names('studio');

-- The shows, people and studios that `query` may mean, of the subjects `wanted`; score is from 0 to 1. Of the query's
-- words, weighed by how rare they are, 45 % must be in a name, up to two wrong letters each; the last one may be the
-- beginning of a word only. How rare a word is, is known from the statistics of search_names.
create function api.search(query text, wanted text[])
returns table (subject text, owner_pk bigint, score real)
language plpgsql stable rows 100
set plan_cache_mode = force_generic_plan
-- The rows of functions are estimated far too high here; compiling would take longer than the search.
set jit = off
as $$
declare
    needed constant double precision := 0.45;
    sought constant text := api.search_fold(query);
    -- More words than any title has.
    tokens constant text[] := (api.search_split(sought))[:24];
    -- What each word of the query may be: its place, the word of the names, how alike they are, whether it is only a
    -- part of what was typed in one word.
    places integer[];
    candidates bigint[];
    likenesses real[];
    parts boolean[];
    weights double precision[];
    driving bigint[];
begin
    if length(sought) = 1 and sought !~ api.unspaced() then
        return query
        select name.subject, name.owner_pk, max(name.weight * (0.5 + 0.5 / length(name.folded)))::real
        from api.search_names name
        where left(name.folded, 1) = sought and name.subject = any (wanted) and name.weight > 0.5
        group by name.subject, name.owner_pk;
        return;
    end if;

    with token as (
        select word, place::integer, length(word) as size, word ~ api.unspaced() as unspaced,
            place = cardinality(tokens) and length(word) > 1 and word !~ api.unspaced() as unfinished
        from unnest(tokens) with ordinality given (word, place)
    ), typed as (
        -- Also what two words are in one: spider man.
        select word, size, array[place] as places, unfinished, 1.0 as factor
        from token
        union all
        select one.word || two.word, one.size + two.size, array[one.place, two.place], false, 0.95
        from token one join token two on two.place = one.place + 1 and not one.unspaced and not two.unspaced
    ), alike as (
        select typed.places, found.number, typed.factor * near.likeness as likeness, false as part
        from typed
        cross join lateral (
            (select number, word from api.search_words where word = typed.word)
            union
            (
                select number, word from api.search_words
                where typed.unfinished and word > typed.word and word < typed.word || chr(1114111)
            )
            union
            (select number, word from api.search_words where remains && api.search_remains(typed.word))
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
    ), split as (
        -- Also what one word is in two: starwars.
        select array[token.place] as places, part.number, 0.95 * part.size / token.size as likeness, true as part
        from token
        cross join lateral (
            select
                cut, (select max(number) from api.search_words where word = left(token.word, cut)) as one,
                (select max(number) from api.search_words where word = substr(token.word, cut + 1)) as two
            from generate_series(2, token.size - 2) cut
        ) pair
        cross join lateral (values (pair.one, pair.cut), (pair.two, token.size - pair.cut)) part (number, size)
        where not token.unspaced and pair.one is not null and pair.two is not null
            and not exists (select from alike where alike.places @> array[token.place] and alike.likeness > 0.8)
    ), candidate as (
        select place, number, part, max(likeness)::real as likeness
        from (select * from alike union all select * from split) found cross join unnest(found.places) place
        group by place, number, part
    ), common as (
        select element.word, element.frequency
        from pg_stats
        cross join lateral unnest(most_common_elems::text::bigint[], most_common_elem_freqs) element (word, frequency)
        where schemaname = 'api' and tablename = 'search_names' and attname = 'words' and element.word is not null
    ), weighed as (
        -- A word weighs as much as it tells: the most frequent of its best candidates says how much.
        select token.place, ln(1 + 1 / greatest(0.0005, best.frequency))
            * case when token.unspaced then 0.5 * token.size else 1 end as weight
        from token left join lateral (
            select common.frequency
            from candidate left join common on common.word = candidate.number
            where candidate.place = token.place
            order by candidate.likeness desc, common.frequency desc nulls last
            limit 1
        ) best on true
    ), summed as (
        select place, weight, sum(weight) over (order by weight, place) > needed * sum(weight) over () as drives
        from weighed
    )
    -- A name that has none of the driving words cannot have enough of the others.
    select array_agg(candidate.place), array_agg(candidate.number), array_agg(candidate.likeness),
        array_agg(candidate.part),
        (select array_agg(weight order by place) from weighed),
        array_agg(distinct candidate.number) filter (where summed.drives)
    into places, candidates, likenesses, parts, weights, driving
    from candidate join summed using (place);

    -- Planned for these words: how many names they are in decides between the index and the table.
    return query execute $query$
        with named as materialized (
            select name.pk, name.subject, name.owner_pk, name.weight, name.folded, name.length, name.words
            from api.search_names name
            where name.words && $1 and name.subject = any ($2)
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
    $query$ using driving, wanted, places, candidates, likenesses, parts, weights,
        (select sum(weight) from unnest(weights) weight), tokens, sought, needed;
end
$$;

-- What is in the library already.
select api.index_names('show', array(select pk from api.shows));
select api.index_names('staff', array(select pk from api.staff));
select api.index_names('studio', array(select pk from api.studios));

drop index api.show_translations_name_text_idx;
drop index api.show_translations_search_text_idx;
drop index api.staff_search_text_idx;
drop index api.studio_translations_search_text_idx;

------------------------------------------------------------------------------------------------------- similar shows

-- The shows most alike to each, computed by a job; score is from 0 to 1.
create table api.similar_shows (
    show_pk bigint not null references api.shows on delete cascade,
    similar_pk bigint not null references api.shows on delete cascade,
    score real not null,
    primary key (show_pk, similar_pk)
);
create index on api.similar_shows (show_pk, score desc, similar_pk);
create index on api.similar_shows (similar_pk);

-- What the library looked like when similar_shows was computed last.
create table api.similar_runs (
    only_row boolean primary key default true check (only_row),
    shows bigint not null,
    changed_at timestamptz
);
