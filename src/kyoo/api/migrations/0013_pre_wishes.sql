-- Links that files were registered with, and that the catalogue has no entry for yet.

create table api.wishes (
    pk bigint not null generated always as identity,
    video_pk bigint not null,
    show_kind text,
    slug text not null,
    wish jsonb not null,
    created_at timestamptz not null default now(),
    constraint wishes_pkey primary key (pk),
    constraint wishes_video_pk_wish_key unique (video_pk, wish),
    constraint wishes_video_pk_fkey foreign key (video_pk) references api.videos(pk) on delete cascade,
    constraint wishes_show_kind_check check ((show_kind = any (array['movie'::text, 'serie'::text])))
);
create index wishes_slug on api.wishes (slug);
