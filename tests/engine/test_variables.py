"""All variables of a training, captured at one instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest

from archcli.engine import variables
from archcli.engine.feeding import cut_batches, place_examples
from archcli.engine.steps import Loop, build_step, take_then
from archcli.engine.variables import Snapshot, capture, compile_snapshot

if TYPE_CHECKING:
    from archcli.engine.feeding import Examples


@pytest.mark.parametrize("mode", ["graph", "xla"])
def test_a_snapshot_does_not_change_with_the_variables(make_classifier: Any, examples: Examples, mode: Any) -> None:
    """Steps that are run after it write into no memory that it holds; what it is worth is asked for afterwards."""
    model = make_classifier(optimizer=keras.optimizers.Adam(0.1))
    build_step(model, examples, batch_size=16)
    take_snapshot = compile_snapshot(model)
    loop, data = Loop(model, take_then(model.train_step), mode=mode), place_examples(examples)
    batches = cut_batches(np.arange(examples.count), batch_size=16)
    loop.advance(data, batches, start=0)
    expected = capture(model)

    snapshot = take_snapshot()
    loop.advance(data, batches, start=1)
    model.trainable_variables[0].assign_add(np.ones(model.trainable_variables[0].shape))

    assert isinstance(snapshot, Snapshot)
    assert len(snapshot) == len(expected)
    assert all(np.array_equal(one, other) for one, other in zip(snapshot, expected, strict=True))
    assert all(one.dtype == other.dtype for one, other in zip(snapshot[:], expected, strict=True))
    assert not np.array_equal(snapshot[0], capture(model)[0])


def test_large_variables_are_captured_at_once(
    make_classifier: Any, examples: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device that is full of a large model need not hold it twice."""
    monkeypatch.setattr(variables, "LARGEST_SNAPSHOT_BYTES", 10)
    model = make_classifier()
    build_step(model, examples, batch_size=16)

    captured = compile_snapshot(model)()

    assert all(isinstance(array, np.ndarray) for array in captured)
