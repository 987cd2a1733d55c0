"""A promise of archcli: every argument of every entry reaches its object. (`test_every_layer.py` builds every layer.)

An argument for which this cannot be shown has no place in the catalogue: see `tools/catalogue_rules.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from archcli.build.objects import build_object
from archcli.errors import Location, Source
from archcli.recipe.catalogue import CATEGORIES, Argument, Category, Entry, catalogue
from archcli.recipe.recipe import Chain, Named, Value

HERE = Location(Source("walk.yaml"), 1)


def named(_class: str, **arguments: Value) -> Named:
    """Name something as a recipe does."""
    return Named(_class, arguments, HERE)


# What an entry needs to be made at all: by `Class.argument`, else by the argument's name.
REQUIRED: Mapping[str, Value] = {
    "Bidirectional.layer": named("SimpleRNN", units=2, return_sequences=True),
    "RandomPosterization.factor": 3,
    "IntegerLookup.vocabulary": (1, 2),
    "activation": "relu",
    "amounts": 1,
    "axes": 1,
    "bin_boundaries": (1.0, 2.0),
    "boundaries": (10,),
    "cell": named("SimpleRNNCell", units=2),
    "cells": Chain((named("SimpleRNNCell", units=2),), HERE),
    "decay_rate": 0.5,
    "decay_steps": 3,
    "dims": (1, 2),
    "equation": "ab,bc->ac",
    "factor": 0.1,
    "filename": "log.csv",
    "filters": 4,
    "first_decay_steps": 2,
    "head_dim": 2,
    "height": 2,
    "height_factor": 0.1,
    "initial_learning_rate": 0.1,
    "input_dim": 4,
    "kernel_size": 3,
    "key_dim": 2,
    "layer": named("Dense", units=2),
    "layers": Chain((named("Dense", units=2),), HERE),
    "max_number": 2,
    "max_steps": 20,
    "mean": 1.0,
    "n": 2,
    "num_bins": 3,
    "num_classes": 2,
    "num_heads": 2,
    "num_key_value_heads": 1,
    "num_query_heads": 2,
    "num_tokens": 3,
    "output_dim": 3,
    "output_shape": 3,
    "output_size": 2,
    "output_units": 2,
    "patterns": 3,
    "pool_size": 2,
    "precision": 0.5,
    "rate": 0.1,
    "recall": 0.5,
    "scale": 2.0,
    "sensitivity": 0.5,
    "specificity": 0.5,
    "stddev": 0.1,
    "target_class_ids": (0,),
    "target_shape": (2, 2),
    "units": 2,
    "values": (1.0, 0.1),
    "variance": 1.0,
    "vocabulary": ("red", "blue"),
    "width": 2,
    "width_factor": 0.1,
}

# A value that is not the default, where none can be made from the type; `Class.argument`, else the argument's name.
VALUES: Mapping[str, Value] = {
    "Bidirectional.backward_layer": named("SimpleRNN", units=3, return_sequences=True, go_backwards=True),
    "Bidirectional.layer": named("GRU", units=3, return_sequences=True),
    "BinaryIoU.target_class_ids": (1,),
    "FullyRecurrent.output_units": 1,
    "Hashing.dtype": "int32",
    "IntegerLookup.mask_token": 0,
    "IntegerLookup.vocabulary": (3, 4),
    "RandomErasing.scale": (0.1, 0.2),
    "RandomGaussianBlur.kernel_size": 5,
    "STFT.window": "hamming",
    "STFTSpectrogram.fft_length": 512,
    "amounts": ((1, 2), (0, 1)),
    "backward_layer": named("SimpleRNN", units=2, go_backwards=True),
    "cell": named("GRUCell", units=3),
    "cells": Chain((named("GRUCell", units=3), named("LSTMCell", units=2)), HERE),
    "dims": (2, 1),
    "exclude_layers": ("output",),
    "idf_weights": (0.5, 0.25),
    "input_axes": (0,),
    "label_weights": (0.5, 0.25),
    "layer": named("Dense", units=3),
    "layers": Chain((named("Dense", units=3), named("ReLU")), HERE),
    "learning_rate": named("ExponentialDecay", initial_learning_rate=0.5, decay_steps=10, decay_rate=0.5),
    "noise_shape": (None, 1),
    "num_key_value_heads": 2,
    "num_query_heads": 4,
    "output_axes": (1,),
    "pool_size": 3,
    "renorm_clipping": {"rmax": 3.0, "rmin": 0.5, "dmax": 4.0},
    "size": 3,
    "strides": 3,
    "target_class_ids": (1,),
    "value_dim": 5,
    "vocabulary": ("green", "blue"),
    "x_factor": (0.1, 0.2),
    "y_factor": (0.1, 0.2),
}

# What Keras wants beside an argument before it takes it.
COMPANIONS: Mapping[str, Mapping[str, Value]] = {
    "AUC.num_labels": {"multi_label": True},
    "BatchNormalization.renorm_clipping": {"renorm": True},
    "Conv1DTranspose.output_padding": {"strides": 3},
    "Conv2DTranspose.output_padding": {"strides": 3},
    "Conv3DTranspose.output_padding": {"strides": 3},
    "Dense.lora_alpha": {"lora_rank": 2},
    "Discretization.sparse": {"output_mode": "one_hot"},
    "EinsumDense.lora_alpha": {"lora_rank": 2},
    "Embedding.lora_alpha": {"lora_rank": 2},
    "Hashing.sparse": {"output_mode": "one_hot"},
    "IntegerLookup.idf_weights": {"output_mode": "tf_idf"},
    "IntegerLookup.pad_to_max_tokens": {"max_tokens": 9, "output_mode": "count"},
    "IntegerLookup.salt": {"oov_method": "farmhash", "num_oov_indices": 2},
    "IntegerLookup.sparse": {"output_mode": "one_hot"},
    "StringLookup.idf_weights": {"output_mode": "tf_idf"},
    "StringLookup.pad_to_max_tokens": {"max_tokens": 9, "output_mode": "count"},
    "StringLookup.salt": {"num_oov_indices": 2},
    "StringLookup.sparse": {"output_mode": "one_hot"},
    "TextVectorization.idf_weights": {"output_mode": "tf_idf"},
    "TextVectorization.pad_to_max_tokens": {"max_tokens": 9, "output_mode": "count"},
    "TextVectorization.sparse": {"output_mode": "count"},
}

# Another value to compare with, where Keras does not do without the argument.
COMPARED: Mapping[str, Value] = {
    "IntegerLookup.idf_weights": (1.0, 1.0),
    "StringLookup.idf_weights": (1.0, 1.0),
    "TextVectorization.idf_weights": (1.0, 1.0),
}

# Where the value is found when neither the configuration nor an attribute has the argument's name.
ATTRIBUTES: Mapping[str, Any] = {
    "CSVLogger.separator": lambda made: made.sep,
    "CosineSimilarity.axis": lambda made: made._fn_kwargs["axis"],
    "Huber.delta": lambda made: made._fn_kwargs["delta"],
    "SimpleRNN.seed": lambda made: made.cell.seed,
    "SparseCategoricalCrossentropy.axis": lambda made: made._fn_kwargs["axis"],
    "StringLookup.vocabulary": lambda made: made.get_vocabulary(),
    "TextVectorization.vocabulary": lambda made: made.get_vocabulary(),
}

# What Keras makes of one number `x` given as the range of a random factor.
RANGES = (lambda x: (0, x), lambda x: (-x, x), lambda x: (1, x))

ENTRIES = [(category, name) for category in CATEGORIES for name in catalogue().entries(category)]


@pytest.mark.parametrize(("category", "name"), ENTRIES)
def test_every_argument_reaches_its_object(category: Category, name: str) -> None:
    """An argument other than the default is found in the made object, and the object's configuration makes it again."""
    entry = catalogue().entries(category)[name]

    lost = [argument for argument in entry.arguments.values() if not reaches(entry, argument)]

    assert lost == []


def reaches(entry: Entry, argument: Argument) -> bool:
    """Say whether a value of `argument` that is not its default is found in the object made with it."""
    place = f"{entry.name}.{argument.name}"
    beside = {**required(entry), **COMPANIONS.get(place, {})}
    value = another_value(entry, argument)
    compared = {argument.name: COMPARED[place]} if place in COMPARED else {}
    without = build_object(named(entry.name, **beside, **compared), entry.category)
    made = build_object(named(entry.name, **{**beside, argument.name: value}), entry.category)
    before, after = observed(without, place), observed(made, place)
    if entry.category != "callback":
        type(made).from_config(made.get_config())
    return before != after and (not isinstance(value, (bool, int, float, str)) or shows(after, value))


def required(entry: Entry) -> dict[str, Value]:
    """Return a value for each argument that the entry demands."""
    return {
        name: REQUIRED.get(f"{entry.name}.{name}", REQUIRED.get(name))
        for name, argument in entry.arguments.items()
        if argument.required
    }


def another_value(entry: Entry, argument: Argument) -> Value:
    """Return a value for `argument` that is allowed and is not its default."""
    for key in (f"{entry.name}.{argument.name}", argument.name):
        if key in VALUES:
            return VALUES[key]
    usual: Any = required(entry).get(argument.name, argument.default)
    makers: Mapping[str, Any] = {
        "boolean": lambda: usual is not True,
        "integer": lambda: another_integer(usual, argument),
        "number": lambda: another_number(usual, argument),
        "text": lambda: next(text for text in (*argument.choices, "another") if text != usual),
        "dtype": lambda: "float16",
        "activation": lambda: "elu",
        "initializer": lambda: named("Constant", value=0.5),
        "regularizer": lambda: named("L2", l2=0.5),
        "constraint": lambda: named("MaxNorm", max_value=5.0),
        "integers": lambda: tuple(item + 1 for item in usual) if isinstance(usual, tuple) else (2, 3),
        "numbers": lambda: tuple(item + 1 for item in usual) if isinstance(usual, tuple) else (0.25, 0.5),
    }
    return makers[argument.types[0]]()  # type: ignore[no-any-return]


def another_integer(usual: Value, argument: Argument) -> int:
    """Return another whole number than `usual` within the bounds."""
    if argument.name == "max_tokens":
        return 9
    start = usual if isinstance(usual, int) else int(argument.minimum or 1)
    return start + 1 if argument.maximum is None or start + 1 <= argument.maximum else start - 1


def another_number(usual: Value, argument: Argument) -> float:
    """Return another number than `usual` within the bounds, and not on them."""
    lowest = 0.0 if argument.minimum is None else argument.minimum
    highest = lowest + 2 if argument.maximum is None else argument.maximum
    if argument.minimum is None and argument.maximum is not None:
        lowest = highest - 2
    return next(x for x in (lowest + (highest - lowest) * share for share in (0.75, 0.25)) if x != usual)


def observed(made: Any, place: str) -> Any:
    """Return what the object holds for the argument at `place`, `Class.argument`."""
    argument = place.split(".")[1]
    configuration = made.get_config() if hasattr(made, "get_config") else {}
    if place in ATTRIBUTES and (argument == "vocabulary" or argument not in configuration):
        return ATTRIBUTES[place](made)
    return configuration[argument] if argument in configuration else getattr(made, argument)


def shows(after: Any, value: Any) -> bool:
    """Say whether `after` is `value`, perhaps written out: for each axis, as a range, as a policy."""
    if isinstance(after, dict):
        return value in (after.get("config", {}).get("name"), after.get("class_name"))
    if isinstance(after, (tuple, list)):
        as_range = isinstance(value, (int, float)) and any(tuple(after) == made(value) for made in RANGES)
        return as_range or all(shows(item, value) for item in after)
    return bool(after == value)
