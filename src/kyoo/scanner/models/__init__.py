"""The wire types of the scanner."""
