"""A value of the recipe becomes the Keras object that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import keras

from archcli.build.classes import CLASSES
from archcli.build.refusals import KERAS_ERRORS, argument_problem
from archcli.errors import Problem, RecipeError
from archcli.recipe.catalogue import Argument, Category, catalogue
from archcli.recipe.recipe import Chain, Layer, Named, Value

Origins = dict[int, Named]
"""What each Keras layer was made from, by the layer's `id`: to say later where in the recipe it stands."""

OBJECT_TYPES: Final[Mapping[str, Category]] = {
    "layer": "layer",
    "cell": "layer",
    "optimizer": "optimizer",
    "schedule": "schedule",
    "loss": "loss",
    "metric": "metric",
    "initializer": "initializer",
    "regularizer": "regularizer",
    "constraint": "constraint",
}

RECURRENT: Final = frozenset({"ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "RNN", "SimpleRNN"})
"""Layers that go through a sequence step by step."""

# Here Keras wants the layers themselves; everywhere else a chain becomes one layer.
TAKES_LAYERS: Final = frozenset({("Pipeline", "layers"), ("StackedRNNCells", "cells")})


def build_object(named: Named, category: str, *, origins: Origins | None = None) -> Any:
    """Make the Keras object that `named` describes, and all that its arguments describe.

    Args:
        named: Name and arguments, checked, facts of the data filled in.
        category: What it is: `layer`, `optimizer`, `loss`, ... (a `cell` is a layer).
        origins: Is given every layer made, also those inside others; None: nobody asks.

    Raises:
        RecipeError: Keras refuses an argument.
    """
    table = OBJECT_TYPES.get(category, cast("Category", category))
    entry = catalogue().find(table, named.name)
    if entry is None:
        raise ValueError(f"the catalogue has no {category} `{named.name}`")
    if named.name == "Bidirectional":
        _check_wrapped(named)
    known = {} if origins is None else origins
    arguments = {name: _argument(named, name, entry.arguments[name], known) for name in named.arguments}
    try:
        made = CLASSES[table][entry.name](**arguments)
    except KERAS_ERRORS as error:
        raise RecipeError(argument_problem(named, error)) from error
    if table == "layer":
        known[id(made)] = named
    return made


def _check_wrapped(named: Named) -> None:
    """Raise where `Bidirectional` is given a layer that has no direction: Keras fails on it in its own terms."""
    for argument in ("layer", "backward_layer"):
        wrapped = named.arguments.get(argument)
        if wrapped is not None and (not isinstance(wrapped, Named) or wrapped.name not in RECURRENT):
            what = f"`{wrapped.name}`" if isinstance(wrapped, Named) else "a chain"
            message = f"`Bidirectional` wraps one recurrent layer, such as `LSTM`, but {what} is none"
            location = named.argument_locations.get(argument, named.location)
            raise RecipeError(Problem("not-recurrent", message, location))


def build_layer(layer: Layer, *, origins: Origins) -> Any:
    """Make one Keras layer; a chain of several becomes a `keras.Sequential` of them."""
    if isinstance(layer, Named):
        return build_object(layer, "layer", origins=origins)
    layers = [build_layer(inner, origins=origins) for inner in layer.layers]
    return layers[0] if len(layers) == 1 else keras.Sequential(layers)


def _argument(named: Named, name: str, argument: Argument, origins: Origins) -> Any:
    """Turn the value of the argument `name` of `named` into what Keras takes there."""
    value = named.arguments[name]
    if (named.name, name) in TAKES_LAYERS or (isinstance(value, Chain) and "cell" in argument.types):
        layers = value.layers if isinstance(value, Chain) else (cast("Layer", value),)
        return [build_layer(layer, origins=origins) for layer in layers]
    if isinstance(value, Chain):
        return build_layer(value, origins=origins)
    if isinstance(value, str) and _category(value, argument) is not None:
        value = Named(value, {}, named.argument_locations.get(name, named.location))
    if isinstance(value, Named):
        category = _category(value.name, argument)
        if category is None:
            raise ValueError(f"`{name}` of `{named.name}` takes no `{value.name}`")
        return build_object(value, category, origins=origins)
    # Keras takes `learning_rate: 1` for a mistake: it wants a float.
    return _as_floats(value) if {"number", "numbers"} & set(argument.types) else value


def _category(name: str, argument: Argument) -> Category | None:
    """Return the category in which the argument looks for `name`; None where `name` is just text."""
    categories = (OBJECT_TYPES[kind] for kind in argument.types if kind in OBJECT_TYPES)
    return next((category for category in categories if catalogue().find(category, name)), None)


def _as_floats(value: Value) -> Value:
    """Turn whole numbers, also in lists, into floats."""
    if isinstance(value, tuple):
        return tuple(_as_floats(item) for item in value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
