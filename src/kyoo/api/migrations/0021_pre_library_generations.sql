-- Counts how often it was waited for those who write by the libraries that there were (schema/links.sql).
create sequence api.library_generations;
select nextval('api.library_generations');
