"""The HTTP of the scanner, one file per resource."""
