"""The websocket and what it tells of: sockets, topics, who is told what (api.md §11, realtime.md). No HTTP, no SQL."""
