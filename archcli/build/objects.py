"""A value of the recipe becomes the Keras object that it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, cast

import keras

from archcli.build.classes import CLASSES
from archcli.build.names import Names, snake_case
from archcli.build.refusals import KERAS_ERRORS, argument_problem
from archcli.errors import Problem, RecipeError
from archcli.recipe.catalogue import Argument, Category, catalogue
from archcli.recipe.recipe import Block, Chain, Layer, Named, Shared, Value

Origins = dict[int, Named]
"""What each Keras layer was made from, by the layer's `id`: to say later where in the recipe it stands."""

Make = Callable[[Block | Shared], Any]
"""Makes a block or a shared layer that stands in an argument, as a layer."""

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


def build_object(
    named: Named,
    category: str,
    *,
    origins: Origins | None = None,
    make: Make | None = None,
    made: Mapping[str, Any] = MappingProxyType({}),
) -> Any:
    """Make the Keras object that `named` describes, and all that its arguments describe.

    Args:
        named: Name and arguments, checked, facts of the data filled in.
        category: What it is: `layer`, `optimizer`, `loss`, ... (a `cell` is a layer).
        origins: Is given every layer made, also those inside others; None: nobody asks.
        make: Makes the blocks and shared layers among the arguments; None: there are none.
        made: Arguments that are Keras's objects already, in place of those of `named`.

    Raises:
        RecipeError: Keras refuses an argument.
    """
    table = OBJECT_TYPES.get(category, cast("Category", category))
    entry = catalogue().find(table, named.name)
    if entry is None:
        raise ValueError(f"the catalogue has no {category} `{named.name}`")
    if named.name == "Bidirectional":
        _check_wrapped(named)
    making = _Making({} if origins is None else origins, make)
    written = {
        name: making.argument(named, name, entry.arguments[name]) for name in named.arguments if name not in made
    }
    try:
        thing = CLASSES[table][entry.name](**written, **made)
    except KERAS_ERRORS as error:
        raise RecipeError(argument_problem(named, error)) from error
    if table == "layer":
        making.origins[id(thing)] = named
    return thing


def _check_wrapped(named: Named) -> None:
    """Raise where `Bidirectional` is given a layer that has no direction: Keras fails on it in its own terms."""
    for argument in ("layer", "backward_layer"):
        wrapped = named.arguments.get(argument)
        if wrapped is not None and (not isinstance(wrapped, Named) or wrapped.name not in RECURRENT):
            what = f"`{wrapped.name}`" if isinstance(wrapped, (Block, Named, Shared)) else "a chain"
            message = f"`Bidirectional` wraps one recurrent layer, such as `LSTM`, but {what} is none"
            location = named.argument_locations.get(argument, named.location)
            raise RecipeError(Problem("not-recurrent", message, location))


def build_layer(
    layer: Layer, *, origins: Origins, make: Make | None = None, names: Names | None = None, name: str | None = None
) -> Any:
    """Make one Keras layer before it is known what arrives; a chain of several becomes a `keras.Sequential` of them.

    Args:
        layer: Without blocks and shared layers where `make` is None.
        origins: Is given every layer made.
        make: Makes blocks and shared layers.
        names: Names the layers beside it have; None: it is alone.
        name: What it is called; None: after its class.
    """
    names = names or Names()
    match layer:
        case Named():
            given = layer.arguments.get("name")
            called = name or (names.count(snake_case(layer.name)) if given is None else names.give(str(given)))
            named = replace(layer, arguments={**layer.arguments, "name": called})
            return build_object(named, "layer", origins=origins, make=make)
        case Chain():
            if len(layer.layers) == 1:
                return build_layer(layer.layers[0], origins=origins, make=make, names=names, name=name)
            inside = Names()
            inner = [build_layer(one, origins=origins, make=make, names=inside) for one in layer.layers]
            return keras.Sequential(inner, name=name or names.count("sequential"))
        case _:
            if make is None:
                raise ValueError(f"`{layer.name}` is no layer by itself")
            return make(layer)


@dataclass(frozen=True)
class _Making:
    """How arguments become objects: who is told of the layers made, who makes blocks and shared layers."""

    origins: Origins
    make: Make | None

    def argument(self, named: Named, name: str, argument: Argument) -> Any:
        """Turn the value of the argument `name` of `named` into what Keras takes there."""
        value = named.arguments[name]
        if (named.name, name) in TAKES_LAYERS or (isinstance(value, Chain) and "cell" in argument.types):
            layers = value.layers if isinstance(value, Chain) else (cast("Layer", value),)
            names = Names()
            made = [build_layer(layer, origins=self.origins, make=self.make, names=names) for layer in layers]
            if "cell" in argument.types and name != "cells":  # Keras would do it, under a name of its own
                return keras.layers.StackedRNNCells(made, name="stacked_rnn_cells")
            return made
        if isinstance(value, (Chain, Block, Shared)):
            return build_layer(value, origins=self.origins, make=self.make)
        if isinstance(value, str) and _category(value, argument) is not None:
            value = Named(value, {}, named.argument_locations.get(name, named.location))
        if isinstance(value, Named):
            category = _category(value.name, argument)
            if category is None:
                raise ValueError(f"`{name}` of `{named.name}` takes no `{value.name}`")
            if category == "layer":
                return build_layer(value, origins=self.origins, make=self.make)
            return build_object(value, category)
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
