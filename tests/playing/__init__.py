"""Whether every kind of file plays: the bytes that are served, browsers and other players."""
