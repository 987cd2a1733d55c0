"""Layers that join tensors: whether the shapes that arrive can be joined, and without being stretched in silence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from archcli.build.wire import Shape, Wire, fits, shape_text
from archcli.errors import Problem
from archcli.recipe.recipe import Named

ELEMENTWISE: Final = ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")


def merge_problem(named: Named, wires: Sequence[Wire]) -> Problem | None:
    """Say why a layer cannot join what arrives; None if it can, or if that shows only in Keras.

    Args:
        named: The layer.
        wires: What arrives, in order, two or more.
    """
    if named.name in ELEMENTWISE:
        return _elementwise_problem(named, wires)
    if named.name == "Concatenate":
        return _concatenate_problem(named, wires)
    return _dot_problem(named, wires) if named.name == "Dot" else None


def _elementwise_problem(named: Named, wires: Sequence[Wire]) -> Problem | None:
    if named.name == "Subtract" and len(wires) != 2:
        message = f"`Subtract` takes two tensors, but {len(wires)} arrive"
        return Problem("wrong-input-count", message, named.location)
    for first, second in _pairs(wires):
        if fits(first.shape, second.shape):
            continue
        stretched = _stretched(first.shape, second.shape)
        if stretched is None:
            message = f"`{named.name}` cannot join {first} and {second}"
            return Problem("shape-mismatch", message, named.location)
        if named.name == "Multiply" and len(first.shape) == len(second.shape):
            continue
        message = (
            f"`{named.name}` joins equal shapes, but Keras would stretch {first} and {second} to "
            f"{shape_text(stretched)} in silence"
        )
        equal_ranks = len(first.shape) == len(second.shape)
        hint = (
            "only `Multiply` may stretch a size of 1" if equal_ranks else "give both as many axes: `Reshape` adds one"
        )
        return Problem("silent-broadcast", message, named.location, hint)
    return None


def _concatenate_problem(named: Named, wires: Sequence[Wire]) -> Problem | None:
    axis = named.arguments.get("axis", -1)
    for first, second in _pairs(wires):
        rank = len(first.shape)
        if len(second.shape) != rank:
            message = f"`Concatenate` cannot join {first} and {second}: they have not as many axes"
            return Problem("shape-mismatch", message, named.location)
        if not isinstance(axis, int) or not -rank <= axis < rank:
            return None  # Keras says it
        kept = [index for index in range(rank) if index != axis % rank]
        if not fits(tuple(first.shape[i] for i in kept), tuple(second.shape[i] for i in kept)):
            message = f"`Concatenate` cannot join {first} and {second}: only axis {axis} may differ"
            return Problem("shape-mismatch", message, named.argument_locations.get("axis", named.location))
    return None


def _dot_problem(named: Named, wires: Sequence[Wire]) -> Problem | None:
    if len(wires) != 2:
        return Problem("wrong-input-count", f"`Dot` takes two tensors, but {len(wires)} arrive", named.location)
    first, second = wires
    written = named.arguments.get("axes")
    axes = written if isinstance(written, tuple) else (written, written)
    where = named.argument_locations.get("axes", named.location)
    sizes = []
    for axis, wire in zip(axes, wires, strict=False):
        if not isinstance(axis, int):
            return None
        if not -len(wire.shape) <= axis < len(wire.shape):
            message = f"`Dot` cannot join {first} and {second}: {wire} has no axis {axis}"
            return Problem("shape-mismatch", message, where)
        sizes.append(wire.shape[axis])
    if len(sizes) == 2 and None not in sizes and sizes[0] != sizes[1]:
        message = f"`Dot` cannot join {first} and {second}: the sizes {sizes[0]} and {sizes[1]} of its axes differ"
        return Problem("shape-mismatch", message, where)
    return None


def _pairs(wires: Sequence[Wire]) -> list[tuple[Wire, Wire]]:
    return [(wires[0], wire) for wire in wires[1:]]


def _stretched(first: Shape, second: Shape) -> Shape | None:
    """Return the shape that two are stretched to as Keras does, aligned at their ends; None where they cannot be."""
    longer, shorter = sorted((first[1:], second[1:]), key=len, reverse=True)
    shorter = (1,) * (len(longer) - len(shorter)) + shorter
    if any(a != b and 1 not in (a, b) and None not in (a, b) for a, b in zip(longer, shorter, strict=True)):
        return None
    return (None, *(a if b in (1, a) else b for a, b in zip(longer, shorter, strict=True)))
