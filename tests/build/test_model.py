"""A chain becomes a model by either API of Keras; what does not fit is shown at the layer that fails."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest

from archcli.errors import ArchcliError, RecipeError

BuildLayers = Callable[..., keras.Model]
Shown = Callable[[ArchcliError], str]

CHAINS = {
    "mlp": ("- Dense: {units: 8, activation: relu}\n- Dropout: 0.5\n- BatchNormalization\n- Dense: 3", (5,)),
    "cnn": ("- Conv2D: {filters: 4, kernel_size: 3}\n- MaxPooling2D\n- SpatialDropout2D: 0.2\n- Flatten", (8, 8, 2)),
    "lstm": ("- LSTM: {units: 6, return_sequences: true, recurrent_dropout: 0.1}\n- GRU: 5\n- Dense: 3", (7, 4)),
    "birnn": ("- Bidirectional: {LSTM: {units: 4, dropout: 0.3}}\n- LayerNormalization\n- Dense: 3", (7, 4)),
    "cells": ("- RNN: {cell: [LSTMCell: 5, GRUCell: 4]}\n- Dense: 3", (7, 4)),
    "video": ("- TimeDistributed: [Conv2D: {filters: 2, kernel_size: 3}, Flatten]\n- SimpleRNN: 3", (3, 6, 6, 1)),
}


@pytest.mark.parametrize("chain", CHAINS)
def test_both_apis_compute_the_same(chain: str, build_layers: BuildLayers) -> None:
    """With equal weights the sequential and the functional model give equal outputs, bit for bit."""
    layers, shape = CHAINS[chain]
    examples = np.random.default_rng(0).normal(size=(4, *shape)).astype("float32")

    sequential = build_layers(layers, shape, api="sequential")
    functional = build_layers(layers, shape, api="functional")
    functional.set_weights(sequential.get_weights())

    assert type(sequential) is keras.Sequential
    assert type(functional) is not keras.Sequential
    assert np.array_equal(sequential(examples), functional(examples))
    assert np.array_equal(sequential.predict(examples, verbose=0), functional.predict(examples, verbose=0))


def test_layers_and_input_have_stable_names(build_layers: BuildLayers) -> None:
    """The same recipe gives the same names, however many models were built before; given names are kept."""
    layers = "- Dense: 4\n- Dense: {units: 4, name: dense_1}\n- Dense: 4\n- LeakyReLU"

    for api in ("sequential", "functional", "functional"):
        model = build_layers(layers, (3,), api=api)
        assert [layer.name for layer in model.layers][-4:] == ["dense", "dense_1", "dense_2", "leaky_re_lu"]
        assert model.inputs[0].name == "features"
        assert model.name == "network"


def test_a_chain_inside_the_chain_is_part_of_it(build_layers: BuildLayers) -> None:
    """A list in the list of layers is its layers, one after another."""
    model = build_layers("- [Dense: 4, ReLU]\n- Dense: 2", (3,))

    assert [layer.name for layer in model.layers] == ["dense", "re_lu", "dense_1"]


def test_time_distributed_applies_a_chain_to_each_step(build_layers: BuildLayers) -> None:
    """`TimeDistributed` with a list gives what the list gives on every step by itself."""
    examples = np.random.default_rng(1).normal(size=(2, 3, 5)).astype("float32")
    model = build_layers("- TimeDistributed: [Dense: {units: 4, activation: tanh}, Dense: 2]", (3, 5))

    first, first_bias, second, second_bias = model.get_weights()
    expected = np.tanh(examples @ first + first_bias) @ second + second_bias

    assert np.allclose(model(examples), expected, atol=1e-6)


def test_building_leaves_statistics_and_seeds_alone(build_layers: BuildLayers) -> None:
    """Trying the model on an example changes no statistics, no seed, no weight that is normalized in training."""
    layers = "- BatchNormalization\n- SpectralNormalization: {Dense: {units: 2, kernel_initializer: ones}}\n"
    model = build_layers(f"{layers}- Dropout: {{rate: 0.5, seed: 7}}", (3,))

    state = {variable.name: variable.numpy().tolist() for variable in model.variables}

    assert state["moving_mean"] == [0.0, 0.0, 0.0]
    assert state["moving_variance"] == [1.0, 1.0, 1.0]
    assert state["kernel"] == [[1.0, 1.0]] * 3
    assert state["seed_generator_state"] == [7, 0]


def problem(code: str, message: str, line: int, text: str, underlined: str, hint: str | None = None) -> str:
    """Write a problem as the user sees it, `underlined` being found in `text`."""
    column = 4 + text.index(underlined)
    rows = [
        f"error[{code}]: {message}",
        f" --> recipe.yaml:{line}:{column + 1}",
        "  |",
        f"{line} |     {text}",
        f"  | {' ' * column}{'^' * len(underlined)}",
    ]
    return "\n".join([*rows, *([] if hint is None else [f"hint: {hint}"])])


RETURN_SEQUENCES = "so that it hands on every step and not only the last"
MISFITS = {
    "an LSTM that hands on its last step only, before another": (
        "- LSTM: 3\n- Dropout: 0.1\n- LSTM: 2",
        (8, 4),
        problem(
            "shape-mismatch",
            "`LSTM` takes (batch, steps, features), but (batch, 3) arrives",
            6,
            "- LSTM: 2",
            "LSTM",
            f"give the `LSTM` on line 4 `return_sequences: true`, {RETURN_SEQUENCES}",
        ),
    ),
    "the same inside a Bidirectional": (
        "- Bidirectional: {GRU: 3}\n- Conv1D: {filters: 2, kernel_size: 2}",
        (8, 4),
        problem(
            "shape-mismatch",
            "`Conv1D` takes (batch, steps, features), but (batch, 6) arrives",
            5,
            "- Conv1D: {filters: 2, kernel_size: 2}",
            "Conv1D",
            f"give the `GRU` on line 4 `return_sequences: true`, {RETURN_SEQUENCES}",
        ),
    ),
    "the same before a TimeDistributed": (
        "- SimpleRNN: 3\n- TimeDistributed: {Dense: 2}",
        (8, 4),
        problem(
            "shape-mismatch",
            "`TimeDistributed` takes (batch, steps, ...), but (batch, 3) arrives",
            5,
            "- TimeDistributed: {Dense: 2}",
            "TimeDistributed",
            f"give the `SimpleRNN` on line 4 `return_sequences: true`, {RETURN_SEQUENCES}",
        ),
    ),
    "a recurrent layer on plain features": (
        "- LSTM: 3",
        (8,),
        problem(
            "shape-mismatch",
            "`LSTM` takes (batch, steps, features), but (batch, 8) arrives",
            4,
            "- LSTM: 3",
            "LSTM",
            "put `Reshape: [steps, features]` before it, with sizes whose product is 8",
        ),
    ),
    "an image without channels": (
        "- Conv2D: {filters: 2, kernel_size: 3}",
        (8, 8),
        problem(
            "shape-mismatch",
            "`Conv2D` takes (batch, height, width, channels), but (batch, 8, 8) arrives",
            4,
            "- Conv2D: {filters: 2, kernel_size: 3}",
            "Conv2D",
            "put `Reshape: [8, 8, 1]` before it",
        ),
    ),
    "augmentation of an image without channels, which Keras takes for one image without a batch": (
        "- RandomFlip\n- Flatten",
        (8, 8),
        problem(
            "shape-mismatch",
            "`RandomFlip` takes (batch, height, width, channels), but (batch, 8, 8) arrives",
            4,
            "- RandomFlip",
            "RandomFlip",
            "put `Reshape: [8, 8, 1]` before it",
        ),
    ),
    "an image for a recurrent layer": (
        "- GRU: 3",
        (8, 8, 1),
        problem(
            "shape-mismatch",
            "`GRU` takes (batch, steps, features), but (batch, 8, 8, 1) arrives",
            4,
            "- GRU: 3",
            "GRU",
            "put `TimeDistributed: Flatten` before it",
        ),
    ),
    "a kernel larger than its input": (
        "- Conv2D: {filters: 2, kernel_size: [9, 9]}",
        (8, 8, 1),
        problem(
            "shape-mismatch",
            "`Conv2D` would leave nothing of the (batch, 8, 8, 1) that arrives: its `kernel_size` is [9, 9]",
            4,
            "- Conv2D: {filters: 2, kernel_size: [9, 9]}",
            "Conv2D",
            "make `kernel_size` smaller, or write `padding: same`",
        ),
    ),
    "one pool too many": (
        "- MaxPooling2D: 4\n- MaxPooling2D: 2\n- AveragePooling2D: 2\n- Flatten",
        (8, 8, 1),
        problem(
            "shape-mismatch",
            "`AveragePooling2D` would leave nothing of the (batch, 1, 1, 1) that arrives: its `pool_size` is 2",
            6,
            "- AveragePooling2D: 2",
            "AveragePooling2D",
            "make `pool_size` smaller, or write `padding: same`",
        ),
    ),
    "a cut larger than its input": (
        "- Cropping1D: 2",
        (4, 3),
        problem(
            "shape-mismatch",
            "`Cropping1D` would leave nothing of the (batch, 4, 3) that arrives: its `cropping` is 2",
            4,
            "- Cropping1D: 2",
            "Cropping1D",
            "make `cropping` smaller",
        ),
    ),
    "a layer of a chain inside another": (
        "- TimeDistributed: [Conv2D: {filters: 2, kernel_size: 3}, MaxPooling2D: 9, Flatten]",
        (4, 8, 8, 1),
        problem(
            "shape-mismatch",
            "`MaxPooling2D` would leave nothing of the (batch, 6, 6, 2) that arrives: its `pool_size` is 9",
            4,
            "- TimeDistributed: [Conv2D: {filters: 2, kernel_size: 3}, MaxPooling2D: 9, Flatten]",
            "MaxPooling2D",
            "make `pool_size` smaller, or write `padding: same`",
        ),
    ),
    "sizes that do not multiply": (
        "- Reshape: [5, 5]",
        (4, 8),
        problem(
            "shape-mismatch",
            "`Reshape` cannot take the (batch, 4, 8) that arrives: the total size of the tensor must be unchanged; "
            "received: input_shape=(4, 8), target_shape=(5, 5)",
            4,
            "- Reshape: [5, 5]",
            "Reshape",
        ),
    ),
    "an axis that is not there": (
        "- BatchNormalization: {axis: 5}",
        (4, 8),
        problem(
            "shape-mismatch",
            "`BatchNormalization` cannot take the (batch, 4, 8) that arrives: it has not as many axes as that",
            4,
            "- BatchNormalization: {axis: 5}",
            "BatchNormalization",
        ),
    ),
    "a wrong number of axes elsewhere": (
        "- Permute: [2, 1]",
        (4,),
        problem(
            "shape-mismatch",
            "`Permute` takes 3 axes with the batch, but (batch, 4) arrives",
            4,
            "- Permute: [2, 1]",
            "Permute",
        ),
    ),
    "groups that do not divide the channels": (
        "- GroupNormalization: 4",
        (4, 8, 3),
        problem(
            "shape-mismatch",
            "`GroupNormalization` cannot take the (batch, 4, 8, 3) that arrives: number of groups (4) cannot be more "
            "than the number of channels (3)",
            4,
            "- GroupNormalization: 4",
            "GroupNormalization",
        ),
    ),
    "a state kept between batches, whose size is not known": (
        "- LSTM: {units: 3, stateful: true}",
        (4, 8),
        problem(
            "keras-rejects",
            "Keras refuses `stateful` of `LSTM`: when using `stateful=True` in a RNN, the batch size must be static",
            4,
            "- LSTM: {units: 3, stateful: true}",
            "true",
        ),
    ),
    "several outputs in a chain": (
        "- GRU: {units: 3, return_state: true}\n- Dense: 2",
        (4, 8),
        problem(
            "several-outputs",
            "`GRU` with `return_state: true` gives several tensors, but a chain hands one from layer to layer",
            4,
            "- GRU: {units: 3, return_state: true}",
            "true",
            "leave out `return_state: true`",
        ),
    ),
    "words wanted where numbers arrive, which shows only when the layer computes": (
        "- StringLookup: {vocabulary: [red, blue]}",
        (4,),
        problem(
            "keras-rejects",
            "Keras refuses `StringLookup`: cast float to string is not supported",
            4,
            "- StringLookup: {vocabulary: [red, blue]}",
            "StringLookup",
        ),
    ),
    "a layer that Keras cannot connect": (
        "- Equalization",
        (8, 8, 1),
        problem(
            "keras-rejects",
            "`Equalization` cannot be part of a model in this version of Keras: it takes it for a cycle",
            4,
            "- Equalization",
            "Equalization",
        ),
    ),
    "two layers that Keras refuses, both reported": (
        "- Conv1D: {filters: 4, kernel_size: [3, 3]}\n- Conv1D: {filters: 3, kernel_size: 1, groups: 2}",
        (4, 8),
        problem(
            "keras-rejects",
            "Keras refuses `kernel_size` of `Conv1D`: the `kernel_size` argument must be a tuple of 1 integers; "
            "received kernel_size=(3, 3)",
            4,
            "- Conv1D: {filters: 4, kernel_size: [3, 3]}",
            "[3, 3]",
        )
        + "\n"
        + problem(
            "keras-rejects",
            "Keras refuses `groups` of `Conv1D`: the number of filters must be evenly divisible by the number of "
            "groups; received: groups=2, filters=3",
            5,
            "- Conv1D: {filters: 3, kernel_size: 1, groups: 2}",
            "2",
        ),
    ),
}


@pytest.mark.filterwarnings("ignore:Layer .* looks like it has unbuilt state:UserWarning")
@pytest.mark.parametrize("api", ["sequential", "functional"])
@pytest.mark.parametrize("misfit", MISFITS)
def test_a_misfit_is_shown_at_the_layer_that_fails(
    misfit: str, api: str, build_layers: BuildLayers, shown: Shown
) -> None:
    """What arrived, what the layer wants and what to do, at the layer's place, whichever API builds it."""
    layers, shape, text = MISFITS[misfit]

    with pytest.raises(RecipeError) as caught:
        build_layers(layers, shape, api=api)

    assert shown(caught.value) == text
