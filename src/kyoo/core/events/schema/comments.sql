-- What is in the columns whose names do not say it. tables.sql shows these texts.

comment on column events.log.id is 'The place in the order of commit; null inside of the transaction alone.';
comment on column events.log.owner is 'Whose own it is; null for what concerns all who may read the topic.';
comment on column events.log.replaces is 'A later event of the same value takes the place of this one.';
comment on column events.log.origin is 'The socket that caused it and need not be told.';
