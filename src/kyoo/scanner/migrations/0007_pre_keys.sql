-- Keys of services that somebody typed in, encrypted.

create table scanner.keys (
    service text not null,
    sealed bytea not null,
    updated_at timestamptz not null default now(),
    constraint keys_pkey primary key (service)
);
