"""HTTP as every service speaks it: the application, permissions, pages of lists, what is refused first."""
