"""Plan to sequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest


@pytest.mark.parametrize("settings", [{}, {"plans": 32, "steps": 2, "bits": 3}])
def test_each_plan_is_held_and_has_a_sequence_of_its_own(settings: dict[str, int], make: Callable[..., Any]) -> None:
    """One-hot at every step; bits that differ from plan to plan."""
    arrays = make("plan_to_sequence", **settings)

    for number, plan in enumerate(arrays["plan"]):
        assert (plan == np.eye(len(arrays["plan"]))[number]).all()
    assert set(np.unique(arrays["sequence"])) == {0, 1}
    assert len(np.unique(arrays["sequence"], axis=0)) == len(arrays["plan"])
