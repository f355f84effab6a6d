-- Columns that somebody wrote by hand (`locks`): what providers say of them later is not taken over.

-- Whatever updates a row leaves its locked columns, but for the transaction of an edit, which sets api.editing. A picture
-- whose blurhash became known is still the same picture.
create or replace function api.keep_locked() returns trigger
language plpgsql
as $$
declare
    stored jsonb := to_jsonb(old);
    given jsonb := to_jsonb(new);
    kept jsonb;
begin
    select jsonb_object_agg(field, stored -> field) into kept
    from unnest(old.locks) field
    where stored ? field and not coalesce(stored -> field ->> 'id' = given -> field ->> 'id', false);
    return case when kept is null then new else jsonb_populate_record(new, kept) end;
end
$$;

create trigger keep_locked before update on api.shows for each row
when (old.locks <> '{}' and coalesce(current_setting('api.editing', true), '') <> 'on')
execute function api.keep_locked();

create trigger keep_locked before update on api.show_translations for each row
when (old.locks <> '{}' and coalesce(current_setting('api.editing', true), '') <> 'on')
execute function api.keep_locked();

create trigger keep_locked before update on api.seasons for each row
when (old.locks <> '{}' and coalesce(current_setting('api.editing', true), '') <> 'on')
execute function api.keep_locked();

create trigger keep_locked before update on api.season_translations for each row
when (old.locks <> '{}' and coalesce(current_setting('api.editing', true), '') <> 'on')
execute function api.keep_locked();

create trigger keep_locked before update on api.entries for each row
when (old.locks <> '{}' and coalesce(current_setting('api.editing', true), '') <> 'on')
execute function api.keep_locked();

create trigger keep_locked before update on api.entry_translations for each row
when (old.locks <> '{}' and coalesce(current_setting('api.editing', true), '') <> 'on')
execute function api.keep_locked();

create trigger keep_locked before update on api.staff for each row
when (old.locks <> '{}' and coalesce(current_setting('api.editing', true), '') <> 'on')
execute function api.keep_locked();

create trigger keep_locked before update on api.studios for each row
when (old.locks <> '{}' and coalesce(current_setting('api.editing', true), '') <> 'on')
execute function api.keep_locked();

create trigger keep_locked before update on api.studio_translations for each row
when (old.locks <> '{}' and coalesce(current_setting('api.editing', true), '') <> 'on')
execute function api.keep_locked();
