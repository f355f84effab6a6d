-- No two users have names that look the same. Who has one already, from before, keeps it.
create table auth.username_looks (
    -- SHA-256 of what a name looks like (usernames.py); a name has one or two
    look bytea primary key,
    user_id uuid not null references auth.users on delete cascade
);
create index username_looks_user on auth.username_looks (user_id);

-- A replica of the last release renames without knowing of looks.
create function auth.forget_looks() returns trigger language plpgsql as $$
begin
    delete from auth.username_looks where user_id = new.id;
    return null;
end $$;
create trigger users_renamed after update of username on auth.users for each row
    when (old.username is distinct from new.username) execute function auth.forget_looks();
