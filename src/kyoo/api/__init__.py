"""The api service: the catalogue, profiles, search."""
