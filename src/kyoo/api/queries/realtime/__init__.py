"""The SQL of what is told at once: rooms, connected devices, open websockets."""
