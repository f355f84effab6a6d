-- What is in the tables and columns whose names do not say it. tables.sql shows these texts.

comment on table transcoder.media is 'One row per content, whatever it is called and however often it is there.';
comment on column transcoder.media.probed is 'The probe''s result (kyoo.transcoder.models.media.Media); json and not jsonb: it is read back whole, byte for byte.';
comment on column transcoder.media.probe_version is 'The code version that made each part; 0 = not made yet.';

comment on table transcoder.paths is 'Which content a path had when it was last looked at. Paths are bytes: file names need not be UTF-8.';
comment on column transcoder.paths.missing_since is 'Since when a file is not found at its path any more; what was made of its content is kept for a while (collecting.py).';

comment on table transcoder.replicas is 'The transcoders that run by themselves, each of which writes its row every second (replicas.py).';
comment on column transcoder.replicas.key is 'What the others show when they hand a request over; anybody else is not believed.';
comment on column transcoder.replicas.load is 'Who watches there, and whose encoders work: for limits that hold over all of them.';

comment on table transcoder.leases is 'Which of them makes the renditions of a content; worth nothing when it has been silent.';
