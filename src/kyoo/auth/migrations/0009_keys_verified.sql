-- Nor is an API key let in where its maker is not.
drop trigger users_permissions on auth.users;
create trigger users_permissions after update of claims on auth.users for each row
    when (
        (old.claims -> 'permissions', old.claims -> 'libraries', old.claims -> 'maxAge', old.claims -> 'verified')
        is distinct from
        (new.claims -> 'permissions', new.claims -> 'libraries', new.claims -> 'maxAge', new.claims -> 'verified')
    )
    execute function auth.tell_keys_of_user();
