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
language plpgsql immutable parallel safe strict
as $$
declare
    plain text := lower(value);
begin
    -- Most names have nothing that normalizing or unaccenting could change, and these take most of the time.
    if value !~ '^[\u0001-\u007f]*$' then
        plain := translate(
            normalize(lower(api.fold(normalize(value, NFKC))), NFKD),
            'ァアィイゥウェエォオカキクケコサシスセソタチッツテトナニヌネノハヒフヘホマミムメモャヤュユョヨラリルレロヮワヰヱヲンヵヶ',
            'ぁあぃいぅうぇえぉおかきくけこさしすせそたちっつてとなにぬねのはひふへほまみむめもゃやゅゆょよらりるれろゎわゐゑをんゕゖ'
        );
    end if;
    return coalesce(nullif(btrim(regexp_replace(
        regexp_replace(
            replace(plain, '&', ' and '), '[''’`´ʼ\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u3099\u309a]', '', 'g'
        ),
        '[\u0001-\u002f:-@\u005b-\u0060\u007b-\u00bf×÷\u2000-\u206f\u3001-\u3004\u3008-\u3020\u3030-\u303f・]+', ' ', 'g'
    )), ''), lower(btrim(value)));
end
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
