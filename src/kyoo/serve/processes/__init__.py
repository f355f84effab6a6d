"""The processes of `kyoo serve`, and of a service or a worker by itself: what runs in each, who starts and ends it."""
