"""The command line: the only package that reads argv or writes to the terminal."""
