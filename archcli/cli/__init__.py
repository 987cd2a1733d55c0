"""The command line: the only room that reads what was typed or writes to the terminal."""
