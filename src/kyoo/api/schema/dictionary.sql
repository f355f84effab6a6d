-- The words of names, and those of paths, where misspelt ones are looked for (search.sql).

create view api.search_dictionary as
select false as files, word, remains from api.search_words
union all
select true, word, remains from api.search_file_words;
