"""The one-machine composition: embedded Postgres, gateway, supervisor, worker."""
