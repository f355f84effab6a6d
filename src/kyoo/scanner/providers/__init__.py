"""Where metadata comes from: one module for each provider, and what they have in common.

`base.py` says what a provider can offer, `records.py` what it answers, `registry.py` which ones there are. Nothing here
knows files, the database, or the wire of the api.
"""
