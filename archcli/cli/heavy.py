"""The door to everything that imports TensorFlow: what it reads from the environment is set before it is imported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from archcli.engine.quiet import quiet_tensorflow


@contextmanager
def import_commands() -> Iterator[None]:
    """Import command modules inside this: TensorFlow then starts quietly."""
    quiet_tensorflow(os.environ)
    yield
