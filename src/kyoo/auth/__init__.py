"""The auth service: users, sessions, API keys, tokens. Knows nothing about media."""
