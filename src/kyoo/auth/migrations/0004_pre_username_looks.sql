-- What names of users look like, so that no two look the same.

create table auth.username_looks (
    look bytea not null,
    user_id uuid not null,
    constraint username_looks_pkey primary key (look),
    constraint username_looks_user_id_fkey foreign key (user_id) references auth.users (id) on delete cascade
);
create index username_looks_user on auth.username_looks (user_id);
