"""A scan: what has changed in the library folders, which are watched for that, and what is learnt of each file."""
