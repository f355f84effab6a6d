"""Which files are one show, where each stands in it, and how they get into the api."""
