"""One use case per module: plain values in, a report out. Nothing here reads argv or writes to the terminal."""
