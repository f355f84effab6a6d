-- What is due is looked for among what is due, not among all that waits: the most wanted of the pending ones, the failed
-- ones whose pause is over, and those of a host. The former index goes, which nothing needs but to be quicker.

create index images_pending on api.images (priority, attempts, created_at) where status = 'pending';
create index images_failed on api.images (retry_at) where status = 'failed';
create index images_of_host on api.images (lower(split_part(source, '/', 3)), retry_at) where status <> 'ready';

drop index if exists api.images_priority_attempts_created_at_idx;
