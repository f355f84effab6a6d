-- An API key has no permission that the user who made it does not hold any more.
create trigger users_permissions after update of claims on auth.users for each row
    when (old.claims -> 'permissions' is distinct from new.claims -> 'permissions')
    execute function auth.tell_keys_of_user();
