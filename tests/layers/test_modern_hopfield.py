"""The modern Hopfield network is attention over what it stores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from archcli.layers.modern_hopfield import ModernHopfield


def patterns_on_a_sphere(count: int, units: int) -> Any:
    """Draw patterns of norm sqrt(units), `(count, units)`, float32."""
    drawn = np.random.default_rng(0).normal(size=(count, units))
    return (drawn * np.sqrt(units) / np.linalg.norm(drawn, axis=1, keepdims=True)).astype("float32")


def remembering(patterns: Any, **arguments: Any) -> ModernHopfield:
    """Return a network that remembers `patterns`."""
    layer = ModernHopfield(len(patterns), **arguments)
    layer.store(patterns)
    return layer


@pytest.mark.parametrize("steps", [1, 3])
def test_it_is_the_formula(steps: int, check_layer: Callable[[Any, Any], Any]) -> None:
    """The state becomes the softmax of beta times its products with the patterns, times the patterns."""
    patterns = np.random.default_rng(1).normal(size=(5, 4)).astype("float32")
    inputs = np.random.default_rng(2).normal(size=(2, 3, 4)).astype("float32")

    output = check_layer(remembering(patterns, beta=0.7, steps=steps), inputs)

    expected = inputs.astype("float64")
    for _ in range(steps):
        weights = np.exp(0.7 * expected @ patterns.T)
        expected = weights / weights.sum(axis=-1, keepdims=True) @ patterns
    np.testing.assert_allclose(output, expected, rtol=1e-5, atol=1e-6)


def test_it_is_attention() -> None:
    """Keras's attention with the patterns as keys and values gives the same."""
    patterns = patterns_on_a_sphere(6, 8)
    queries = np.random.default_rng(3).normal(size=(1, 4, 8)).astype("float32")

    attended = keras.layers.Attention()([queries, patterns[None], patterns[None]])

    np.testing.assert_allclose(remembering(patterns)(queries), attended, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("beta", "lowest", "highest"), [(1.0, 0.0, 1e-5), (0.125, 0.65, 0.85)])
def test_beta_decides(beta: float, lowest: float, highest: float) -> None:
    """Of 10,000 patterns in 64 dimensions, one step recalls one exactly if beta is 1; if 1/sqrt(64), it is 0.74 off."""
    patterns = patterns_on_a_sphere(10_000, 64)
    cues = patterns[:200] + 0.3 * np.random.default_rng(4).normal(size=(200, 64))

    recalled = np.array(remembering(patterns, beta=beta)(cues.astype("float32")))

    errors = np.linalg.norm(recalled - patterns[:200], axis=1) / np.linalg.norm(patterns[:200], axis=1)
    assert lowest <= np.median(errors) <= highest
    nearest = np.argmax(recalled @ patterns.T, axis=1)
    np.testing.assert_array_equal(nearest, np.arange(200))


def test_energy_never_rises() -> None:
    """Step by step the energy falls or stays, and it is never negative, from anywhere and for any beta."""
    patterns = patterns_on_a_sphere(20, 8)
    cues = 3 * np.random.default_rng(5).normal(size=(50, 8))

    for beta in (0.1, 1.0, 10.0):
        followed = remembering(patterns, beta=beta, steps=8).trajectory(cues)

        assert followed.states.shape == (9, 50, 8)
        assert (np.diff(followed.energies, axis=0) <= 1e-4).all()
        assert (followed.energies >= -1e-4).all()


def test_energy_is_the_formula() -> None:
    """For one pattern, the energy is half the squared distance from it plus what its norm is short of the greatest."""
    pattern = np.array([[3.0, 4.0]], "float32")

    energy = remembering(pattern).energy(np.array([[3.0, 4.0], [0.0, 0.0]], "float32"))

    np.testing.assert_allclose(energy, [0.0, 12.5], atol=1e-5)


def test_nothing_in_it_is_trained() -> None:
    """The patterns are no trainable weights, and a gradient comes through to what is before."""
    layer = remembering(patterns_on_a_sphere(3, 4))
    first = keras.layers.Dense(4)
    model = keras.Sequential([keras.Input((2,)), first, layer])
    model.compile("sgd", "mse", jit_compile=True)
    before = np.array(first.kernel)

    model.train_on_batch(np.ones((2, 2), "float32"), np.ones((2, 4), "float32"))

    assert not layer.trainable_weights
    assert (np.array(first.kernel) != before).any()


@pytest.mark.parametrize("arguments", [{"patterns": 0}, {"patterns": 2, "steps": 0}, {"patterns": 2, "beta": 0.0}])
def test_numbers_out_of_range_are_refused(arguments: dict[str, Any]) -> None:
    """The message gives the ranges."""
    with pytest.raises(ValueError, match=r"^`patterns` and `steps` are from 1, `beta` is above 0\. Received: "):
        ModernHopfield(**arguments)


def test_patterns_of_another_shape_are_refused() -> None:
    """There are as many as were announced."""
    layer = ModernHopfield(3)

    with pytest.raises(ValueError, match=r"^the layer holds patterns of shape \(3, 2\)\. Received: shape \(4, 2\)$"):
        layer.store(np.ones((4, 2)))
