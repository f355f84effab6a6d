"""Processes that decode what strangers made: what they can do is decided before they see the first byte of it.

`processes.py` is what services use. It asks a launcher (`launcher.py`), a small process without secrets, which forks,
confines the new process (`confinement.py`: limits, capabilities, `landlock.py`, `seccomp.py`) and lets it work. See
docs/decisions/0015-decoders-in-a-cage.md."""
