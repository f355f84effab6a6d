-- The files that have all words of a query in their paths, by the index, for limited readers: see 0015.
create function api.files_with(wanted tsquery) returns setof bigint
language sql stable security definer rows 200
begin atomic
    select pk from api.videos where words @@ wanted;
end;
