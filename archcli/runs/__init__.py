"""A run directory: made, written, read and listed."""
