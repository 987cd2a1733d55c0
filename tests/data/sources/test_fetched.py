"""The sets that Keras fetches: read from its folder, and a sentence where they cannot be fetched."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from archcli.data.faults import Faults
from archcli.data.sources.fetched import open_fetched
from archcli.errors import DataError
from archcli.recipe.built_in import built_in_set


def test_training_examples_come_first_and_those_of_the_test_after_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Keras gives in two parts is one table, `(examples, 32, 32, 3)`, its labels as one row."""
    draw = np.random.default_rng(0)
    parts = [
        (draw.integers(0, 256, (count, 32, 32, 3), np.uint8), draw.integers(0, 10, (count, 1), np.uint8))
        for count in (5, 2)
    ]
    monkeypatch.setattr(keras.datasets.cifar10, "load_data", lambda: tuple(parts))

    table = open_fetched(built_in_set("cifar10"))

    images = table.numbers("image", Faults())
    np.testing.assert_array_equal(images, np.concatenate([parts[0][0], parts[1][0]]).astype(np.float32))
    np.testing.assert_array_equal(table.arrays["kind"], np.concatenate([parts[0][1], parts[1][1]])[:, 0])


def test_no_network_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the set is not on the machine and cannot be fetched, the message says so and the hint what to do."""

    def refuse() -> None:
        raise Exception("URL fetch failure on https://example.org/mnist.npz:\n None -- no route")  # noqa: TRY002 -- as Keras

    monkeypatch.setattr(keras.datasets.mnist, "load_data", refuse)

    with pytest.raises(DataError) as stopped:
        open_fetched(built_in_set("mnist"))

    (problem,) = stopped.value.problems
    assert problem.code == "cannot-fetch"
    assert problem.message == (
        "`mnist` is not on this machine and cannot be fetched: URL fetch failure on "
        "https://example.org/mnist.npz: None -- no route"
    )
    assert problem.hint is not None
    assert "copy `~/.keras/datasets` here" in problem.hint


def test_other_failures_stay_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in the program is not taken for a missing network."""

    def fail() -> None:
        raise KeyError("x_train")

    monkeypatch.setattr(keras.datasets.mnist, "load_data", fail)

    with pytest.raises(KeyError):
        open_fetched(built_in_set("mnist"))
