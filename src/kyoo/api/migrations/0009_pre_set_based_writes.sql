-- A foreign key takes along what is inside a deleted row in one statement for each row: of a serie with 500 entries, five
-- keys took 80 % of the time. Those of rows inside entries and files go; schema/deleting.sql does what they did, for all
-- rows of a statement at once. `search_entries` is written by `index_entries` alone, which locks the entries, and the next
-- entry of a `watchlist` row is of the row's show, whose key stays: an entry goes with its show only. The keys of what is
-- inside a show stay, too: a show is one row.
alter table api.search_entries drop constraint search_entries_entry_pk_fkey;
alter table api.entry_translations drop constraint entry_translations_entry_pk_fkey;
alter table api.entry_videos drop constraint entry_videos_entry_pk_fkey, drop constraint entry_videos_video_pk_fkey;
alter table api.history drop constraint history_entry_pk_fkey, drop constraint history_video_pk_fkey;
alter table api.watchlist drop constraint watchlist_next_entry_pk_fkey;

-- Files are looked up by their guessed title, in no order: with the path beside it each write of a file took longer.
create index videos_title_idx on api.videos ((guess ->> 'title'));
drop index api.videos_expr_path_pk_idx;
