-- One row per content, whatever it is called and however often it is there.
create table transcoder.media (
  id serial primary key,
  content_id text not null unique,
  -- The probe's result (kyoo.transcoder.models.media.Media); json and not jsonb: it is read back whole, byte for byte.
  probed json not null,
  -- The code version that made each part; 0 = not made yet.
  probe_version int not null,
  extract_version int not null default 0,
  thumbs_version int not null default 0,
  created_at timestamptz not null default now()
);

-- Which content a path had when it was last looked at. Paths are bytes: file names need not be UTF-8.
create table transcoder.paths (
  path bytea primary key,
  size bigint not null,
  mtime_ns bigint not null,
  content_id text not null references transcoder.media (content_id) on delete cascade
);
create index paths_content_id on transcoder.paths (content_id);
