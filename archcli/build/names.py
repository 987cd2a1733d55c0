"""Names as Keras gives them, but counted from the start of each model, so that one recipe always gives the same."""

from __future__ import annotations

import re
from collections.abc import Iterator


def snake_case(name: str) -> str:
    """Turn a class's name into a small one as Keras does: `Conv2D` is `conv2d`, `MeanIoU` is `mean_io_u`."""
    parted = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", parted).lower()


def numbered(name: str) -> Iterator[str]:
    """Yield `name`, `name_1`, `name_2`, ..."""
    yield name
    number = 1
    while True:
        yield f"{name}_{number}"
        number += 1
