"""The wire types of the auth service (auth.md §4.1)."""
