"""The catalogue changed: seeds taken in, files registered, shows edited, put in another order, deleted."""
