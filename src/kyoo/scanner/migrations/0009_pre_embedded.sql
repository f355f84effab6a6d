-- What the tags inside a file say of it, what a file was before it is linked anew, and the films that TheTVDB has among
-- the specials of a serie.

alter table scanner.files add column tags jsonb, add column before jsonb;

create index records_films on scanner.records
    using gin (jsonb_path_query_array(record, '$.episodes[*] ? (@.is_movie == true).ids.tvdb')) where provider = 'tvdb';
