"""Pictures from outside: copies of them, made in caged processes."""
