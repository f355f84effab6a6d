"""Subtitles: inside files and beside them, read, converted and kept."""
