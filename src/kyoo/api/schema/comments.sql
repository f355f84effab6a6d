-- What is in the tables and columns whose names do not say it. tables.sql shows these texts.

comment on column api.shows.start_air is 'A movie''s air date is its start_air.';
comment on column api.shows.entries_count is 'Entries that are no extras, and how many of them have a file. Kept right by every change of links or entries.';
comment on column api.shows.locks is 'Columns that somebody wrote by hand: what providers say of them later is not taken over. Each row has its own.';
comment on column api.shows.min_age is 'From which age on a show may be seen; null when nobody has said so, which is as good as adult for a limited reader.';
comment on column api.shows.libraries is 'Primary keys of the libraries of its files, 0 for all folders that are in none; empty when it has none.';

comment on column api.show_translations.names_wire is 'As the original of a show has them.';
comment on column api.show_translations.pictures is 'Poster, thumbnail, banner, logo: each in the language that the reader prefers.';

comment on column api.entries.key is 'Says which entry of the show this is, whatever its slug became: s1e2, sp3, movie, movie-<slug>, extra-<slug>.';
comment on column api.entries.order is 'The place in the watch order; decimals stand between. Null for extras.';
comment on column api.entries.episode_number is 'The number of an episode in its season, or of a special.';
comment on column api.entries.available_since is 'Since when there is a file for it without a break; null when there is none.';

comment on column api.entry_translations.language is 'Extras have one row, of the pseudo-language "extra".';
comment on column api.entry_translations.tagline is 'Only movie entries have these two.';

comment on column api.videos.rendering is 'What the versions and parts of one cut have in common.';
comment on column api.videos.linked is 'Files that are linked to nothing.';
comment on column api.videos.words is 'The words of a path.';
comment on column api.videos.min_age is 'The lowest of its shows; null when none of them has one.';
comment on column api.videos.left_show_pk is 'The show that a file without a link was last of, so that what was said of the show finds the one that it turns out to be, however long after (queries/catalogue/rematching.py).';

comment on column api.entry_videos.suffixed is 'Whether the slug ends with the rendering: the first rendering of an entry keeps the short form.';

comment on column api.roles.character_name is 'All three null when the role plays no character.';

comment on table api.profiles is 'A user of the auth service, made on first write.';

comment on table api.history is 'One row per play. The latest row of an entry is the progress of its profile.';
comment on column api.history.time is 'Seconds from the start of the video.';
comment on column api.history.external is 'Marked as seen by hand or elsewhere: counts as seen, hidden from the history.';

comment on column api.watchlist.seen_count is 'Seen entries of a serie; the percent of a movie.';
comment on column api.watchlist.seen_since is 'Since when views count as seen again: the start of the present re-watch, null when there is none.';
comment on column api.watchlist.set_aside_at is 'When its owner took the show out of next up; it comes back when it is played again.';

comment on table api.images is 'A picture to download, or one that is in the store. `id` is the SHA-256 of the source URL.';
comment on column api.images.blurhash is 'Null until it is in the store.';
comment on column api.images.priority is 'Smaller comes first: posters before the faces of the crew.';
comment on column api.images.status is 'What is `pending` is tried as soon as somebody has time, what has `failed` waits for `retry_at`.';
comment on column api.images.retry_at is 'Not to be tried before; also moved ahead while a worker holds the picture.';

comment on table api.image_places is 'Which rows show a picture, so that its blurhash can be written there once it is known. `owner` says the table: show (api.show_translations), season (api.season_translations), entry (api.entries and api.entry_translations), studio (api.studio_translations), staff (api.staff), role (api.roles); owner_pk is the pk of the show, season, ….';

comment on table api.search_words is 'A word may be here twice when two transactions added it at once; it is never deleted.';

comment on column api.search_names.weight is 'What a name counts against the others of its owner: 1 for names, less for aliases and tags.';
comment on column api.search_names.words is 'Without repetitions. length is that of all of them together.';

comment on table api.similar_shows is 'The shows most alike to each, computed by a job; score is from 0 to 1.';

comment on table api.similar_runs is 'What the library looked like when similar_shows was computed last.';

comment on column api.tracker_applications.client_secret is 'Encrypted, as all secrets of trackers (core/sealing.py).';
comment on column api.trackers.secrets is 'The tokens.';
comment on column api.trackers.scrobble is 'Whether it is shown what is being watched.';
comment on column api.trackers.unwatch is 'Whether it is told what is marked as not seen.';
comment on column api.trackers.activities is 'What it said of its last changes when it was read last.';
comment on column api.trackers.leased_until is 'Until then somebody sends to it, or died while sending.';
comment on column api.tracker_logins.browser_hash is 'Of the secret in the cookie; empty for logins by device.';
comment on table api.tracker_outbox is 'What trackers are still to be told; a row is deleted when it is done. Written in the transaction of the fact.';
comment on column api.tracker_outbox.item is 'The id of the show, which may be deleted: rows of one item are sent in their order.';
comment on column api.tracker_outbox.facts is 'What was so when it happened (trackers/outbox.py).';
comment on column api.tracker_outbox.sent_at is 'When it was sent first, as long as nobody knows whether it arrived.';
comment on table api.tracker_budgets is 'What services allow us to ask (queries/trackers/budgets.py); subject is an account, or all of them.';
comment on column api.tracker_budgets.spacing is 'Seconds between two requests, as the service said.';
comment on column api.imports.limits is 'What its owner could see when the import was run last: shows beyond that are not found.';
comment on column api.imports.taken is 'Whether it was taken once, and not only previewed.';
comment on column api.import_titles.matched is 'Whether a show here was found for it; null before it was looked for.';
comment on table api.tracker_bases is 'How a show was at a tracker when both sides agreed last.';

comment on table api.editions is 'The name that somebody gave to a cut; without one, the name that the file itself has (guess.raw.edition) holds.';

comment on column api.libraries.path is 'What is below this folder; without a slash at the end.';
comment on column api.libraries.gathered is 'False from a change of a library until the shows know of it.';

comment on table api.search_entries is 'The words of an entry: of its names in all languages, and its number.';

comment on table api.search_file_words is 'The words of paths, apart from those of names. What has a digit (s01e03, 1080p, a checksum) is not taken for another.';

comment on column api.devices.id is 'What the device calls itself, or its socket.';
comment on column api.devices.process is 'Whose sockets say from time to time that they are still there.';

comment on column api.rooms.limits is 'What the owner may see; guests see no more.';
comment on column api.rooms.link is 'What an invited guest shows; of no use once the room is gone.';
comment on column api.rooms.wanted is 'Somebody has pressed play: it goes on when nobody has to be waited for.';
comment on column api.room_members.id is 'An account''s id, or one that a guest was given.';
comment on column api.room_members.key is 'The API key that stands for a guest; it is deleted when no room has that guest any more.';

comment on table api.wishes is 'Links that files were registered with, and that the catalogue has no entry for yet.';
comment on column api.wishes.slug is 'Of the show, or of the entry when no kind is said.';

comment on column api.rooms.removed is 'Accounts that the host has sent away. The link is another one since a guest was.';

comment on table api.watched is 'What was watched, of each entry by each profile, in each quarter of an hour.';
comment on column api.watched.finished is 'How often it was watched to its end.';
comment on column api.watching.position is 'Seconds from the start of the video.';
comment on column api.encoded.profile_pk is 'Null for guests.';
comment on column api.encoded.what is 'video: the picture, whatever the sound; audio: the sound alone.';

comment on column api.webhooks.origin is 'Of its address, which is a secret as a whole (queries/webhooks/hooks.py).';
comment on column api.webhooks.secrets is 'Its address, what signs and the token of its receiver: encrypted (core/sealing.py).';
comment on column api.webhooks.profile_pk is 'Whose it is; null: of the administrators, all together.';
comment on column api.webhooks.own_events is 'What is told of its owner; `events` of everybody.';
comment on column api.webhooks.after is 'The event that was the newest when it was made.';
comment on column api.webhook_deliveries.id is 'What the receiver knows a repetition by.';
comment on column api.webhook_deliveries.next_try is 'While it is being sent: when it is given up for lost.';
