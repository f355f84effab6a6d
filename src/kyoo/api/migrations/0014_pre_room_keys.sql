-- The keys that stand for guests of rooms, for as long as they are good: a room may go with its video, or be left by a guest.
create table api.room_keys (
    key uuid not null,
    constraint room_keys_pkey primary key (key)
);
insert into api.room_keys (key) select distinct key from api.room_members where key is not null;
create index room_members_key on api.room_members (key) where key is not null;
create index room_members_id on api.room_members (id);
