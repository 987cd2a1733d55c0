"""The recipe's layers become a Keras model, by the API that the recipe asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import keras
import numpy as np

from archcli.build.connecting import Connector, stack
from archcli.build.counts import output_problem
from archcli.build.failures import failure_problem, rank_problem, refusals, size_problem
from archcli.build.names import name_operations
from archcli.build.refusals import KERAS_ERRORS
from archcli.build.wire import Wire
from archcli.build.wiring import Call
from archcli.errors import RecipeError
from archcli.recipe.facts import InputFacts
from archcli.recipe.recipe import Graph, Model, Named

NETWORK_NAME: Final = "network"

STEPS_TRIED: Final = 64
"""Steps of the example that a model for sequences of any length is tried on: more than kernels and pools take away."""


@dataclass(frozen=True)
class Built:
    """A built model.

    Attributes:
        core: What is trained: the input, or several by name in a dict; likewise the outputs that learn a target.
        whole: The same layers with the outputs that are only written out as well; `core` itself where there are none.
        outputs: What leaves, by the name of the output.
        origins: What each Keras layer was made from, by its `id`.
    """

    core: keras.Model
    whole: keras.Model
    outputs: Mapping[str, Wire]
    origins: Mapping[int, Named] = field(default_factory=dict, repr=False)


def build_model(model: Model, *, inputs: Mapping[str, InputFacts]) -> Built:
    """Build the model with `keras.Sequential` or with the functional API; with equal weights they compute the same.

    A chain that uses one shared layer twice is functional in either case: a `keras.Sequential` holds a layer once.

    Args:
        model: The layers, facts of the data filled in.
        inputs: By name; the model takes them scaled, `(batch, *shape)`, numbers float32 or indices int32.

    Returns:
        Built models that are not compiled, their layers named after their classes, blocks and shared layers as in the
        recipe, inputs and outputs after the recipe's.

    Raises:
        RecipeError: Keras refuses an argument, a layer cannot take what arrives, or tensors cannot be joined.
    """
    connector = Connector(model)
    try:
        with _whole_tracebacks():
            built = _connect(model, inputs, connector)
            if not any(named.arguments.get("num_oov_indices") == 0 for named in connector.origins.values()):
                _try_out(built.whole, inputs)
    except RecipeError as error:
        raise RecipeError(*(refusals(model) or error.problems)) from error
    except KERAS_ERRORS as error:
        problem = size_problem(connector.connections) or failure_problem(
            error, origins=connector.origins, connections=connector.connections
        )
        if problem is None:
            raise  # it is not about a layer of the recipe: a bug
        raise RecipeError(*(refusals(model) or [problem])) from error
    problem = size_problem(connector.connections) or rank_problem(connector.connections)
    if problem is not None:
        raise RecipeError(problem)
    return built


def _connect(model: Model, inputs: Mapping[str, InputFacts], connector: Connector) -> Built:
    """Make and call all layers."""
    arrives = {name: keras.Input(shape=facts.shape, dtype=facts.dtype, name=name) for name, facts in inputs.items()}
    wires = {name: Wire(tensor, name, None, ()) for name, tensor in arrives.items()}
    names = connector.names(model.body, list(arrives))
    given = arrives if len(arrives) > 1 else next(iter(arrives.values()))
    if not isinstance(model.body, Graph):
        run = connector.chain(model.body.layers, Call(tuple(wires.values())), names)
        problem = output_problem(run.last, run.outputs, None)
        if problem is not None:
            raise RecipeError(problem)
        is_sequential = model.build == "sequential"
        core = stack(given, run, name=NETWORK_NAME) if is_sequential else _model(given, run.outputs[0])
        name = next(iter(model.outputs))
        return Built(core, core, {name: Wire(run.outputs[0], name, None, run.trails[0])}, connector.origins)
    if len(wires) == 1:
        only = next(iter(wires.values()))
        wires |= dict.fromkeys((*model.body.inputs, "input"), only)
    known = connector.graph(model.body, wires, names)
    tensors = {name: known[name].tensor for name in model.outputs}
    trained = {name: tensors[name] for name, target in model.outputs.items() if target is not None}
    core = _model(given, _single(trained))
    whole = core if len(trained) == len(tensors) else _model(given, _single(tensors))
    return Built(core, whole, {name: known[name] for name in model.outputs}, connector.origins)


def _model(given: Any, outputs: Any) -> keras.Model:
    name_operations(outputs)
    return keras.Model(given, outputs, name=NETWORK_NAME)


def _single(tensors: Mapping[str, Any]) -> Any:
    """Return the only one, or all by name."""
    return next(iter(tensors.values())) if len(tensors) == 1 else dict(tensors)


def _try_out(model: keras.Model, inputs: Mapping[str, InputFacts]) -> None:
    """Compute one example of zeros in training, and put back what that changed.

    Keras tells the shapes of some layers without calling them; whether those suit what arrives shows only here. (Not
    done where a lookup may not meet a value that it does not know: the zeros may be such values.)
    """
    example = _single({name: _zeros(facts) for name, facts in inputs.items()})
    before = [variable.numpy() for variable in model.variables]  # statistics, seeds, weights that are normalized
    try:
        model(example, training=True)
    finally:
        for variable, value in zip(model.variables, before, strict=True):
            variable.assign(value)


def _zeros(facts: InputFacts) -> Any:
    return np.zeros((1, *(STEPS_TRIED if size is None else size for size in facts.shape)), facts.dtype)


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
