"""Hopfield's network recalls as many patterns as theory says, downhill all the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.layers.hopfield import Hopfield


def random_patterns(count: int, units: int, *, seed: int = 0) -> Any:
    """Draw patterns of +1 and -1, `(count, units)`, float32."""
    return np.random.default_rng(seed).choice([-1.0, 1.0], (count, units)).astype("float32")


def with_noise(patterns: Any, share: float, *, seed: int = 1) -> Any:
    """Turn a share of the units round."""
    drawn = np.random.default_rng(seed).random(patterns.shape)
    return np.where(drawn < share, -patterns, patterns).astype("float32")


def remembering(patterns: Any, **arguments: Any) -> Hopfield:
    """Return a network that remembers `patterns`."""
    layer = Hopfield(**arguments)
    layer.store(patterns)
    return layer


@pytest.mark.parametrize("update", ["async", "sync"])
@pytest.mark.parametrize("rule", ["hebb", "pseudoinverse"])
def test_it_recalls_what_it_stores(rule: str, update: str, check_layer: Callable[[Any, Any], Any]) -> None:
    """Of few patterns, each is recalled without a fault from a cue with a tenth of its units turned round."""
    patterns = random_patterns(2, 40)

    output = check_layer(remembering(patterns, rule=rule, update=update), with_noise(patterns, 0.1))

    np.testing.assert_array_equal(output, patterns)


def test_hebbs_weights_are_the_sums_of_products() -> None:
    """W is the sum of outer products over the number of units, with a diagonal of 0, and symmetric."""
    patterns = random_patterns(5, 12)

    between = np.array(remembering(patterns).weights_between)

    expected = np.sum([np.outer(pattern, pattern) for pattern in patterns], axis=0) / 12
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(between, expected, atol=1e-7)


def test_the_pseudoinverse_keeps_patterns_that_resemble_each_other() -> None:
    """Where Hebb's rule loses patterns that overlap, projection onto them makes every one a state of rest."""
    patterns = with_noise(np.repeat(random_patterns(1, 60), 8, axis=0), 0.15)

    by_hebb = remembering(patterns)(patterns)
    by_projection = remembering(patterns, rule="pseudoinverse")(patterns)

    assert (np.array(by_hebb) != patterns).any()
    np.testing.assert_array_equal(by_projection, patterns)


@pytest.mark.slow
@pytest.mark.parametrize(("load", "lowest", "highest"), [(0.08, 0.95, 1.0), (0.20, 0.0, 0.3)])
def test_its_capacity_is_that_of_theory(load: float, lowest: float, highest: float) -> None:
    """Of 500 units, 0.08 N patterns come back from a cue with 10 % noise, and 0.20 N do not (the limit is 0.138 N)."""
    patterns = random_patterns(int(load * 500), 500)
    layer = remembering(patterns)

    recalled = tf.function(layer, jit_compile=True)(tf.constant(with_noise(patterns, 0.1))).numpy()

    share = np.mean((recalled * patterns).mean(axis=1) > 0.95)
    assert lowest <= share <= highest


def test_energy_falls_at_every_flip() -> None:
    """Unit after unit, by hand: every change lowers the energy, and the way is the one that the layer reports."""
    patterns = random_patterns(12, 60)
    layer = remembering(patterns)
    between = patterns.T @ patterns - 12 * np.eye(60)  # 60 times the weights: whole numbers
    cue = with_noise(patterns, 0.3)[0]
    state, energies, sweeps = cue.astype("float64"), [], [cue.astype("float64")]

    while len(sweeps) < 2 or (sweeps[-1] != sweeps[-2]).any():
        for unit in range(60):
            received = between[unit] @ state
            if abs(received) > 1e-9 and np.sign(received) != state[unit]:
                state = np.where(np.arange(60) == unit, -state, state)
                energies.append(-state @ between @ state / 120)
        sweeps.append(state)

    followed = layer.trajectory(cue[None])
    assert len(energies) > 5
    assert (np.diff([-cue @ between @ cue / 120, *energies]) < 0).all()
    np.testing.assert_array_equal(followed.states[:, 0], sweeps)
    np.testing.assert_array_equal(followed.flips[:, 0], (np.diff(sweeps, axis=0) != 0).sum(axis=1))
    np.testing.assert_allclose(followed.energies[-1, 0], energies[-1], rtol=1e-6)
    np.testing.assert_allclose(layer.energy(followed.states[-1]), [energies[-1]], rtol=1e-5)
    assert followed.settled.all()


@pytest.mark.parametrize("update", ["async", "sync"])
def test_the_reported_way_ends_where_the_layer_does(update: str) -> None:
    """`trajectory`, which NumPy computes, and the layer itself agree, even far above what the network can hold."""
    patterns = random_patterns(20, 40)
    layer = remembering(patterns, update=update)
    cues = with_noise(patterns, 0.2)

    np.testing.assert_array_equal(layer.trajectory(cues).states[-1], layer(cues))


def test_complements_are_remembered_too() -> None:
    """A stored pattern with every unit turned round is a state of rest as well, of the same energy."""
    patterns = random_patterns(3, 80)
    layer = remembering(patterns)

    np.testing.assert_array_equal(layer(-patterns), -patterns)
    np.testing.assert_allclose(layer.energy(-patterns), layer.energy(patterns))


def test_changing_all_at_once_may_never_end() -> None:
    """With W = [[0, -1], [-1, 0]] the state [1, 1] turns round for ever when both units change, and is reported."""
    layer = Hopfield(update="sync")
    layer.build((None, 2))
    layer.weights_between.assign([[0, -1], [-1, 0]])

    followed = layer.trajectory([[1, 1], [1, -1]])

    np.testing.assert_array_equal(followed.states[:, 0], [[1, 1], [-1, -1], [1, 1]])
    np.testing.assert_array_equal(followed.settled, [False, True])
    np.testing.assert_array_equal(followed.flips, [[2, 0], [2, 0]])


def test_one_by_one_the_same_network_settles() -> None:
    """Asynchronously, the network that turns round for ever comes to rest after one flip."""
    layer = Hopfield()
    layer.build((None, 2))
    layer.weights_between.assign([[0, -1], [-1, 0]])

    followed = layer.trajectory([[1, 1]])

    np.testing.assert_array_equal(followed.states[:, 0], [[1, 1], [-1, 1], [-1, 1]])
    np.testing.assert_array_equal(followed.settled, [True])


def test_too_few_sweeps_are_reported() -> None:
    """A network that is stopped on its way has not settled."""
    patterns = random_patterns(30, 60)
    layer = remembering(patterns, max_steps=1)

    followed = layer.trajectory(with_noise(patterns, 0.3))

    assert followed.states.shape == (2, 30, 60)
    assert not followed.settled.all()


def test_an_example_does_not_depend_on_its_batch() -> None:
    """What becomes of an example that goes to and fro is the same whether or not others take longer."""
    patterns = random_patterns(30, 60)
    layer = remembering(patterns, update="sync")
    cues = with_noise(patterns, 0.4)

    alone = np.concatenate([np.array(layer(cue[None])) for cue in cues])

    assert not layer.trajectory(cues).settled.all()
    np.testing.assert_array_equal(layer(cues), alone)


@pytest.mark.parametrize("update", ["async", "sync"])
def test_a_tie_keeps_the_state(update: str) -> None:
    """A unit whose inputs cancel stays as it is, although tenths do not add up to 0 in binary."""
    layer = Hopfield(update=update, max_steps=1)
    layer.build((None, 4))
    layer.weights_between.assign([[0, 0.3, -0.1, -0.2], [0.3, 0, 0, 0], [-0.1, 0, 0, 0], [-0.2, 0, 0, 0]])
    cues = np.array([[1, 1, 1, 1], [-1, -1, -1, -1]], "float32")

    expected = np.array([[1, 1, -1, -1], [-1, -1, 1, 1]])

    np.testing.assert_array_equal(layer(cues), expected)
    np.testing.assert_array_equal(layer.trajectory(cues).states[1], expected)


def test_thresholds_shift_the_decision() -> None:
    """A unit changes only when it receives more than its threshold, and the energy counts it."""
    layer = remembering(random_patterns(1, 10))
    pattern = random_patterns(1, 10)
    layer.thresholds.assign(np.full(10, 2.0))

    np.testing.assert_array_equal(layer(pattern), np.full((1, 10), -1))
    np.testing.assert_allclose(layer.energy(-np.ones((1, 10))), layer.trajectory(pattern).energies[-1], rtol=1e-6)


def test_nothing_in_it_is_trained() -> None:
    """In a network that learns, the memory stays as it is, and no gradient comes through it."""
    memory = remembering(random_patterns(2, 6))
    before = np.array(memory.weights_between)
    first = keras.layers.Dense(6)
    model = keras.Sequential([keras.Input((3,)), first, memory, keras.layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=True)
    kernel = np.array(first.kernel)

    with pytest.warns(UserWarning, match="Gradients do not exist"):
        model.train_on_batch(np.ones((4, 3), "float32"), np.ones((4, 1), "float32"))

    assert not memory.trainable_weights
    np.testing.assert_array_equal(memory.weights_between, before)
    np.testing.assert_array_equal(first.kernel, kernel)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rule": "storkey"}, "`rule` is one of hebb, pseudoinverse. Received: rule=storkey"),
        ({"update": "random"}, "`update` is one of async, sync. Received: update=random"),
        ({"max_steps": 0}, "`max_steps` is from 1. Received: max_steps=0"),
    ],
)
def test_other_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    """The message says what there may be."""
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 # the whole message is compared below
        Hopfield(**arguments)

    assert str(refusal.value) == message


def test_patterns_of_other_numbers_are_refused() -> None:
    """A pattern is of +1 and -1, and as long as the network."""
    layer = remembering(random_patterns(2, 5))

    with pytest.raises(
        ValueError, match=r"^patterns are \+1 and -1, `\(patterns, units\)`\. Received: shape \(1, 3\)$"
    ):
        layer.store([[0, 1, 1]])
    with pytest.raises(ValueError, match=r"^the network has 5 units\. Received: patterns of 3$"):
        layer.store([[-1, 1, 1]])
