"""The SQL of the scanner, one module per aggregate."""
