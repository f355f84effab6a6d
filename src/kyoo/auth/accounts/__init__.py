"""Accounts: how they begin, what may happen to them, who may do it, and how they end."""
