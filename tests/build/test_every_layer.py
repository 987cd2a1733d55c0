"""A promise of archcli: every layer of Keras, and of our own, builds in a recipe, computes, is saved and read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

import keras
import numpy as np
import pytest

from archcli.build.model import build_model
from archcli.build.objects import build_object
from archcli.errors import Location, RecipeError, Source
from archcli.recipe.catalogue import catalogue
from archcli.recipe.checking import load_recipe
from archcli.recipe.facts import InputFacts
from archcli.recipe.recipe import Graph, Model, Named

Shape = tuple[int, ...]

Dtype = Literal["float32", "int32"]


def name_of(layer: str) -> str:
    """Return the name of a layer as it is written."""
    return layer.partition(":")[0]


VECTOR: Final = (6,)
SEQUENCE: Final = (6, 4)
IMAGE: Final = (8, 8, 3)
VOLUME: Final = (6, 6, 6, 2)
VIDEO: Final = (3, 6, 6, 2)

CHAINS: Final[Mapping[Shape, Sequence[str]]] = {
    VECTOR: [
        "Activation: tanh",
        "ActivityRegularization: {l2: 0.1}",
        "AlphaDropout: 0.1",
        "BatchNormalization",
        "Dense: {units: 3, activation: relu}",
        "Discretization: {bin_boundaries: [-1.0, 0.0, 1.0]}",
        "Dropout: 0.1",
        "ELU: 0.5",
        "EinsumDense: {equation: 'ab,bc->ac', output_shape: 3, bias_axes: c}",
        "Equilibrium: {units: 3, contraction: 0.5}",
        "GaussianDropout: 0.1",
        "GaussianNoise: 0.1",
        "Hopfield: hebb",
        "Identity",
        "LayerNormalization",
        "LeakyReLU",
        "ModernHopfield: 3",
        "Normalization: {mean: 1.0, variance: 4.0}",
        "PReLU",
        "Pipeline: {layers: [Dense: 3, ReLU]}",
        "RMSNormalization",
        "ReLU: 0.5",
        "RepeatVector: 3",
        "Rescaling: {scale: 2.0, offset: 1.0}",
        "Reshape: [2, 3]",
        "Softmax",
        "SpectralNormalization: {Dense: 3}",
        "Step",
        "UnitNormalization",
    ],
    SEQUENCE: [
        "AdaptiveAveragePooling1D: 3",
        "AdaptiveMaxPooling1D: 3",
        "AveragePooling1D: 2",
        "Bidirectional: {LSTM: 3}",
        "Conv1D: {filters: 3, kernel_size: 3}",
        "Conv1DTranspose: {filters: 3, kernel_size: 3}",
        "Cropping1D: 1",
        "DepthwiseConv1D: 3",
        "Elman: {units: 3, output_units: 2}",
        "Flatten",
        "FullyRecurrent: {units: 5, output_units: 2}",
        "GRU: 3",
        "GlobalAveragePooling1D",
        "GlobalMaxPooling1D",
        "Jordan: {units: 3, output_units: 2}",
        "LSTM: 3",
        "Masking",
        "MaxPooling1D: 2",
        "Permute: [2, 1]",
        "RNN: {cell: {SimpleRNNCell: 3}}",
        "Reverse",
        "SeparableConv1D: {filters: 3, kernel_size: 3}",
        "SimpleRNN: 3",
        "SpatialDropout1D: 0.1",
        "TimeDistributed: [Dense: 3, ReLU]",
        "TrainableAveragePooling1D: 2",
        "UpSampling1D",
        "ZeroPadding1D",
    ],
    IMAGE: [
        "AdaptiveAveragePooling2D: 3",
        "AdaptiveMaxPooling2D: 3",
        "AugMix: {value_range: [0, 1]}",
        "AutoContrast: {value_range: [0, 1]}",
        "AveragePooling2D: 2",
        "CenterCrop: {height: 4, width: 4}",
        "ContrastLimitedAdaptiveHistogramEqualization: {value_range: [0, 1]}",
        "Conv2D: {filters: 3, kernel_size: 3}",
        "Conv2DTranspose: {filters: 3, kernel_size: 3}",
        "Cropping2D: 1",
        "CutMix",
        "DepthwiseConv2D: 3",
        "EdgeFilter: scharr",
        "GlobalAveragePooling2D",
        "GlobalMaxPooling2D",
        "GroupNormalization: 3",
        "MaxNumBoundingBoxes: 2",
        "MaxPooling2D: 2",
        "MixUp",
        "Pad: {amounts: [[1, 2], [0, 1]], mode: reflect}",
        "RandAugment: {value_range: [0, 1]}",
        "RandomBrightness: {factor: 0.1, value_range: [0, 1]}",
        "RandomColorDegeneration: 0.1",
        "RandomColorJitter: {value_range: [0, 1]}",
        "RandomContrast: 0.1",
        "RandomCrop: {height: 4, width: 4}",
        "RandomElasticTransform",
        "RandomErasing",
        "RandomFlip",
        "RandomGaussianBlur",
        "RandomGrayscale",
        "RandomHue: {factor: 0.1, value_range: [0, 1]}",
        "RandomInvert",
        "RandomPerspective",
        "RandomPosterization: 3",
        "RandomRotation: 0.1",
        "RandomSaturation: 0.1",
        "RandomSharpness: 0.1",
        "RandomShear: {x_factor: [0.0, 0.1], y_factor: [0.0, 0.1]}",
        "RandomTranslation: {height_factor: 0.1, width_factor: 0.1}",
        "RandomZoom: 0.1",
        "Resizing: {height: 4, width: 4}",
        "SeparableConv2D: {filters: 3, kernel_size: 3}",
        "Solarization: {value_range: [0, 1]}",
        "SpatialDropout2D: 0.1",
        "TrainableAveragePooling2D: 2",
        "UpSampling2D",
        "ZeroPadding2D",
    ],
    VOLUME: [
        "AdaptiveAveragePooling3D: 3",
        "AdaptiveMaxPooling3D: 3",
        "AveragePooling3D: 2",
        "Conv3D: {filters: 3, kernel_size: 3}",
        "Conv3DTranspose: {filters: 3, kernel_size: 3}",
        "Cropping3D: 1",
        "GlobalAveragePooling3D",
        "GlobalMaxPooling3D",
        "MaxPooling3D: 2",
        "SpatialDropout3D: 0.1",
        "TrainableAveragePooling3D: 2",
        "UpSampling3D",
        "ZeroPadding3D",
    ],
    VIDEO: ["ConvLSTM2D: {filters: 2, kernel_size: 3}"],
    (3, 6, 2): ["ConvLSTM1D: {filters: 2, kernel_size: 3}"],
    (3, 4, 4, 4, 2): ["ConvLSTM3D: {filters: 2, kernel_size: 3}"],
    (512, 1): ["STFTSpectrogram"],
    (4096,): ["MelSpectrogram"],
}
"""Layers that take one tensor of numbers and give one, by the shape of an example."""

INDEX_CHAINS: Final = [
    "CategoryEncoding: 8",
    "Embedding: {input_dim: 8, output_dim: 3}",
    "Hashing: 5",
    "IntegerLookup: {vocabulary: [1, 3, 5]}",
    "ReversibleEmbedding: {input_dim: 8, output_dim: 3}",
]
"""The same for tensors of indices."""

CELLS: Final = [
    "GRUCell: 3",
    "LSTMCell: 3",
    "SimpleRNNCell: 3",
    "StackedRNNCells: [GRUCell: 3, LSTMCell: 2]",
]
"""Single steps, inside `RNN`."""

GRAPHS: Final = {
    "Add": ("from: [left, right]", SEQUENCE),
    "AdditiveAttention": ("from: [left, right]", SEQUENCE),
    "Attention": ("from: [left, right]", SEQUENCE),
    "Average": ("from: [left, right]", SEQUENCE),
    "Concatenate": ("from: [left, right]", SEQUENCE),
    "Dot: 2": ("from: [left, right]", SEQUENCE),
    "GroupedQueryAttention: {head_dim: 2, num_query_heads: 4, num_key_value_heads: 2}": (
        "query: left, value: right",
        SEQUENCE,
    ),
    "HashedCrossing: 5": ("from: [left, right]", (1,)),
    "Maximum": ("from: [left, right]", SEQUENCE),
    "Minimum": ("from: [left, right]", SEQUENCE),
    "MultiHeadAttention: {num_heads: 2, key_dim: 3}": ("from: [left, right]", SEQUENCE),
    "Multiply": ("from: [left, right]", SEQUENCE),
    "Subtract": ("from: [left, right]", SEQUENCE),
}
"""Layers that take two tensors: how, and the shape of an example of both."""

ONE_TENSOR: Final[Mapping[str, tuple[str, Shape, Dtype]]] = {
    **{name_of(layer): (layer, shape, "float32") for shape, layers in CHAINS.items() for layer in layers},
    **{name_of(layer): (layer, VECTOR, "int32") for layer in INDEX_CHAINS},
    **{name_of(cell): (f"RNN: {{cell: {{{cell}}}}}", SEQUENCE, "float32") for cell in CELLS},
}
"""All of these by the name of the layer or cell: how it is written, the shape of an example, and its numbers."""

REFUSED: Final = {
    "Equalization": (
        "Equalization: {value_range: [0, 1]}",
        IMAGE,
        "`Equalization` cannot be part of a model in this version of Keras: it takes it for a cycle",
    ),
    "StringLookup": (
        "StringLookup: {vocabulary: [red, blue]}",
        (1,),
        "Keras refuses `StringLookup`: cast int32 to string is not supported",
    ),
    "TextVectorization": (
        "TextVectorization: {vocabulary: [red, blue]}",
        (1,),
        "Keras refuses `TextVectorization`: cast int32 to string is not supported",
    ),
}
"""Layers that are part of no model: how each is written, the shape of an example, and what is said of it.

Two take text, and no input of a model is text: the types of the data make indices of it.
"""


def test_no_layer_is_left_out() -> None:
    """The tables hold every layer of the catalogue."""
    names = {*ONE_TENSOR, *map(name_of, GRAPHS), *REFUSED}

    assert names == set(catalogue().entries("layer"))
    assert set(CELLS) == {layer for layer in CELLS if catalogue().entries("layer")[name_of(layer)].is_cell}


@pytest.mark.parametrize("name", ONE_TENSOR)
def test_a_layer_of_one_tensor_builds_by_both_apis(name: str, tmp_path: Path) -> None:
    """With equal weights both give equal answers to two examples, as do the models that are read from their files."""
    layer, shape, dtype = ONE_TENSOR[name]
    model, facts = read_chain(layer, shape, dtype, tmp_path)

    sequential, functional = (
        build_model(replace(model, build=api), inputs=facts).core for api in ("sequential", "functional")
    )

    assert type(sequential) is keras.Sequential
    assert type(functional) is not keras.Sequential
    inputs = examples(shape, dtype)
    give_weights([sequential, functional])
    expected = answers(sequential, inputs)
    assert expected.shape[0] == 2
    assert np.isfinite(expected.astype("float64")).all()
    for other in (functional, read_again(sequential, tmp_path), read_again(functional, tmp_path)):
        np.testing.assert_array_equal(answers(other, inputs), expected)


@pytest.mark.parametrize("layer", GRAPHS, ids=name_of)
def test_a_layer_of_two_tensors_builds_as_a_node(layer: str, tmp_path: Path) -> None:
    """It gives an answer to each of two examples, and the model that is read from its file gives the same."""
    model, facts = read_node(layer, tmp_path)

    core = build_model(model, inputs=facts).core

    inputs = {name: examples(given.shape, given.dtype, seed=seed) for seed, (name, given) in enumerate(facts.items())}
    give_weights([core])
    expected = answers(core, inputs)
    assert expected.shape[0] == 2
    assert np.isfinite(expected.astype("float64")).all()
    np.testing.assert_array_equal(answers(read_again(core, tmp_path), inputs), expected)


@pytest.mark.parametrize("name", REFUSED)
def test_a_layer_that_is_part_of_no_model_is_refused(name: str, tmp_path: Path) -> None:
    """It is said which layer it is, and why."""
    layer, shape, message = REFUSED[name]
    model, facts = read_chain(layer, shape, "int32", tmp_path)

    with pytest.raises(RecipeError) as refused:
        build_model(model, inputs=facts)

    assert [problem.message for problem in refused.value.problems] == [message]


def test_keras_itself_cannot_build_equalization() -> None:
    """Outside training it hands on the very tensor that it is given, which Keras's own functional API refuses."""
    given = keras.Input(IMAGE)

    handed_on = keras.layers.Equalization((0, 1))(given)

    assert handed_on is given
    with pytest.raises(ValueError, match="is part of a cycle"):
        keras.Model(given, handed_on)


@pytest.mark.parametrize("name", ["StringLookup", "TextVectorization"])
def test_a_layer_for_text_computes_on_text(name: str) -> None:
    """It is text that these lack in a recipe, and nothing else."""
    here = Location(Source("layers.yaml"), 1)
    made = build_object(Named(name, {"vocabulary": ("red", "blue")}, here), "layer")

    indices = made(keras.ops.convert_to_tensor([["blue"], ["green"]]))

    assert np.asarray(indices).tolist() == ([[2], [0]] if name == "StringLookup" else [[3], [1]])


REGULARIZED: Final = [
    name
    for name, entry in catalogue().entries("layer").items()
    if "activity_regularizer" in entry.arguments and name not in REFUSED
]


@pytest.mark.parametrize("name", REGULARIZED)
def test_an_activity_regularizer_adds_to_the_loss(name: str, tmp_path: Path) -> None:
    """Where the catalogue has `activity_regularizer`, the layer's output is really charged for."""
    node = next((layer for layer in GRAPHS if name_of(layer) == name), None)
    model, facts = read_chain(*ONE_TENSOR[name], tmp_path) if node is None else read_node(node, tmp_path)

    core = build_model(charged(model), inputs=facts).core
    inputs = {name: examples(given.shape, given.dtype) for name, given in facts.items()}
    core(inputs if len(inputs) > 1 else next(iter(inputs.values())))

    assert core.losses


def charged(model: Model) -> Model:
    """Give the only layer of a model an activity regularizer."""
    body = model.body
    layer = (body.nodes[0] if isinstance(body, Graph) else body).layers[0]
    assert isinstance(layer, Named)
    regularizer = Named("L2", {"l2": 0.5}, layer.location)
    layer = replace(layer, arguments={**layer.arguments, "activity_regularizer": regularizer})
    if isinstance(body, Graph):
        return replace(model, body=replace(body, nodes=(replace(body.nodes[0], layers=(layer,)),)))
    return replace(model, body=replace(body, layers=(layer,)))


def read_chain(layer: str, shape: Shape, dtype: Dtype, folder: Path) -> tuple[Model, Mapping[str, InputFacts]]:
    """Read a recipe of one layer, and say that its input has this shape."""
    model = read_model(f"{{layers: [{{{layer}}}]}}", "{source: diabetes}", folder)
    return model, {"measurements": InputFacts("measurements", shape, ("all",), dtype=dtype)}


def read_node(layer: str, folder: Path) -> tuple[Model, Mapping[str, InputFacts]]:
    """Read a recipe of one layer that joins two inputs, and say that they have the shape of the table."""
    how, shape = GRAPHS[layer]
    dtype: Dtype = "int32" if name_of(layer) == "HashedCrossing" else "float32"
    model = read_model(
        f"{{nodes: {{joined: {{{layer}, {how}}}}}}}", "{source: digit_pairs, targets: {same: number}}", folder
    )
    return model, {name: InputFacts(name, shape, ("all",), dtype=dtype) for name in ("left", "right")}


def read_model(model: str, data: str, folder: Path) -> Model:
    """Read a recipe, and return its model."""
    path = folder / "recipe.yaml"
    path.write_text(f"archcli: 1\ndata: {data}\nmodel: {model}\n", encoding="utf-8")
    return load_recipe(path).model


def examples(shape: tuple[int | None, ...], dtype: Dtype, *, seed: int = 0) -> Any:
    """Make two examples: numbers from 0 to 1, or indices from 0 to 7."""
    numbers = np.random.default_rng(seed)
    size = [2, *(size or 1 for size in shape)]
    values = numbers.integers(0, 8, size) if dtype == "int32" else numbers.uniform(size=size)
    return values.astype(dtype)


def give_weights(models: Sequence[keras.Model]) -> None:
    """Give models the same random weights, all positive, as variances are."""
    numbers = np.random.default_rng(1)
    weights = [np.abs(numbers.normal(0.0, 0.3, weight.shape)) for weight in models[0].get_weights()]
    for model in models:
        model.set_weights(weights)


def answers(model: keras.Model, inputs: Any) -> Any:
    """Compute what a model answers, at rest."""
    return np.asarray(model(inputs, training=False))


def read_again(model: keras.Model, folder: Path) -> keras.Model:
    """Save a model and read it."""
    path = folder / "model.keras"
    model.save(path)
    return keras.saving.load_model(path)
