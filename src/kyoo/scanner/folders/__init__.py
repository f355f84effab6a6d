"""The library folders as the file system has them: what is mounted, and walking what lies there."""
