"""How many tensors a layer takes, and whether it gets as many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from archcli.recipe.calls import TAKES_SEVERAL, takes_a_list
from archcli.recipe.recipe import Block, Chain, Graph, GraphNode, Layer, Named, Shared

if TYPE_CHECKING:
    from archcli.recipe.values import Checker


def check_arity(checker: Checker, node: GraphNode) -> None:
    """See that the first layer takes as many tensors as the node reads, and that no later one wants several."""
    first = node.layers[0]
    where = node.locations.get("from", node.location)
    count = len(node.inputs)
    least, most, called = _arity(checker, first)
    if isinstance(first, Block) and isinstance(first.body, Graph):
        wanted = first.body.inputs
        given = (*wanted[:count], *node.tensors)
        twice = [name for name in wanted if given.count(name) > 1]
        lacking = [name for name in wanted if name not in given]
        if count > len(wanted) or twice or lacking:
            listed = ", ".join(f"`{name}`" for name in wanted)
            message = f"{called} takes {_tensors(len(wanted))}, {listed}; found {len(given)}"
            checker.note("wrong-input-count", message, where, _arity_hint(node, lacking))
    elif "query" in node.tensors and count == 0:
        pass
    elif not least <= count + ("value" in node.tensors) <= (most or count + 1):
        message = f"{called} takes {_tensors(least, most)}, found {count}"
        hint = "join them first, with `Concatenate` for one" if count > least == 1 else None
        checker.note("wrong-input-count", message, where, hint)
    for layer in node.layers[1:]:
        _check_in_chain(checker, layer)


def _check_in_chain(checker: Checker, layer: Layer) -> None:
    least, _, called = _arity(checker, layer)
    if least > 1:
        message = f"{called} joins several tensors, but a chain hands one from layer to layer"
        hint = f"make it a node of its own under `nodes`: `{{{called.split('`')[1]}, from: [a, b]}}`"
        checker.note("layer-needs-several-inputs", message, layer.location, hint)


def check_chain(checker: Checker, chain: Chain) -> None:
    """See that no layer of a chain wants several tensors."""
    for layer in chain.layers:
        _check_in_chain(checker, layer)


def _arity(checker: Checker, layer: Layer) -> tuple[int, int | None, str]:
    """Tell how many tensors a layer takes, at least and at most (None: any number), and what messages call it."""
    match layer:
        case Named() if takes_a_list(layer.name):
            return (
                2,
                {"Dot": 2, "Subtract": 2, "Attention": 3, "AdditiveAttention": 3}.get(layer.name),
                f"`{layer.name}`",
            )
        case Named() if layer.name in TAKES_SEVERAL:
            return 2, 3, f"`{layer.name}`"
        case Named():
            return 1, 1, f"`{layer.name}`"
        case Chain():
            return _arity(checker, layer.layers[0]) if layer.layers else (1, 1, "a chain")
        case Block():
            count = len(layer.body.inputs) if isinstance(layer.body, Graph) else 1
            return count, count, f"the block `{layer.name}`"
        case Shared():
            shared = checker.shared_layer(layer.name)
            least, most, _ = (1, 1, "") if shared is None else _arity(checker, shared)
            return least, most, f"the shared layer `{layer.name}`"


def _arity_hint(node: GraphNode, lacking: Sequence[str]) -> str | None:
    if not lacking:
        return None
    return (
        f"give it `{lacking[0]}: ...`"
        if node.tensors
        else f"write `from: [{', '.join(['...'] * (len(lacking) + len(node.inputs)))}]`"
    )


def _tensors(least: int, most: int | None = -1) -> str:
    if most is None:
        return f"{least} tensors or more"
    if most not in (-1, least):
        return f"{least} to {most} tensors"
    return "one tensor" if least == 1 else f"{least} tensors"
