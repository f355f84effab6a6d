-- What the wire says of a row alone, whoever reads it, as the members of a JSON object without its braces
-- (queries/fragments.py adds what depends on the reader). It is put together when the row is written: making it anew was more
-- than half of the time of a page. Whoever changes one of these functions adds a migration that computes the columns anew.

-- Timestamps of the wire: UTC with milliseconds and a final Z (docs/protocol/README.md#values).
create or replace function api.iso(moment timestamptz) returns text
language sql stable parallel safe
return to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- A value as JSON.
create or replace function api.wire_value(value anyelement) returns text
language plpgsql immutable parallel safe
as $$ begin return coalesce(to_json(value)::text, 'null'); end $$;

create or replace function api.show_wire(
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

create or replace function api.show_translation_wire(
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

create or replace function api.show_names_wire(name text, latin_name text) returns text
language plpgsql immutable parallel safe
as $$ begin return concat('"name":', to_json(name), ',"latinName":', api.wire_value(latin_name)); end $$;

create or replace function api.entry_wire(
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

create or replace function api.entry_translation_wire(name text, description text) returns text
language plpgsql immutable parallel safe
as $$
begin
    return concat('"name":', api.wire_value(name), ',"description":', api.wire_value(description));
end
$$;

create or replace function api.video_wire(id uuid, path text, rendering text, part integer, version integer) returns text
language plpgsql immutable parallel safe
as $$
begin
    return concat(
        '"id":"', id, '","path":', to_json(path), ',"rendering":"', rendering,
        '","part":', coalesce(part::text, 'null'), ',"version":', version
    );
end
$$;
