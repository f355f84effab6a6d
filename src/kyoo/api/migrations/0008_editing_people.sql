-- People, studios and extras can be written by hand, too: their locks hold as those of 0006.

alter table api.staff add column locks text[] not null default '{}';
alter table api.studios add column locks text[] not null default '{}';
alter table api.studio_translations add column locks text[] not null default '{}';

do $$
declare
    locked text;
begin
    foreach locked in array array['staff', 'studios', 'studio_translations'] loop
        execute format(
            'create trigger keep_locked before update on api.%I for each row '
            'when (old.locks <> ''{}'' and coalesce(current_setting(''api.editing'', true), '''') <> ''on'') '
            'execute function api.keep_locked()', locked
        );
    end loop;
end
$$;
