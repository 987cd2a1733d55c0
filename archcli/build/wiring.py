"""What a layer is called with: the tensors that arrive, where each comes from, and how Keras takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from inspect import signature
from typing import Any

from archcli.build.merging import merge_problem
from archcli.build.wire import Wire
from archcli.errors import Problem, RecipeError
from archcli.recipe.calls import TAKES_SEVERAL, takes_a_list
from archcli.recipe.recipe import Block, GraphNode, Named, Shared


@dataclass(frozen=True)
class Call:
    """What a layer is called with.

    Attributes:
        inputs: Tensors, in order.
        tensors: Tensors by the name of an argument of the call, or of a block's input; several for one argument as a
            tuple.
        arguments: Values by the name of an argument.
        node: Whose first layer is called; None for one that follows another.
    """

    inputs: tuple[Wire, ...]
    tensors: Mapping[str, Wire | tuple[Wire, ...]] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    node: GraphNode | None = None

    @property
    def wires(self) -> tuple[Wire, ...]:
        """Every tensor, those by name last."""
        by_name = (wire if isinstance(wire, tuple) else (wire,) for wire in self.tensors.values())
        return (*self.inputs, *(wire for wires in by_name for wire in wires))

    @property
    def trail(self) -> tuple[Named, ...]:
        """The layers that lead to the first tensor."""
        return self.wires[0].trail if self.wires else ()


def arrange(named: Named, call: Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return what Keras's layer is called with, positionally and by name.

    A list goes whole to a layer that takes a list, and one by one to what needs several.

    Raises:
        RecipeError: `wrong-input-count`, `wrong-input-count`, or tensors that cannot be merged.
    """
    tensors = tuple(wire.tensor for wire in call.inputs)
    keywords = {name: _tensors(wire) for name, wire in call.tensors.items()} | dict(call.arguments)
    merges = takes_a_list(named.name)
    if (merges or named.name in TAKES_SEVERAL) and len(call.wires) < 2:
        raise RecipeError(_too_few(named, call))
    if merges:
        problem = merge_problem(named, call.inputs)
        if problem is not None:
            raise RecipeError(problem)
        return (list(tensors),), keywords
    if len(tensors) > 1 and named.name not in TAKES_SEVERAL:
        names = ", ".join(f"`{wire.name}`" for wire in call.inputs)
        message = f"`{named.name}` takes one tensor, but {len(tensors)} arrive: {names}"
        hint = f"join them before it, such as by `layers: [Concatenate, {named.name}]`"
        raise RecipeError(Problem("wrong-input-count", message, named.location, hint))
    return tensors, keywords


def loses_mask(layer: Any, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> bool:
    """Say whether Keras would call a layer without the mask of its first tensor.

    Keras hands that on only where it is the only tensor: a recurrent layer that is given its state would go through the
    padding too.
    """
    tensors = [value for value in keywords.values() if hasattr(value, "shape") or isinstance(value, list)]
    takes_one = bool(args) and not isinstance(args[0], list)
    return takes_one and bool(tensors) and "mask" not in keywords and "mask" in signature(layer.call).parameters


def mask_of(tensor: Any) -> Any:
    """Return the mask that goes with a tensor; None where there is none, or where that is not known yet."""
    return getattr(tensor, "_keras_mask", None)


def block_inputs(block: Block | Shared, names: tuple[str, ...], call: Call) -> list[Wire]:
    """Return the tensors of a block's inputs, in the block's order: those by name, and for the rest those in order.

    Raises:
        RecipeError: `wrong-input-count`.
    """
    left = list(call.inputs)
    unnamed = [name for name in names if name not in call.tensors]
    if len(unnamed) != len(left) or len(unnamed) + len(call.tensors) != len(names):
        given = len(left) + len(call.tensors)
        wanted = ", ".join(f"`{name}`" for name in names)
        message = f"`{block.name}` takes {_tensor_count(len(names))}, {wanted}, but {given} arrive"
        raise RecipeError(Problem("wrong-input-count", message, block.location))
    found = {name: wire for name, wire in call.tensors.items() if isinstance(wire, Wire)}
    found |= dict(zip(unnamed, left, strict=True))
    return [found[name] for name in names]


def _tensors(wire: Wire | tuple[Wire, ...]) -> Any:
    return wire.tensor if isinstance(wire, Wire) else [one.tensor for one in wire]


def _too_few(named: Named, call: Call) -> Problem:
    if call.node is None:
        message = f"`{named.name}` joins several tensors, but a chain hands one from layer to layer"
        return Problem("wrong-input-count", message, named.location)
    arriving = ", ".join(f"`{wire.name}`" for wire in call.wires)
    message = f"`{named.name}` joins several tensors, but one arrives: {arriving}"
    return Problem("wrong-input-count", message, named.location, "name them all: `from: [a, b]`")


def _tensor_count(count: int) -> str:
    return f"{count} tensor{'s' if count != 1 else ''}"
