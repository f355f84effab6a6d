"""Webhooks: what happens here, told to addresses that administrators and users give."""
