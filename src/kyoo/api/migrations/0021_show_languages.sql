-- Which languages shows have names in, for readers with limits, too: it tells nothing of a hidden show, and the order by
-- name need not ask for every name in a better language whether its show may be seen.
create view api.show_languages as select show_pk, language from api.show_translations;

do $$
begin
    if exists (select from pg_roles where rolname = 'kyoo_limited') then
        grant select on api.show_languages to kyoo_limited;
    end if;
end
$$;
