-- The first day of a show as its seeds have it, which tells shows of one slug apart (api.md §10.4): the one that is
-- shown can be edited. Null: no seed has said one, or this cannot be known any more.

alter table api.shows add column seeded_air date;
update api.shows set seeded_air = start_air where kind <> 'collection' and not 'start_air' = any (locks);
