"""How many tensors a layer takes and gives, and whether it gets as many and all of them have a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from archcli.recipe.calls import TAKES_SEVERAL, takes_a_list
from archcli.recipe.recipe import Block, Chain, Graph, GraphNode, Layer, Named, Shared

if TYPE_CHECKING:
    from archcli.recipe.values import Checker

_MOST: Final = {"AdditiveAttention": 3, "Attention": 3, "Dot": 2, "Subtract": 2}
"""Layers that take a list, but not of any length."""


@dataclass(frozen=True)
class Arity:
    """How many tensors a layer takes.

    Attributes:
        called: What messages call the layer.
        least: The fewest.
        most: The most; None: any number.
        names: What each is called where they are given by name; empty: they are not.
    """

    called: str
    least: int = 1
    most: int | None = 1
    names: tuple[str, ...] = ()

    @property
    def wanted(self) -> str:
        """The number in words."""
        if self.most is None:
            return f"{self.least} tensors or more"
        if self.most > self.least:
            return f"{self.least} to {self.most} tensors"
        return "one tensor" if self.least == 1 else f"{self.least} tensors"


def check_arity(checker: Checker, node: GraphNode) -> None:
    """See that the first layer takes as many tensors as the node reads, and that the last gives as many as it names."""
    found = _takes(checker, node.layers[0])
    if found.names:
        _check_by_name(checker, node, found)
    else:
        _check_count(checker, node, found)
    check_row(checker, node.layers)
    given = _gives(checker, node.layers[-1])
    if given is not None and given != len(node.names):
        subject = f"{_takes(checker, node.layers[-1]).called} gives {_tensors(given)}"
        hint = "name them all, `_` for one that is not wanted" if given > 1 else "give it one name"
        if len(node.names) == 1:
            names = ", ".join([str(node.names[0]), *"_" * (given - 1)])
            message = f"{subject}, but the node has one name"
            checker.note("several-outputs", message, node.location, f"{hint}: `{names}:`")
        else:
            message = f"{subject}, but the node names {len(node.names)}"
            checker.note("wrong-output-count", message, node.location, hint)


def check_chain(checker: Checker, chain: Chain) -> None:
    """See that every layer of a chain takes one tensor and gives one to the next."""
    if chain.layers:
        _check_joined(checker, chain.layers[0])
    check_row(checker, chain.layers)


def check_row(checker: Checker, layers: Sequence[Layer]) -> None:
    """See that each layer but the first takes the one tensor that the one before gives."""
    for before, layer in pairwise(layers):
        given = _gives(checker, before)
        if given is not None and given > 1:
            subject = f"{_takes(checker, before).called} gives several tensors"
            hint = "make it the last of a node that names them: `a, b: {..., from: ...}`"
            message = f"{subject}, but a chain hands one from layer to layer"
            checker.note("several-outputs", message, before.location, hint)
        _check_joined(checker, layer)


def _check_joined(checker: Checker, layer: Layer) -> None:
    found = _takes(checker, layer)
    if found.least > 1:
        message = f"{found.called} joins several tensors, but a chain hands one from layer to layer"
        name = found.called.split("`")[1]
        hint = f"make it a node of its own under `nodes`: `{{{name}, from: [a, b]}}`"
        checker.note("layer-needs-several-inputs", message, layer.location, hint)


def _check_count(checker: Checker, node: GraphNode, found: Arity) -> None:
    count = len(node.inputs)
    if count >= found.least and (found.most is None or count <= found.most):
        return
    hint = None
    if found.most == 1:
        hint = "join them first, with `Concatenate` for one"
    elif count < found.least:
        hint = f"name them all: `from: [{', '.join('abc'[: found.least])}]`"
    where = node.locations.get("from", node.location)
    checker.note("wrong-input-count", f"{found.called} takes {found.wanted}, found {count}", where, hint)


def _check_by_name(checker: Checker, node: GraphNode, found: Arity) -> None:
    """See that each input of a block, or of attention, is given once: in order under `from`, or by its name."""
    count = len(node.inputs)
    by_name = [name for name in node.tensors if name in found.names]
    given = Counter((*found.names[:count], *by_name))
    lacking = [name for name in found.names[: found.least] if name not in given]
    twice = [name for name in found.names if given[name] > 1]
    where = node.locations.get("from", node.location)
    listed = ", ".join(f"`{name}`" for name in found.names)
    if twice:
        message = f"{found.called} is given `{twice[0]}` twice: `from` stands for {listed}, in this order"
        where = node.locations.get(twice[0], where)
        checker.note("wrong-input-count", message, where, f"leave `{twice[0]}` or `from` out")
    elif lacking or count > len(found.names):
        message = f"{found.called} takes {found.wanted}, {listed}; found {count + len(by_name)}"
        hint = f"give it `{lacking[0]}: ...`" if lacking and by_name else None
        if lacking and not by_name:
            is_attention = isinstance(node.layers[0], Named) and count == 1
            hint = f"write `from: [{', '.join(['...'] * found.least)}]`"
            if is_attention:
                hint = f"attention of a sequence to itself reads it twice: `from: [{node.inputs[0]}, {node.inputs[0]}]`"
        checker.note("wrong-input-count", message, where, hint)


def _takes(checker: Checker, layer: Layer) -> Arity:
    match layer:
        case Named() if takes_a_list(layer.name):
            return Arity(f"`{layer.name}`", 2, _MOST.get(layer.name))
        case Named() if layer.name in TAKES_SEVERAL:
            return Arity(f"`{layer.name}`", 2, 3, ("query", "value", "key"))
        case Named():
            return Arity(f"`{layer.name}`")
        case Chain():
            return _takes(checker, layer.layers[0]) if layer.layers else Arity("a chain")
        case Block(body=Graph() as graph):
            count = len(graph.inputs)
            return Arity(f"the block `{layer.name}`", count, count, graph.inputs if count > 1 else ())
        case Block():
            return Arity(f"the block `{layer.name}`")
        case Shared():
            shared = checker.shared_layer(layer.name)
            inner = Arity("") if shared is None else _takes(checker, shared)
            named = inner.names if isinstance(shared, Named) else ()
            return Arity(f"the shared layer `{layer.name}`", inner.least, inner.most, named)


def _gives(checker: Checker, layer: Layer) -> int | None:
    """Tell how many tensors a layer gives; None: that shows when it is built, as with `return_state`."""
    match layer:
        case Block(body=Graph() as graph):
            return len(graph.outputs)
        case Block(body=Chain() as chain):
            return _gives(checker, chain)
        case Chain():
            return _gives(checker, layer.layers[-1]) if layer.layers else None
        case Shared():
            shared = checker.shared_layer(layer.name)
            return None if shared is None else _gives(checker, shared)
        case _:
            return None


def _tensors(count: int) -> str:
    return "one tensor" if count == 1 else f"{count} tensors"
