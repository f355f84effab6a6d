-- When metadata is asked for again.

-- When to ask the providers again for what was first shown on a day: the sooner the fresher it is
-- (docs/protocol/api.md#when-metadata-is-asked-for-again).
create or replace function api.next_refresh(air date) returns date
language sql stable parallel safe
return (case
    when air > current_date then air
    when air > current_date - 5 then current_date + 4
    when air > current_date - 22 then current_date + 14
    else current_date + interval '2 months'
end)::date;
