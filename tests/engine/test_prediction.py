"""Outputs of models, against Keras's own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.engine import prediction
from archcli.engine.prediction import Prediction, predict_outputs
from archcli.engine.steps import Pace
from archcli.engine.streaming import Room

if TYPE_CHECKING:
    from archcli.engine.feeding import Examples

layers = keras.layers


@pytest.fixture
def two_headed() -> keras.Model:
    """A network with two named inputs and two named outputs."""
    one, other = keras.Input((3,), name="one"), keras.Input((2,), name="other")
    body = layers.Concatenate()([one, other])
    outputs = {"kind": layers.Dense(3, name="kind")(body), "size": layers.Dense(1, name="size")(body)}
    return keras.Model({"one": one, "other": other}, outputs)


def test_outputs_are_those_of_keras(make_classifier: Any, uneven_examples: Examples) -> None:
    """Predictions over whole batches and a partial one are equal bit for bit."""
    model = make_classifier(dropout=0.2)

    outputs = predict_outputs(model, uneven_examples.inputs, batch_size=32)

    assert np.array_equal(outputs, model.predict(uneven_examples.inputs, batch_size=32, verbose=0))


def test_outputs_keep_the_names_that_the_model_gives_them(two_headed: keras.Model) -> None:
    """Two inputs by name go in, two outputs by name come out."""
    generator = np.random.default_rng(0)
    inputs = {"one": generator.normal(size=(5, 3)), "other": generator.normal(size=(5, 2))}

    outputs = predict_outputs(two_headed, inputs, batch_size=2)

    expected = two_headed.predict({name: array.astype("float32") for name, array in inputs.items()}, verbose=0)
    assert {name: array.shape for name, array in outputs.items()} == {"kind": (5, 3), "size": (5, 1)}
    assert all(np.allclose(outputs[name], expected[name], atol=1e-6) for name in expected)


@pytest.mark.parametrize("count", [1, 31, 32, 33, 200])
def test_any_number_of_inputs_is_answered_by_one_trace(make_classifier: Any, count: int) -> None:
    """Fewer than a batch, just one, whole ones and a partial one are equal to Keras's bit for bit."""
    model = make_classifier()
    inputs = np.random.default_rng(0).normal(size=(200, 6)).astype("float32")
    answering = Prediction(model, batch_size=32)
    answering.run(inputs)

    outputs = answering.run(inputs[:count])

    assert np.array_equal(outputs, model.predict(inputs[:count], batch_size=32, verbose=0))


def test_answers_to_chunks_are_those_to_the_whole(make_classifier: Any) -> None:
    """Inputs that come in chunks of three batches, the last one padded, change no bit; neither do outputs that do."""
    model = make_classifier()
    inputs = np.random.default_rng(0).normal(size=(330, 6))
    chunks = Room(share=0.0, chunk_bytes=3 * 16 * 6 * 4)

    outputs = predict_outputs(model, inputs, batch_size=16, room=chunks)

    assert np.array_equal(outputs, predict_outputs(model, inputs, batch_size=16))


def test_outputs_on_the_device_are_no_larger_than_a_chunk(
    make_classifier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However fast steps are, a call has no more of them than have their outputs in a chunk."""
    model, sizes = make_classifier(), []
    add = prediction._Answers.add

    def note(answers: Any, outputs: Any) -> None:
        sizes.append(len(outputs))
        add(answers, outputs)

    monkeypatch.setattr(prediction._Answers, "add", note)
    room = Room(chunk_bytes=5 * 16 * 3 * 4)
    predict_outputs(model, np.zeros((16 * 40, 6), "float32"), batch_size=16, room=room)

    assert sum(sizes) == 16 * 40
    assert max(sizes) == 5 * 16


def test_a_call_ends_early_where_steps_have_become_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planned for a thousand batches of no time, calls begin no other once their time is over, and nothing is lost."""
    monkeypatch.setattr(prediction, "MOST_SECONDS_OF_CALL", 0.1)
    monkeypatch.setattr(Pace, "adapt", lambda pace, *_: setattr(pace, "step_count", 1000))
    sizes, run = [], prediction._Traces.run

    def wait(values: Any) -> Any:
        time.sleep(0.03)
        return values

    class Slow(keras.layers.Layer):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            return tf.ensure_shape(tf.numpy_function(wait, [inputs], tf.float32), inputs.shape)

    def note(*arguments: Any) -> Any:
        done, outputs = run(*arguments)
        sizes.append(done)
        return done, outputs

    monkeypatch.setattr(prediction._Traces, "run", note)
    inputs = np.random.default_rng(0).normal(size=(30, 2)).astype("float32")

    outputs = predict_outputs(keras.Sequential([keras.Input((2,)), Slow()]), inputs, batch_size=2)

    assert np.array_equal(outputs, inputs)
    assert sum(sizes) == 15
    assert max(sizes) <= 5


def test_seeds_are_as_before() -> None:
    """A layer that draws seeds whenever it is called has those of before, and answers as in evaluation."""
    model = keras.Sequential([keras.Input((6, 2)), layers.SimpleRNN(3, recurrent_dropout=0.5)])
    seeds = [variable for variable in model.variables if variable.name == "seed_generator_state"]
    before = [variable.numpy().tolist() for variable in seeds]

    outputs = predict_outputs(model, np.ones((50, 6, 2)), batch_size=8)

    assert before
    assert [variable.numpy().tolist() for variable in seeds] == before
    assert np.array_equal(outputs, np.repeat(outputs[:1], 50, axis=0))


def test_outputs_of_integers_and_in_half_precision_keep_their_type() -> None:
    """What the model gives is what comes out, in lists too."""
    inputs = keras.Input((4,))
    one = layers.Dense(2, dtype="mixed_bfloat16")(inputs)
    model = keras.Model(inputs, [one, keras.ops.argmax(inputs, axis=-1)])

    half, index = predict_outputs(model, np.eye(4)[[2, 0, 3]], batch_size=2)

    assert (half.dtype.name, half.shape) == ("bfloat16", (3, 2))
    assert (index.dtype.name, index.tolist()) == ("int32", [2, 0, 3])
