"""The wire types of the auth service."""
