"""And, or, exclusive or."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(("name", "column"), [("and", [0, 0, 0, 1]), ("or", [0, 1, 1, 1]), ("xor", [0, 1, 1, 0])])
def test_rows_are_in_the_usual_order(name: str, column: list[int], make: Callable[..., Any]) -> None:
    """00, 01, 10, 11."""
    arrays = make(name)

    assert (arrays["a"].tolist(), arrays["b"].tolist()) == ([0, 0, 1, 1], [0, 1, 0, 1])
    assert arrays[name].tolist() == column
