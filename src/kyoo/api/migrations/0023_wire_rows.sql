-- What the wire says of a row alone, whoever reads it, is put together when the row is written: making JSON anew was more
-- than half of the time of a page. `wire` has the members of an object without its braces (queries/fragments.py adds what
-- depends on the reader); a changed function holds for rows that are written from then on, so it comes with an update of
-- the table.

-- vacuum: api.shows, api.show_translations, api.entries, api.entry_translations, api.videos, api.studio_translations

-- Columns of names that nothing has read since 0003; they are written anew with every translation.
alter table api.show_translations drop column name_text, drop column search_text;
alter table api.studio_translations drop column search_text;

-- A value as JSON.
create function api.wire_value(value anyelement) returns text
language plpgsql immutable parallel safe
as $$ begin return coalesce(to_json(value)::text, 'null'); end $$;

create function api.show_wire(
    kind text, id uuid, slug text, genres text[], rating jsonb, external_id jsonb, min_age smallint,
    created_at timestamptz, updated_at timestamptz, status text, runtime integer, next_refresh date, start_air date,
    end_air date, available_count integer, entries_count integer
) returns text
language plpgsql immutable parallel safe
as $$
begin
    return concat(
        '"id":"', id, '","slug":"', slug, '","genres":', to_json(genres), ',"rating":', rating,
        ',"externalId":', external_id, ',"minAge":', coalesce(min_age::text, 'null'),
        ',"createdAt":"', api.iso(created_at), '","updatedAt":"', api.iso(updated_at), '"',
        case when kind <> 'collection' then concat(
            ',"status":"', status, '","runtime":', coalesce(runtime::text, 'null'),
            ',"nextRefresh":', api.wire_value(next_refresh)
        ) end,
        case kind
            when 'movie' then concat(
                ',"airDate":', api.wire_value(start_air), ',"isAvailable":', to_json(available_count > 0)
            )
            else concat(',"startAir":', api.wire_value(start_air), ',"endAir":', api.wire_value(end_air))
        end,
        case when kind = 'serie' then concat(',"entriesCount":', entries_count) end
    );
end
$$;
alter table api.shows add column wire text not null generated always as (api.show_wire(
    kind, id, slug, genres, rating, external_id, min_age, created_at, updated_at, status, runtime, next_refresh,
    start_air, end_air, available_count, entries_count
)) stored;

create function api.show_translation_wire(
    name text, description text, tagline text, aliases text[], tags text[]
) returns text
language plpgsql immutable parallel safe
as $$
begin
    return concat(
        '"name":', to_json(name), ',"description":', api.wire_value(description),
        ',"tagline":', api.wire_value(tagline), ',"aliases":', to_json(aliases), ',"tags":', to_json(tags)
    );
end
$$;
create function api.show_names_wire(name text, latin_name text) returns text
language plpgsql immutable parallel safe
as $$ begin return concat('"name":', to_json(name), ',"latinName":', api.wire_value(latin_name)); end $$;
alter table api.show_translations
    add column wire text not null generated always as (
        api.show_translation_wire(name, description, tagline, aliases, tags)
    ) stored,
    -- As the original of a show has them.
    add column names_wire text not null generated always as (api.show_names_wire(name, latin_name)) stored,
    -- Poster, thumbnail, banner, logo: each in the language that the reader prefers.
    add column pictures text[] not null generated always as (
        array[poster::text, thumbnail::text, banner::text, logo::text]
    ) stored;

create function api.entry_wire(
    kind text, id uuid, slug text, "order" double precision, air_date date, runtime integer, thumbnail jsonb,
    content text, external_id jsonb, created_at timestamptz, updated_at timestamptz, season_number integer,
    episode_number integer
) returns text
language plpgsql immutable parallel safe
as $$
begin
    return concat(
        '"kind":"', kind, '","id":"', id, '","slug":"', slug, '","order":', api.wire_value("order"),
        ',"airDate":', api.wire_value(air_date), ',"runtime":', coalesce(runtime::text, 'null'),
        ',"thumbnail":', coalesce(thumbnail::text, 'null'), ',"content":"', content, '","externalId":', external_id,
        ',"createdAt":"', api.iso(created_at), '","updatedAt":"', api.iso(updated_at), '"',
        case kind
            when 'episode' then concat(
                ',"seasonNumber":', coalesce(season_number::text, 'null'),
                ',"episodeNumber":', coalesce(episode_number::text, 'null')
            )
            when 'special' then concat(',"number":', coalesce(episode_number::text, 'null'))
        end
    );
end
$$;
alter table api.entries add column wire text not null generated always as (api.entry_wire(
    kind, id, slug, "order", air_date, runtime, thumbnail, content, external_id, created_at, updated_at, season_number,
    episode_number
)) stored;

create function api.entry_translation_wire(name text, description text) returns text
language plpgsql immutable parallel safe
as $$
begin
    return concat('"name":', api.wire_value(name), ',"description":', api.wire_value(description));
end
$$;
alter table api.entry_translations add column wire text not null generated always as (
    api.entry_translation_wire(name, description)
) stored;

create function api.video_wire(id uuid, path text, rendering text, part integer, version integer) returns text
language plpgsql immutable parallel safe
as $$
begin
    return concat(
        '"id":"', id, '","path":', to_json(path), ',"rendering":"', rendering,
        '","part":', coalesce(part::text, 'null'), ',"version":', version
    );
end
$$;
alter table api.videos add column wire text not null generated always as (
    api.video_wire(id, path, rendering, part, version)
) stored;

-- Rows with it are read whole; compressed, or in a place of their own, they would be slower than what they spare.
alter table api.shows set (toast_tuple_target = 8160);
alter table api.show_translations set (toast_tuple_target = 8160);
alter table api.entries set (toast_tuple_target = 8160);
alter table api.entry_translations set (toast_tuple_target = 8160);
