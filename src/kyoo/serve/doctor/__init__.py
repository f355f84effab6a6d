"""The doctor: looks at all that a server works with, and says what to do about what it finds. Changes nothing."""
