-- The files that the page of the scanner lists are few among many.

create index files_left_out on scanner.files (updated_at desc, path)
    where state = 'ignored' and error is not null and missing_since is null;
create index files_refused on scanner.files (updated_at desc)
    where (state = 'failed' or probe_error is not null) and state <> 'ignored';
