"""The SQL of the auth service, one module per table."""
