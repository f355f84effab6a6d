-- Files have no index twice, and shows one more for the order by name.
-- vacuum: api.shows
-- States of before 0.1.0 that are taken over have some of it already.

-- A path is unique, so that the index of its constraint gives the orders of the first two, and the index of files without a
-- link both directions of its own; by title, the index by title and path does.
drop index if exists api.videos_path_pk_idx;
drop index if exists api.videos_path_pk_idx1;
drop index if exists api.videos_path_pk_idx3;
drop index if exists api.videos_expr_idx;
-- Files are shown by these orders only while they have no link.
drop index if exists api.videos_created_at_pk_idx;
drop index if exists api.videos_created_at_pk_idx1;

-- Which shows have no name in the reader's better languages is asked of all shows (queries/shows.py): with what a list and
-- the limits of a reader compare beside the key, no row is read for it.
create index if not exists shows_pk_kind_collection_pk_libraries_min_age_idx
    on api.shows (pk) include (kind, collection_pk, libraries, min_age);
