"""The websocket and what it tells of: sockets, topics, who is told what (docs/using/realtime.md). No HTTP, no SQL."""
