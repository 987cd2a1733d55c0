"""The start of the process.

Importing makes little garbage, and looking for it takes a tenth of the time of a short command.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Do without Python's garbage collector until the end, or until something long begins."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def start_long_work() -> None:
    """Import TensorFlow, quietly, before something that takes seconds; from here on garbage is collected again.

    What is imported is none and is never looked through: that would take half a second.
    """
    from archcli.engine.quiet import start_tensorflow

    is_first = "tensorflow" not in sys.modules
    start_tensorflow()
    if is_first:  # else there may be models among what would be kept
        gc.freeze()
    gc.enable()
