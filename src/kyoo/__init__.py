"""Kyoo: a self-hosted media server. Each sub-package is a service; see ARCHITECTURE.md."""

__version__ = "0.1.0"
