"""What the tests of sources share: a built-in set's arrays in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from archcli.data.sources import BUILT_IN
from archcli.recipe.built_in import built_in_set

Arrays = dict[str, NDArray[Any]]


@pytest.fixture(scope="session")
def make() -> Callable[..., Arrays]:
    """Make a built-in set; numbers come in float64, so that a test need not round as we do."""

    def make_arrays(name: str, **arguments: Any) -> Arrays:
        described = built_in_set(name, arguments)
        table = BUILT_IN[name](described)
        arrays: Arrays = {column.name: table.arrays[column.name] for column in described.columns}  # type: ignore[attr-defined]
        return {key: array.astype(np.float64) if array.dtype == np.float32 else array for key, array in arrays.items()}

    return make_arrays
