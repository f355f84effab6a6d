-- Which sessions and API keys have ended, for a day: whoever was not listening when it was said looks here.
create table events.endings (
    session uuid primary key,
    at timestamptz not null default clock_timestamp()
);
create index endings_at on events.endings (at);
