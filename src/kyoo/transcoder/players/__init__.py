"""Who plays what: players and their sessions, what they are allowed, and what is told of them."""
