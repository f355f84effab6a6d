-- Which shows have no name in the reader's better languages is asked of all shows (queries/shows.py): with what a list and
-- the limits of a reader compare beside the key, no row is read for it, and rows are wider since 0023.
-- vacuum: api.shows
create index on api.shows (pk) include (kind, collection_pk, libraries, min_age);
