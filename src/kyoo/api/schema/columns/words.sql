-- Texts as words that can be compared. Columns are computed with these functions: whoever changes what one of them answers
-- adds a migration that computes those columns anew.

-- The scripts that are written without spaces: Thai to Khmer, kana, Chinese characters. Texts in them are cut into
-- single characters and pairs. The class is for regular expressions.
create or replace function api.unspaced() returns text
language sql immutable parallel safe
return '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u3096\u30fc-\u30fe\u3400-\u4dbf\u4e00-\u9fff]';

-- Text as it is searched: without accents. (pg_trgm ignores case itself.) unaccent() is only "stable" because its
-- dictionary could be edited; ours is the one it ships with.
create or replace function api.fold(value text) returns text
language sql immutable parallel safe strict
as $$ select public.unaccent('public.unaccent'::regdictionary, value) $$;

-- Everything a show can be found by, one name a line.
create or replace function api.search_text(name text, latin_name text, aliases text[], tags text[]) returns text
language sql immutable parallel safe
as $$ select api.fold(concat_ws(E'\n', name, latin_name, array_to_string(aliases, E'\n'), array_to_string(tags, E'\n'))) $$;

-- A text as it is compared: small letters without accents, no punctuation, katakana as hiragana, Korean syllables as
-- their letters, so that one wrong letter is one wrong letter there, too. Few texts have anything for the regular expressions,
-- which take most of the time.
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

-- Roman numerals are numbers.
create or replace function api.search_numeral(word text) returns text
language sql immutable parallel safe strict
return case word
    when 'ii' then '2' when 'iii' then '3' when 'iv' then '4' when 'vi' then '6' when 'vii' then '7'
    when 'viii' then '8' when 'ix' then '9' else word
end;

-- The words of a folded text of which some are numerals, too long, or of a script to be cut.
create or replace function api.search_pieces(folded text) returns text[]
language sql immutable parallel safe strict
as $$
    select array(
        select left(piece.word, 40)
        from regexp_split_to_table(regexp_replace(
            regexp_replace(folded, '(' || api.unspaced() || '+)', ' \1 ', 'g'),
            '\m([a-zа-я]) (?=[a-zа-я]\M)', '\1', 'g'
        ), ' +') with ordinality token (word, place)
        cross join lateral (
            select api.search_numeral(token.word) as word, 0 as place where token.word !~ api.unspaced()
            union all
            select substr(token.word, start, size), start * 2 + size
            from generate_series(1, length(token.word)) start cross join generate_series(1, 2) size
            where token.word ~ api.unspaced() and start + size <= length(token.word) + 1
        ) piece
        where piece.word <> ''
        order by token.place, piece.place
    )
$$;

-- The words of a folded text, in order. Single letters are one word (s.h.i.e.l.d.). What has no two single letters, Roman
-- numeral or long word is cut at blanks, which takes a fifteenth of the time.
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

-- What can remain of the beginning of a word when up to two letters are left out. Words that differ by at most two
-- letters have such a remainder in common. Numbers have none: 2 is no misspelt 3. Short words lose one letter.
create or replace function api.search_remains(word text) returns text[]
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
create or replace function api.search_number(word text) returns bigint
language sql immutable parallel safe strict
return ('x' || left(md5(word), 16))::bit(64)::bigint;
