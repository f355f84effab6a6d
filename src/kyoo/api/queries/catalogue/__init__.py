"""The SQL of the catalogue: reading it, and writing what the scanner and people say of it."""
