"""The recipe's layers become a Keras model, by the API that the recipe asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import keras
import numpy as np

from archcli.build.failures import failure_problem, rank_problem, size_problem
from archcli.build.names import numbered, snake_case
from archcli.build.objects import Origins, build_object
from archcli.build.refusals import KERAS_ERRORS
from archcli.errors import Problem, RecipeError
from archcli.recipe.facts import InputFacts
from archcli.recipe.recipe import Chain, Model, Named

NETWORK_NAME: Final = "network"


def build_model(model: Model, *, input_facts: InputFacts) -> keras.Model:
    """Build the model with `keras.Sequential` or with the functional API; with equal weights they compute the same.

    Args:
        model: The layers, facts of the data filled in.
        input_facts: The only input; the model takes it scaled, `(batch, *input_facts.shape)`, float32.

    Returns:
        A built model that is not compiled, its layers named after their classes, its input after the recipe's.

    Raises:
        RecipeError: Keras refuses an argument, or a layer cannot take what the one before it gives.
    """
    origins: Origins = {}
    layers = _build_layers(flat_layers(model.body), input_name=input_facts.name, origins=origins)
    arrives = keras.Input(shape=input_facts.shape, name=input_facts.name)
    connect = {"sequential": _connect_sequential, "functional": _connect_functional}[model.build]
    try:
        with _whole_tracebacks():
            built = connect(arrives, layers)
            if not any(named.arguments.get("num_oov_indices") == 0 for named in origins.values()):
                _try_out(built)
    except KERAS_ERRORS as error:
        problem = size_problem(layers, origins) or failure_problem(error, model=model, origins=origins)
        if problem is None:
            raise  # it is not about a layer of the recipe: a bug
        raise RecipeError(problem) from error
    problem = size_problem(layers, origins) or rank_problem(layers, origins, model)
    if problem is not None:
        raise RecipeError(problem)
    return built


def flat_layers(chain: Chain) -> list[Named]:
    """Return the layers of a chain in order; a chain inside it is part of it."""
    return [named for layer in chain.layers for named in ([layer] if isinstance(layer, Named) else flat_layers(layer))]


def _build_layers(named_layers: Sequence[Named], *, input_name: str, origins: Origins) -> list[Any]:
    """Make the Keras layers; every one that Keras refuses is reported."""
    layers: list[Any] = []
    problems: list[Problem] = []
    for named, name in zip(named_layers, _names(named_layers, taken={input_name}), strict=True):
        try:
            layer = build_object(replace(named, arguments={**named.arguments, "name": name}), "layer", origins=origins)
        except RecipeError as error:
            problems += error.problems
        else:
            origins[id(layer)] = named
            layers.append(layer)
    if problems:
        raise RecipeError(*problems)
    return layers


def _names(layers: Sequence[Named], *, taken: set[str]) -> Iterator[str]:
    """Name each layer as Keras does, but counted from the start of this model: the same recipe, the same names."""
    given = {str(named.arguments["name"]) for named in layers if named.arguments.get("name") is not None}
    taken = taken | given
    for named in layers:
        if named.arguments.get("name") is not None:
            yield str(named.arguments["name"])
            continue
        name = snake_case(named.name)
        free = next(text for text in numbered(name) if text not in taken)
        taken.add(free)
        yield free


def _connect_sequential(arrives: Any, layers: Sequence[Any]) -> keras.Model:
    """Stack the layers in a `keras.Sequential`."""
    return keras.Sequential([arrives, *layers], name=NETWORK_NAME)


def _connect_functional(arrives: Any, layers: Sequence[Any]) -> keras.Model:
    """Call the layers one after another and make a model of what goes in and what comes out."""
    tensor = arrives
    for layer in layers:
        tensor = layer(tensor)
    return keras.Model(arrives, tensor, name=NETWORK_NAME)


def _try_out(model: keras.Model) -> None:
    """Compute one example of zeros in training, and put back what that changed.

    Keras tells the shapes of some layers without calling them; whether those suit what arrives shows only here. (Not
    done where a lookup may not meet a value that it does not know: the zeros may be such values.)
    """
    before = [variable.numpy() for variable in model.variables]  # statistics, seeds, weights that are normalized
    try:
        model(np.zeros((1, *model.inputs[0].shape[1:]), "float32"), training=True)
    finally:
        for variable, value in zip(model.variables, before, strict=True):
            variable.assign(value)


@contextmanager
def _whole_tracebacks() -> Iterator[None]:
    """Keep Keras from cutting its own frames out of a traceback: they say which layer failed."""
    filtered = keras.config.is_traceback_filtering_enabled()
    keras.config.disable_traceback_filtering()
    try:
        yield
    finally:
        if filtered:
            keras.config.enable_traceback_filtering()
