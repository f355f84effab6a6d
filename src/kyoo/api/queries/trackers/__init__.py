"""The SQL of trackers: linked accounts, what they are still to be told, what was read from them."""
