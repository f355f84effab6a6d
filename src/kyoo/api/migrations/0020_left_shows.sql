-- The show that a file without a link was last of, so that what was said of the show finds the one that it turns out to
-- be, however long after (queries/rematching.py).
alter table api.videos add column left_show_pk bigint references api.shows on delete set null;
create index on api.videos (left_show_pk) where left_show_pk is not null;
