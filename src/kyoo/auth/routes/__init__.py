"""The HTTP routes of the auth service, one file per resource."""
