-- Words and names as the search compares them (schema/search.sql).

create table api.search_file_words (
    word text collate "C" not null,
    remains text[] not null generated always as (CASE WHEN (word ~ '[0-9]'::text) THEN '{}' ELSE api.search_remains(word) END) stored
);
create index search_file_words_remains_idx on api.search_file_words using gin (remains) with (gin_pending_list_limit='256');
create index search_file_words_word_idx on api.search_file_words (word);

create table api.search_names (
    pk bigint not null generated always as identity,
    subject text not null,
    owner_pk bigint not null,
    weight real not null,
    folded text not null,
    words bigint[] not null,
    length integer not null,
    constraint search_names_pkey primary key (pk),
    constraint search_names_subject_check check ((subject = any (array['show'::text, 'staff'::text, 'studio'::text])))
);
create index search_names_left_subject_idx on api.search_names ("left"(folded, 1), subject);
create index search_names_subject_owner_pk_idx on api.search_names (subject, owner_pk);
create index search_names_words_idx on api.search_names using gin (words) with (gin_pending_list_limit='256');

create table api.search_words (
    word text collate "C" not null,
    number bigint not null generated always as (api.search_number(word)) stored,
    remains text[] not null generated always as (api.search_remains(word)) stored
);
create index search_words_remains_idx on api.search_words using gin (remains) with (gin_pending_list_limit='256');
create index search_words_word_idx on api.search_words (word);

create table api.search_entries (
    entry_pk bigint not null,
    words tsvector not null,
    constraint search_entries_pkey primary key (entry_pk),
    constraint search_entries_entry_pk_fkey foreign key (entry_pk) references api.entries(pk) on delete cascade
);
create index search_entries_words_idx on api.search_entries using gin (words) with (gin_pending_list_limit='256');
