"""Faithful doubles of services that a test does not run."""
