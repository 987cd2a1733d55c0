"""Which arrays run over the steps of a sequence."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from archcli.engine.feeding import Examples
from archcli.engine.time_axis import TimeAxis, find_time_axis, has_steps, pair_outputs

layers = keras.layers


def test_sequences_and_tokens_have_steps_and_tables_do_not() -> None:
    """Three axes, or two of whole numbers."""
    assert has_steps(np.zeros((2, 5, 3)))
    assert has_steps(np.zeros((2, 5), "int64"))
    assert not has_steps(np.zeros((2, 5)))
    assert not has_steps(np.zeros(2, "int64"))


def several() -> tuple[keras.Model, Examples]:
    """Make a network with a sequence and a table, one answer for each step and one for the whole."""
    steps, table = keras.Input((5, 3), name="steps"), keras.Input((5,), name="table")
    hidden = layers.GRU(4, return_sequences=True)(steps)
    last = layers.Concatenate()([layers.GlobalAveragePooling1D()(hidden), table])
    outputs = {"each": layers.Dense(2, name="each")(hidden), "all": layers.Dense(5, name="all")(last)}
    inputs = {"steps": np.zeros((2, 5, 3)), "table": np.zeros((2, 5))}
    targets = {"each": np.zeros((2, 5), "int64"), "all": np.zeros((2, 5))}
    return keras.Model({"steps": steps, "table": table}, outputs), Examples(inputs, targets)


def test_targets_run_over_steps_where_their_outputs_do() -> None:
    """A target of five columns for an output without steps stays whole."""
    axis = find_time_axis(*several(), steps=5)

    assert axis == TimeAxis(5, {"steps": True, "table": False}, {"each": True, "all": False})


def test_outputs_are_paired_with_targets_by_name() -> None:
    """Whatever the order of the names, and only those that have a target."""
    model, examples = several()
    some = Examples(examples.inputs, {"each": examples.targets["each"]})  # type: ignore[call-overload]

    assert [tuple(output.shape) for output, _ in pair_outputs(model, examples)] == [(None, 5, 2), (None, 5)]
    assert [tuple(output.shape) for output, _ in pair_outputs(model, some)] == [(None, 5, 2)]


def test_weights_of_steps_are_cut_and_those_of_examples_are_not() -> None:
    """By how many columns they have."""
    axis = TimeAxis(5, True, False)
    batch = (
        tf.zeros((2, 5, 1)),
        tf.zeros((2, 5)),
        {"one": tf.zeros((2, 5)), "other": tf.zeros((2, 1)), "all": tf.zeros(2)},
    )

    inputs, targets, weight = axis.cut(batch, lambda tensor: tensor[:, :3])

    assert (tuple(inputs.shape), tuple(targets.shape)) == ((2, 3, 1), (2, 5))
    assert {name: tuple(tensor.shape) for name, tensor in weight.items()} == {
        "one": (2, 3),
        "other": (2, 1),
        "all": (2,),
    }
