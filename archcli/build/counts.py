"""How many tensors a layer gives, held against how many are wanted of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archcli.build.objects import RECURRENT
from archcli.build.wire import shape_text
from archcli.errors import Problem
from archcli.recipe.recipe import Block, GraphNode, Named, Shared


def output_problem(last: Named | Block | Shared, outputs: Sequence[Any], node: GraphNode | None) -> Problem | None:
    """Say why what a layer gives is not what is wanted; None if it is.

    Args:
        last: The layer.
        outputs: Keras's tensors that it gives.
        node: Whose last layer it is; None: one of a chain, which hands one tensor on.
    """
    wanted = 1 if node is None else len(node.names)
    if len(outputs) == wanted:
        return None
    if node is None or wanted == 1:
        return _several_problem(last, outputs, node)
    message = f"`{last.name}` gives {_tensors(len(outputs))}, but the node names {wanted}: {_listed(last, outputs)}"
    hint = "name each in this order, `_` for one that is not wanted" if len(outputs) > 1 else "give it one name"
    return Problem("wrong-output-count", message, node.location, hint)


def _several_problem(last: Named | Block | Shared, outputs: Sequence[Any], node: GraphNode | None) -> Problem:
    written = _switch(last)
    subject = f"`{last.name}`" if written is None else f"`{last.name}` with `{written}`"
    location = last.location
    if written is not None and isinstance(last, Named):
        location = last.argument_locations.get(written.partition(":")[0], location)
    leave_out = None if written is None else f"leave out `{written}`"
    if node is None:
        message = f"{subject} gives several tensors, but a chain hands one from layer to layer"
        return Problem("several-outputs", message, location, leave_out)
    message = f"{subject} gives {_tensors(len(outputs))}, but the node has one name: {_listed(last, outputs)}"
    names = ", ".join([str(node.names[0]), *"_" * (len(outputs) - 1)])
    hint = f"name them all, `_` for one that is not wanted: `{names}:`"
    return Problem("several-outputs", message, location, f"{hint}; or {leave_out}" if leave_out else hint)


def _switch(last: Named | Block | Shared) -> str | None:
    """Return the argument by which a layer gives several tensors, as written; None if it is another reason."""
    if isinstance(last, Named):
        if last.arguments.get("return_state") is True:
            return "return_state: true"
        if "merge_mode" in last.arguments and last.arguments["merge_mode"] is None:
            return "merge_mode: null"
    return None


def _listed(last: Named | Block | Shared, outputs: Sequence[Any]) -> str:
    """Describe each tensor, with its shape."""
    shapes = [shape_text(tuple(output.shape)) for output in outputs]
    described = _descriptions(last, len(outputs)) if isinstance(last, Named) else ()
    if len(described) != len(outputs):
        return ", ".join(shapes)
    return ", ".join(f"{text} {shape}" for text, shape in zip(described, shapes, strict=True))


def _descriptions(named: Named, count: int) -> tuple[str, ...]:
    """Say what a recurrent layer's tensors are, in Keras's order; empty where that is not certain."""
    wrapped = named.arguments.get("layer") if named.name == "Bidirectional" else named
    if not isinstance(wrapped, Named) or wrapped.name not in RECURRENT:
        return ()
    what = "every step" if wrapped.arguments.get("return_sequences") is True else "the last step"
    both = "merge_mode" in named.arguments and named.arguments["merge_mode"] is None
    steps = (f"{what} forward", f"{what} backward") if both else (what,)
    states = {"LSTM": ("the state", "the cell state"), "GRU": ("the state",), "SimpleRNN": ("the state",)}
    own = states.get(wrapped.name, ())
    if named is not wrapped:
        own = tuple(f"{state} {way}" for way in ("forward", "backward") for state in own)
    return (*steps, *own) if count == len(steps) + len(own) else steps


def _tensors(count: int) -> str:
    return f"{count} tensor{'s' if count != 1 else ''}"
