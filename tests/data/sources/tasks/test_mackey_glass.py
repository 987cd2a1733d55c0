"""Mackey-Glass: another method of integration, and the windows cut by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from archcli.data.sources.tasks.mackey_glass import integrate
from archcli.recipe.built_in import built_in_set


def test_the_series_solves_the_equation() -> None:
    """Euler's method with steps a hundred times as fine comes to the same values, before chaos parts them."""
    fine = 1000
    values = [1.2] * (17 * fine + 1)
    for now in range(17 * fine, 117 * fine):
        delayed = values[now - 17 * fine]
        values.append(values[now] + (0.2 * delayed / (1 + delayed**10) - 0.1 * values[now]) / fine)

    series = integrate(100, tau=17, start=1.2)

    np.testing.assert_allclose(series, values[18 * fine :: fine], atol=2e-4)


def test_the_series_stays_on_its_attractor(make: Callable[..., Any]) -> None:
    """Between 0.2 and 1.4 with a mean of 0.9 and a deviation of 0.23, and it never repeats."""
    series = make("mackey_glass")["window"][:, 0, 0]

    assert series.min() > 0.2
    assert series.max() < 1.4
    np.testing.assert_allclose([series.mean(), series.std()], [0.92, 0.23], atol=0.03)
    assert min(abs(series[lag:] - series[:-lag]).max() for lag in range(20, 1500)) > 0.05


@pytest.mark.parametrize(("window", "horizon", "outputs"), [(20, 84, 1), (5, 1, 1), (3, 6, 4)])
def test_windows_follow_one_another(window: int, horizon: int, outputs: int, make: Callable[..., Any]) -> None:
    """Each begins one step after the last; the answer begins `horizon` steps after its end."""
    arrays = make("mackey_glass", examples=300, window=window, horizon=horizon, outputs=outputs)

    series = np.concatenate([arrays["window"][:, 0, 0], arrays["window"][-1, 1:, 0]])
    ahead = arrays["ahead"].reshape(300, outputs)
    for index in range(300 - horizon - outputs):
        np.testing.assert_array_equal(arrays["window"][index, :, 0], series[index : index + window])
        last = index + window - 1
        np.testing.assert_array_equal(ahead[index], series[last + horizon : last + horizon + outputs])


def test_only_windows_of_a_series_are_in_order() -> None:
    """So that their parts are cut by time."""
    assert built_in_set("mackey_glass").ordered
    assert not built_in_set("temporal_xor").ordered
