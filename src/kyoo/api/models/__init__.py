"""The wire types of the api."""
