"""The SQL of schema `transcoder`."""
