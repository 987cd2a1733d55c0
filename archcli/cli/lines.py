"""Plain lines of output.

Rich takes nearly a tenth of a second to import, which a command that prints one line need not pay.
"""

from __future__ import annotations

import os
import sys


def print_line(text: str) -> None:
    """Write a line on standard output."""
    sys.stdout.write(text + "\n")


def print_next(command: str, *, quiet: bool = False) -> None:
    """Name the next thing to type, on standard error so that results can be piped."""
    if not quiet:
        sys.stdout.flush()  # what it follows on a terminal must stand before it
        sys.stderr.write(f"next: {command}\n")


def give_up_output() -> None:
    """Let nothing more be written to a standard output that cannot be written to, not even when the process ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
