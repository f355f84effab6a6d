"""What is stored about a file and what travels on the wire."""
