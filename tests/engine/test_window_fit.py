"""Which models can be trained on windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
import numpy as np
import pytest

from archcli.engine.feeding import Examples
from archcli.engine.window_fit import find_window_axis, open_steps, walk_layers
from archcli.engine.windows import windowed_step
from archcli.errors import Problem, RecipeError
from archcli.layers.reverse import Reverse

if TYPE_CHECKING:
    from collections.abc import Callable

layers = keras.layers
STEPS = 12
SEQUENCES = {"return_sequences": True}


def labelled(count: int = 8) -> Examples:
    """Draw sequences with a label for each step."""
    generator = np.random.default_rng(0)
    return Examples(
        generator.normal(size=(count, STEPS, 4)).astype("float32"), generator.integers(0, 3, (count, STEPS))
    )


def chain(*hidden: keras.layers.Layer) -> keras.Model:
    """Make a network that labels each step."""
    return keras.Sequential([keras.Input((STEPS, 4)), *hidden, layers.Dense(3)])


def attending() -> keras.Model:
    """Make a network in which each step looks at all."""
    inputs = keras.Input((STEPS, 4))
    return keras.Model(inputs, layers.Dense(3)(layers.MultiHeadAttention(1, 2, name="culprit")(inputs, inputs)))


def handed_on() -> keras.Model:
    """Make an encoder whose last state a decoder begins with."""
    inputs = keras.Input((STEPS, 4))
    _, state = layers.GRU(3, return_state=True, name="culprit")(inputs)
    return keras.Model(inputs, layers.Dense(3)(layers.GRU(3, **SEQUENCES)(inputs, initial_state=state)))


ACROSS_TIME: dict[str, Callable[[], keras.Model]] = {
    "Bidirectional": lambda: chain(layers.Bidirectional(layers.LSTM(3, **SEQUENCES), name="culprit")),
    "Reverse": lambda: chain(Reverse(name="culprit"), layers.LSTM(3, **SEQUENCES)),
    "LSTM": lambda: chain(layers.LSTM(3, go_backwards=True, name="culprit", **SEQUENCES)),
    "Conv1D": lambda: chain(layers.Conv1D(3, 3, padding="causal", name="culprit"), layers.GRU(3, **SEQUENCES)),
    "GlobalAveragePooling1D": lambda: chain(
        layers.GRU(3, **SEQUENCES), layers.GlobalAveragePooling1D(name="culprit"), layers.RepeatVector(STEPS)
    ),
    "SimpleRNN": lambda: chain(layers.SimpleRNN(3, name="culprit"), layers.RepeatVector(STEPS)),
    "Flatten": lambda: chain(layers.Flatten(name="culprit"), layers.Dense(2 * STEPS), layers.Reshape((STEPS, 2))),
    "MultiHeadAttention": attending,
    "GRU": handed_on,
}


@pytest.mark.parametrize("kind", ACROSS_TIME)
def test_a_layer_that_looks_across_time_is_named(kind: str) -> None:
    """The first layer that gives something else on windows is the culprit."""
    with pytest.raises(RecipeError) as raised:
        windowed_step(ACROSS_TIME[kind](), labelled(), 4)

    message = (
        f"the layer `culprit` (`{kind}`) looks across time, so that on windows it gives something else than on whole "
        "sequences"
    )
    hint = "leave `train.tbptt` out, or the layer"
    assert raised.value.problems == (Problem("window-does-not-fit", message, hint=hint),)


def test_layers_that_see_one_step_at_a_time_fit() -> None:
    """Each step by itself, normalized, dropped, convolved over one step: no window changes that."""
    body = (layers.Conv1D(4, 1), layers.TimeDistributed(layers.Dense(3)), layers.BatchNormalization())
    model = chain(*body, layers.LayerNormalization(), layers.Dropout(0.5), layers.LSTM(3, dropout=0.2, **SEQUENCES))

    assert windowed_step(model, labelled(), 4) is not None


def test_words_that_are_masked_fit() -> None:
    """Padding among the words is no reason to refuse an embedding that masks it."""
    body = (layers.Embedding(9, 4, mask_zero=True), layers.LSTM(3, **SEQUENCES), layers.GRU(3, **SEQUENCES))
    model = keras.Sequential([keras.Input((STEPS,), dtype="int64"), *body, layers.Dense(3)])
    words = np.random.default_rng(0).integers(0, 9, (8, STEPS))

    assert windowed_step(model, Examples(words, labelled().targets), 5) is not None


def test_one_answer_for_a_whole_sequence_is_refused() -> None:
    """Windows want a target at each step."""
    model = keras.Sequential([keras.Input((STEPS, 4)), layers.LSTM(3), layers.Dense(3, name="scores")])

    with pytest.raises(RecipeError) as raised:
        find_window_axis(model, Examples(labelled().inputs, np.zeros(8, int)))

    message = "windows want an answer at each step, and the layer `scores` gives one for a whole sequence"
    hint = "give the recurrent layers `return_sequences: true` and each step a target, or leave `train.tbptt` out"
    assert raised.value.problems == (Problem("window-does-not-fit", message, hint=hint),)


def test_inputs_over_other_steps_than_the_targets_are_refused() -> None:
    """What is cut must be equally long."""
    with pytest.raises(RecipeError) as raised:
        find_window_axis(chain(layers.LSTM(3, **SEQUENCES)), Examples(labelled().inputs, np.zeros((8, 5), int)))

    message = "windows want inputs and targets over the same steps, and no input or not every target runs over 5"
    assert raised.value.problems == (Problem("window-does-not-fit", message, hint="leave `train.tbptt` out"),)


def test_trying_leaves_the_model_as_it_was() -> None:
    """Shapes, methods and seeds are put back."""
    model = chain(layers.LSTM(3, recurrent_dropout=0.5, **SEQUENCES))
    before = [np.array(variable) for variable in model.variables]

    windowed_step(model, labelled(), 4)

    assert all(np.array_equal(one, other) for one, other in zip(before, model.variables, strict=True))
    assert not any({"call", "inner_loop"} & set(vars(layer)) for layer in model.layers)


def test_an_open_model_takes_any_number_of_steps() -> None:
    """Inside the block it does, after it the number that it was built for."""
    inputs = keras.Input((STEPS, 4))
    model = keras.Model(inputs, layers.LSTM(3, **SEQUENCES)(inputs))

    with open_steps(model):
        shape = model(np.zeros((2, 5, 4), "float32")).shape

    assert tuple(shape) == (2, 5, 3)
    with pytest.raises(ValueError, match="expected shape"):
        model(np.zeros((2, 5, 4), "float32"))


def test_layers_are_walked_into_models_and_not_into_wrappers() -> None:
    """A layer in a wrapper gets one step or one direction, so that it is not one of them."""
    inner = keras.Sequential([keras.Input((STEPS, 4)), layers.GRU(3, name="inner", **SEQUENCES)])
    model = chain(inner, layers.Bidirectional(layers.GRU(3, **SEQUENCES), name="wrapper"))

    assert [layer.name for layer in walk_layers(model)][:2] == ["inner", "wrapper"]
