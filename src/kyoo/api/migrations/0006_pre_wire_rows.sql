-- What the wire says of a row is kept in the row (schema/columns/wire.sql).
-- vacuum: api.shows, api.show_translations, api.entries, api.entry_translations, api.videos, api.studio_translations

-- Columns of names that nothing reads any more; they are written anew with every translation.
alter table api.show_translations drop column name_text, drop column search_text;
alter table api.studio_translations drop column search_text;

alter table api.shows add column wire text not null generated always as (api.show_wire(
    kind, id, slug, genres, rating, external_id, min_age, created_at, updated_at, status, runtime, next_refresh,
    start_air, end_air, available_count, entries_count
)) stored;
alter table api.show_translations
    add column wire text not null generated always as (
        api.show_translation_wire(name, description, tagline, aliases, tags)
    ) stored,
    add column names_wire text not null generated always as (api.show_names_wire(name, latin_name)) stored,
    add column pictures text[] not null generated always as (
        array[poster::text, thumbnail::text, banner::text, logo::text]
    ) stored;
alter table api.entries add column wire text not null generated always as (api.entry_wire(
    kind, id, slug, "order", air_date, runtime, thumbnail, content, external_id, created_at, updated_at, season_number,
    episode_number
)) stored;
alter table api.entry_translations add column wire text not null generated always as (
    api.entry_translation_wire(name, description)
) stored;
alter table api.videos add column wire text not null generated always as (
    api.video_wire(id, path, rendering, part, version)
) stored;

-- Rows with it are read whole; compressed, or in a place of their own, they would be slower than what they spare.
alter table api.shows set (toast_tuple_target = 8160);
alter table api.show_translations set (toast_tuple_target = 8160);
alter table api.entries set (toast_tuple_target = 8160);
alter table api.entry_translations set (toast_tuple_target = 8160);
