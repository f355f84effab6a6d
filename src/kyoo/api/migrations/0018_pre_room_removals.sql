-- Members whom the host has sent away, and who said what: names can be the same.
alter table api.rooms add column removed text[] not null default '{}'::text[];
alter table api.room_messages add column by_id text;
