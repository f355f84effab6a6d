"""Postgres as every service uses it: connections, migrations, the job queue, notifications."""
