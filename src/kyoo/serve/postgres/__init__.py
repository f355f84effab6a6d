"""The embedded Postgres, and the schemas of a database: made, upgraded, and reached by commands."""
