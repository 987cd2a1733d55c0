"""Past against future, added up one by one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest


@pytest.mark.parametrize(("span", "classes"), [(4, 3), (4, 2), (1, 3), (30, 3)])
def test_labels_compare_the_sums(span: int, classes: int, make: Callable[..., Any]) -> None:
    """Of what lies before and after, the step itself and what is beyond the ends left out."""
    arrays = make("past_vs_future", span=span, classes=classes, examples=100)
    names = {2: ["less", "more"], 3: ["equal", "less", "more"]}[classes]
    margin = 0.43072729929545756 * math.sqrt(2 * span / 3) if classes == 3 else 0

    for signal, labels in zip(arrays["signal"][..., 0].tolist(), arrays["label"], strict=True):
        for step, label in enumerate(labels):
            past = math.fsum(signal[max(0, step - span) : step])
            future = math.fsum(signal[step + 1 : step + 1 + span])
            difference = past - future
            if abs(abs(difference) - margin) > 1e-5:  # where float32 cannot change the answer
                expected = "equal" if abs(difference) < margin else "less" if difference < 0 else "more"
                assert names[label] == expected


def test_the_classes_are_balanced_away_from_the_ends(make: Callable[..., Any]) -> None:
    """A third each."""
    labels = make("past_vs_future", examples=5000)["label"][:, 4:-4]

    np.testing.assert_allclose(np.bincount(labels.ravel()) / labels.size, 1 / 3, atol=0.015)
