"""Logins at OpenID providers and at other instances, and lending our users' identity to those."""
