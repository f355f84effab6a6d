"""Backups: database and stored files in one place, made while the server runs, and brought back on any machine."""
