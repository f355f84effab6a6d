"""The SQL of webhooks, and of what each is told."""
