"""The services that are trackers: what each is asked and told, and what it answers."""
