"""Statistics: what was watched when, by whom, and how much of it was encoded."""
