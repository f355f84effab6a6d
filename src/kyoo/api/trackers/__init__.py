"""Trackers: the services where people keep lists of what they watch (docs/using/trackers.md), told of what happens here
and read for what happened there. One module a service; what all of them share is in the others. No SQL, no HTTP of
ours."""
