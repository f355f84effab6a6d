-- What is in the tables and columns whose names do not say it. tables.sql shows these texts.

comment on column scanner.shows.slug is 'What the api calls it; only reserved until `api_id` says that it is seeded there.';
comment on column scanner.shows.seeded_air is 'The air date it was seeded with: the api tells shows of one slug apart by it, so it must not change.';
comment on column scanner.shows.written is 'What the api was last told of it, as a hash, without its files: the same is not told twice.';
comment on column scanner.shows.translated is 'Numbers in names (`1:30`) that count otherwise than the api was told at first, to where their files stand: `[2, 6]`.';
comment on column scanner.shows.replaces is 'Slugs of api shows that this one takes the place of (a remap, or a film that joined its serie: `movie:slug`); removed once this one is seeded.';

comment on table scanner.show_titles is 'Every name a show goes by in file names; a remap points the old names at the new show.';

comment on column scanner.files.path is 'Compared by bytes, so that a folder is one range of the index.';
comment on column scanner.files.mount is 'The mounted volume that holds it, unless that is the root of the machine.';
comment on column scanner.files.pinned is 'Whether a person chose the show (a remap or an added request): a scan never changes it.';
comment on column scanner.files.chosen_episodes is 'Overrides the numbers of the name: [[season, episode], …], chosen by a person.';
comment on column scanner.files.moved_from is 'The path the api still knows it by, after a rename.';
comment on column scanner.files.relink is 'Whether its links in the api must be replaced, not extended.';

comment on table scanner.folders is 'What lies beside the videos (.nfo files, pictures), as one fingerprint a folder; folders without any have no row.';

comment on table scanner.roots is 'What the administrator must know of a library root.';

comment on column scanner.requests.show_id is 'One request a show; shows are told apart by title and year, or by the ids in their names.';

comment on table scanner.anime_lists is 'The public lists of anime as they were fetched, so that all replicas have them and they can be read anew.';
comment on column scanner.anime_lists.content is 'Compressed with zlib.';
comment on table scanner.anime is 'What all lists together say, one row an anime. Made from `anime_lists`, never changed otherwise.';
comment on column scanner.anime.key is 'The service and id that the lists know it by: `anidb:69`.';
comment on column scanner.anime.serie is 'The id at TheTVDB of the serie it is a part of.';
comment on table scanner.services is 'How each service of metadata is, and whose turn it is: all replicas keep one pace.';
comment on column scanner.services.due is 'When the turns that were taken are over (the generic cell rate algorithm).';
comment on column scanner.services.blocked_until is 'Nobody asks before: it said so, or it failed too often in a row.';
comment on column scanner.services.pace is 'Seconds from one request to the next, as the service asks for in its headers.';
comment on column scanner.services.took is 'Seconds until an answer, of late.';

comment on table scanner.answers is 'What services of metadata answered, for the next time: who asked is no part of the key.';
comment on column scanner.answers.body is 'JSON, compressed by zlib; empty for what is not there (404).';

comment on table scanner.records is 'What each provider says of a show, as it was last heard: one that is down takes nothing away.';
comment on column scanner.records.id is 'What the provider calls it.';

comment on column scanner.files.before is 'Of one that waits to be linked anew: the name (`parsed`) and show (`show`) that its present links come from, unless a person made them.';
comment on column scanner.files.tags is 'What the tags inside the file say of its title, by their names; null until it was probed.';
comment on table scanner.matches is 'Which title of the providers a show was found to be: `chosen` by a person, `sure`, or `unsure`: then it stays named by its files.';
comment on column scanner.matches.why is 'In a sentence, for a person.';
comment on column scanner.matches.ids is 'Provider → id of the title; empty when unsure.';
comment on column scanner.matches.candidates is 'What a person chooses from, best first: candidates with score and reasons.';
comment on column scanner.matches.asked is 'What was known of the show when it was looked for, as a hash: when more is known, it is looked for again.';
comment on column scanner.matches.failed is 'Providers that gave no answer; they are asked again.';

comment on table scanner.film_records is 'What providers say of the films that stand in a serie, by their numbers among its specials at TheTVDB.';

comment on table scanner.keys is 'Keys of services of metadata that somebody typed in. Those of options are not here.';
comment on column scanner.keys.sealed is 'A JSON object of key and PIN, encrypted with the secret of this instance, which is not in the database.';

comment on table scanner.episode_orders is 'The order of episodes that somebody chose for a serie; without a name that of airing, to which it went back.';
comment on column scanner.shows.reordered is 'Whether its episodes have other numbers than the names of its files, which count as they were aired.';
