-- Under which words shows, people, studios, entries and files are found (search.sql looks there), kept right by triggers: the
-- words of all names in `search_words`, each name as the numbers of its words in `search_names`, the words of an entry in
-- `search_entries`, those of a file in its own row, and of all files in `search_file_words`.

-- The scripts that search_romanised knows, as a class for regular expressions.
create or replace function api.sounding() returns text
language sql immutable parallel safe
return '[\u0370-\u04ff\u3041-\u30ff\uac00-\ud7a3]';

-- A text in kana, Hangul, Cyrillic or Greek as it sounds, in Latin letters. Beside Chinese characters,
-- whose sound nobody can tell, only three kana and more in a row are taken for a word.
create or replace function api.search_romanised(value text) returns text
language sql immutable parallel safe strict
as $$
    select translate(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            string_agg(
                case when sign between '가' and '힣' then
                    ('{g,kk,n,d,tt,r,m,b,pp,s,ss,"",j,jj,ch,k,t,p,h}'::text[])[(ascii(sign) - 44032) / 588 + 1]
                    || ('{a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,eu,ui,i}'::text[])
                        [mod(ascii(sign) - 44032, 588) / 28 + 1]
                    || ('{"",k,k,k,n,n,n,t,l,k,m,l,l,l,p,l,m,p,p,t,t,ng,t,t,k,t,p,t}'::text[])
                        [mod(ascii(sign) - 44032, 28) + 1]
                else coalesce(
                    $json${
                        "あ":"a","い":"i","う":"u","え":"e","お":"o","か":"ka","き":"ki","く":"ku","け":"ke","こ":"ko",
                        "が":"ga","ぎ":"gi","ぐ":"gu","げ":"ge","ご":"go","さ":"sa","し":"shi","す":"su","せ":"se",
                        "そ":"so","ざ":"za","じ":"ji","ず":"zu","ぜ":"ze","ぞ":"zo","た":"ta","ち":"chi","つ":"tsu",
                        "て":"te","と":"to","だ":"da","ぢ":"ji","づ":"zu","で":"de","ど":"do","な":"na","に":"ni",
                        "ぬ":"nu","ね":"ne","の":"no","は":"ha","ひ":"hi","ふ":"fu","へ":"he","ほ":"ho","ば":"ba",
                        "び":"bi","ぶ":"bu","べ":"be","ぼ":"bo","ぱ":"pa","ぴ":"pi","ぷ":"pu","ぺ":"pe","ぽ":"po",
                        "ま":"ma","み":"mi","む":"mu","め":"me","も":"mo","や":"ya","ゆ":"yu","よ":"yo","ら":"ra",
                        "り":"ri","る":"ru","れ":"re","ろ":"ro","わ":"wa","ゐ":"i","ゑ":"e","を":"o","ん":"n",
                        "ゔ":"vu","ぁ":"~a","ぃ":"~i","ぅ":"~u","ぇ":"~e","ぉ":"~o","ゃ":"~ya","ゅ":"~yu","ょ":"~yo",
                        "っ":"^","ー":"",
                        "а":"a","б":"b","в":"v","г":"g","д":"d","е":"e","ё":"yo","ж":"zh","з":"z","и":"i","й":"y",
                        "к":"k","л":"l","м":"m","н":"n","о":"o","п":"p","р":"r","с":"s","т":"t","у":"u","ф":"f",
                        "х":"kh","ц":"ts","ч":"ch","ш":"sh","щ":"shch","ъ":"","ы":"y","ь":"","э":"e","ю":"yu","я":"ya",
                        "і":"i","ї":"yi","є":"ye","ґ":"g",
                        "α":"a","β":"v","γ":"g","δ":"d","ε":"e","ζ":"z","η":"i","θ":"th","ι":"i","κ":"k","λ":"l",
                        "μ":"m","ν":"n","ξ":"x","ο":"o","π":"p","ρ":"r","σ":"s","ς":"s","τ":"t","υ":"y","φ":"f",
                        "χ":"ch","ψ":"ps","ω":"o","ά":"a","έ":"e","ή":"i","ί":"i","ό":"o","ύ":"y","ώ":"o"
                    }$json$::jsonb ->> sign, sign)
                end, '' order by place),
            '(sh|ch|j)i~y', '\1', 'g'), 'i~y', 'y', 'g'), '[aiueo]~', '', 'g'), '\^([a-z])', '\1\1', 'g'), 'lr', 'll', 'g'),
        '~^', '')
    from regexp_split_to_table(
        translate(
            regexp_replace(
                -- A word of katakana ends where hiragana begin.
                regexp_replace(lower(normalize(value, NFKC)), '([ァ-ヺー])(?=[ぁ-ゖ])', '\1 ', 'g'),
                case when value ~ '[\u3400-\u9fff]' then '[\u3400-\u9fff]+|(?<![ぁ-ー])[ぁ-ー]{1,2}(?![ぁ-ー])' else '　' end, ' ', 'g'
            ),
            'ァアィイゥウェエォオカキクケコサシスセソタチッツテトナニヌネノハヒフヘホマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポ',
            'ぁあぃいぅうぇえぉおかきくけこさしすせそたちっつてとなにぬねのはひふへほまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔがぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽ'
        ),
        ''
    ) with ordinality given (sign, place)
$$;

-- What else a word is written as; the number comes first.
create or replace function api.search_synonyms(word text) returns text[]
language sql immutable parallel safe strict
return string_to_array(
    '{
        "1":"one i", "one":"1 i", "i":"1 one", "2":"two", "two":"2", "3":"three", "three":"3", "4":"four", "four":"4",
        "5":"five v", "five":"5 v", "v":"5 five", "6":"six", "six":"6", "7":"seven", "seven":"7", "8":"eight",
        "eight":"8", "9":"nine", "nine":"9", "10":"ten x", "ten":"10 x", "x":"10 ten", "11":"eleven xi",
        "eleven":"11 xi", "xi":"11 eleven", "12":"twelve xii", "twelve":"12 xii", "xii":"12 twelve", "13":"thirteen",
        "thirteen":"13", "14":"fourteen", "fourteen":"14", "15":"fifteen", "fifteen":"15", "16":"sixteen",
        "sixteen":"16", "17":"seventeen", "seventeen":"17", "18":"eighteen", "eighteen":"18", "19":"nineteen",
        "nineteen":"19", "20":"twenty", "twenty":"20", "30":"thirty", "thirty":"30", "40":"forty", "forty":"40",
        "50":"fifty", "fifty":"50", "60":"sixty", "sixty":"60", "70":"seventy", "seventy":"70", "80":"eighty",
        "eighty":"80", "90":"ninety", "ninety":"90", "100":"hundred", "hundred":"100", "mr":"mister", "mister":"mr",
        "mrs":"misses missus", "misses":"mrs missus", "missus":"mrs misses", "dr":"doctor", "doctor":"dr",
        "st":"saint", "saint":"st", "vs":"versus", "versus":"vs", "vol":"volume", "volume":"vol", "pt":"part",
        "part":"pt", "and":"n", "n":"and"
    }'::jsonb ->> word,
    ' '
);

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

-- Every name of `owners` as it is searched, with what it counts against the others; the name itself, for its forms.
create or replace function api.searchable(wanted text, owners bigint[])
returns table (owner_pk bigint, weight real, folded text, name text)
language sql stable
as $$
    select given.owner_pk, max(given.weight)::real, left(api.search_fold(given.name), 300) as folded,
        max(left(given.name, 300))
    from (
        select named.owner_pk, named.weight, named.name
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
            select studio_pk, 1.0, name
            from api.studio_translations where wanted = 'studio' and studio_pk = any (owners)
        ) written
        cross join lateral (
            values (written.owner_pk, written.weight, written.name),
                (
                    written.owner_pk, 0.95 * written.weight,
                    case when written.name ~ api.sounding() then api.search_romanised(left(written.name, 300)) end
                )
        ) named (owner_pk, weight, name)
    ) given
    where btrim(given.name) <> ''
    group by given.owner_pk, 3
    union all
    -- The tags of a show are one row.
    select tagged.show_pk, 0.5, left(string_agg(distinct api.search_fold(tagged.tag), ' '), 2000), null
    from (
        select show_pk, unnest(tags) as tag
        from api.show_translations where wanted = 'show' and show_pk = any (owners)
    ) tagged
    where btrim(tagged.tag) <> ''
    group by tagged.show_pk
$$;

-- Write anew under which names the shows, people or studios `owners` are found. Behind the words of a name are the
-- numbers of its forms, which are no words of search_words: nothing misspelt is taken for them.
create or replace function api.index_names(changed text, owners bigint[]) returns void
language plpgsql
as $$
declare
    named bigint[];
    weights real[];
    names text[];
    written text[];
begin
    delete from api.search_names where subject = changed and owner_pk = any (owners);
    select array_agg(name.owner_pk), array_agg(name.weight), array_agg(name.folded), array_agg(name.name)
    into named, weights, names, written
    from api.searchable(changed, owners) name;
    insert into api.search_words (word)
    select distinct piece.word
    from unnest(names) folded cross join unnest(api.search_split(folded)) piece (word)
    where not exists (select from api.search_words known where known.word = piece.word);
    insert into api.search_names (subject, owner_pk, weight, folded, words, length)
    select changed, name.owner_pk, name.weight, name.folded, cut.words || coalesce(made.numbers, '{}'), cut.length
    from unnest(named, weights, names) with ordinality name (owner_pk, weight, folded, place)
    left join (
        select form.place, array_agg(api.search_number(form.form)) as numbers
        from api.search_forms(written) form
        group by form.place
    ) made using (place)
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

-- For owners that are gone nothing is written anew.
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

-- Words are remembered that some name has.
create or replace function api.add_words(words text[]) returns void
language sql
as $$
    insert into api.search_words (word)
    select distinct given.word from unnest(words) given (word)
    where not exists (select from api.search_words known where known.word = given.word)
$$;

-- Write anew by which words `changed` entries are found. Which alphabet a name is in is asked of those alone that are not in
-- the Latin one.
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
        -- Their words would be written for an entry that is being deleted.
        order by entry.pk for key share
    ), saved as (
        insert into api.search_entries as stored (entry_pk, words)
        select pk, array_to_tsvector(words) from named order by pk
        on conflict (entry_pk) do update set words = excluded.words where stored.words <> excluded.words
    )
    select api.add_words(array(select distinct word from named cross join unnest(words) word))
$$;

-- New entries with a name get their words with the name; those of deleted entries went with them.
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
            -- Not joined to each other: Postgres keeps the plan that it made for one row.
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
        select array_agg(pk) into changed from api.entries
        where pk = any (array(select distinct entry_pk from stale));
    end if;
    if changed is not null then
        perform api.index_entries(changed);
    end if;
    return null;
end
$$;

-- The words of the paths of files are remembered. Moved files are not joined to what they were: Postgres keeps the plan
-- that it made for one row.
create or replace function api.add_file_words() returns trigger
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
    files bigint[];
begin
    -- What is about to get its path (queries/catalogue/video_writes.py) is nowhere.
    if tg_op = 'INSERT' then
        select array_agg(pk) into files from fresh where path not like 'moving/%';
    else
        select array_agg(pk) into files
        from (select pk, path from fresh except select pk, path from stale) differing where path not like 'moving/%';
    end if;
    if files is null then
        return null;
    end if;
    insert into api.search_file_words (word)
    select given.word from (
        select distinct piece.word
        from unnest(files) file (pk)
        cross join lateral (select words from api.videos where pk = file.pk offset 0) video
        cross join unnest(tsvector_to_array(video.words)) piece (word)
    ) given
    where not exists (select from api.search_file_words known where known.word = given.word);
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

create trigger follow_new_numbers after insert on api.entries
referencing new table as fresh for each statement execute function api.follow_entry_names();

create trigger follow_changed_numbers after update on api.entries
referencing old table as stale new table as fresh for each statement execute function api.follow_entry_names();

create trigger follow_new_names after insert on api.entry_translations
referencing new table as fresh for each statement execute function api.follow_entry_names();

create trigger follow_changed_names after update on api.entry_translations
referencing old table as stale new table as fresh for each statement execute function api.follow_entry_names();

create trigger follow_deleted_names after delete on api.entry_translations
referencing old table as stale for each statement execute function api.follow_entry_names();

create trigger add_words after insert on api.videos
referencing new table as fresh for each statement execute function api.add_file_words();

create trigger add_moved_words after update on api.videos
referencing old table as stale new table as fresh for each statement execute function api.add_file_words();
