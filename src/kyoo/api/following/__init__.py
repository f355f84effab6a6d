"""What somebody follows: the calendar of its episodes, and notices when they arrive."""
