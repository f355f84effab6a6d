"""End-to-end tests: the whole server as a user starts it."""
