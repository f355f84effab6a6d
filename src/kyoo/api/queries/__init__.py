"""The SQL of the api: one module per aggregate, one function per query."""
