-- Indexes for the orders and conditions of lists that had none (every plan is tested on a large library), and a mark of
-- the files that belong to nothing yet, which are few among many.

-- Sorted by name in a language of the reader.
create index on api.show_translations (language, name, show_pk);
create index on api.show_translations (language, name desc, show_pk);

-- Random orders: the seed picks one, and a place to start.
create index on api.shows (hashint8extended(pk, 0), pk);
create index on api.shows (hashint8extended(pk, 1), pk);
create index on api.shows (hashint8extended(pk, 2), pk);
create index on api.shows (hashint8extended(pk, 3), pk);
create index on api.shows (hashint8extended(pk, 4), pk);
create index on api.shows (hashint8extended(pk, 5), pk);
create index on api.shows (hashint8extended(pk, 6), pk);
create index on api.shows (hashint8extended(pk, 7), pk);

-- By the ratings of the best known sources.
create index on api.shows (((rating ->> 'themoviedatabase')::int), pk);
create index on api.shows (((rating ->> 'themoviedatabase')::int) desc nulls last, pk);
create index on api.shows (((rating ->> 'imdb')::int), pk);
create index on api.shows (((rating ->> 'imdb')::int) desc nulls last, pk);
create index on api.shows (((rating ->> 'tvdb')::int), pk);
create index on api.shows (((rating ->> 'tvdb')::int) desc nulls last, pk);

-- Few shows of one kind, status, language or runtime among many.
create index on api.shows (kind, created_at, pk);
create index on api.shows (kind, created_at desc, pk);
create index on api.shows (status, slug, pk);
create index on api.shows (original_language, slug, pk);
create index on api.shows ((runtime::double precision));
create index on api.shows (slug, pk) where available_count <= 0;
create index on api.shows (kind, slug, pk) where available_count <= 0;
create index on api.show_translations using gin (tags);
create index on api.watchlist (profile_pk, status desc, show_pk);

-- Names of entries, as they are searched.
create index on api.entry_translations using gin (api.fold(name) public.gin_trgm_ops);

create index on api.entries (episode_number);

-- Few entries among many: of a day, of a length, and what is no story.
create index on api.entries (air_date);
create index on api.entries ((runtime::double precision));
create index on api.entries (content, available_since desc, pk) where content <> 'story';

-- Files of a serie are found by what their names said.
create index on api.videos ((guess ->> 'title'), path, pk);

-- Files that are linked to nothing.
alter table api.videos add column linked boolean not null default false;
update api.videos video set linked = true where exists (select from api.entry_videos where video_pk = video.pk);
create index on api.videos (created_at, pk) where not linked;
create index on api.videos (created_at desc, pk) where not linked;
create index on api.videos (path, pk) where not linked;
create index on api.videos (path desc, pk) where not linked;

-- Files are locked before they are looked at, so that a link made and a link removed at once end in the right mark.
create function api.mark_linked() returns trigger
language plpgsql
as $$
begin
    perform from api.videos where pk in (select video_pk from fresh) order by pk for no key update;
    update api.videos set linked = true where not linked and pk in (select video_pk from fresh);
    return null;
end
$$;
create function api.mark_unlinked() returns trigger
language plpgsql
as $$
begin
    perform from api.videos where pk in (select video_pk from stale) order by pk for no key update;
    update api.videos video set linked = false
    where linked and pk in (select video_pk from stale)
        and not exists (select from api.entry_videos where video_pk = video.pk);
    return null;
end
$$;
create trigger mark_linked after insert on api.entry_videos
referencing new table as fresh for each statement execute function api.mark_linked();
create trigger mark_unlinked after delete on api.entry_videos
referencing old table as stale for each statement execute function api.mark_unlinked();
