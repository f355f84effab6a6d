-- Which transactions wrote the library (schema/library_writes.sql).

create table api.library_writes (
    xid xid8 not null,
    constraint library_writes_pkey primary key (xid)
);
