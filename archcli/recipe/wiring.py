"""The nodes of a graph tied together: who reads whom, in which order, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from archcli.errors import Location
from archcli.recipe.arity import check_arity
from archcli.recipe.nodes import ListNode, MapNode, Node, ScalarNode
from archcli.recipe.recipe import Graph, GraphNode
from archcli.recipe.suggestions import did_you_mean

if TYPE_CHECKING:
    from archcli.recipe.values import Checker

ONLY_INPUT: Final = "input"
"""What the only input of a model or block is called inside it."""

RESERVED: Final = frozenset(
    {"blocks", "from", "inputs", "layers", "nodes", "outputs", "parameters", "repeat", "shared", ONLY_INPUT}
)
"""Words of the language: no tensor can be called so."""


@dataclass(frozen=True)
class Wire:
    """A tensor's name and where it stands."""

    name: str
    location: Location


def outputs_of(node: Node) -> tuple[Wire, ...]:
    """Read the names under `outputs`: one, a list, or the keys of a mapping."""
    if isinstance(node, MapNode):
        return tuple(Wire(entry.key.text, entry.key.location) for entry in node.entries)
    items = node.items if isinstance(node, ListNode) else (node,)
    return tuple(Wire(item.text, item.location) for item in items if isinstance(item, ScalarNode))


def wire(
    checker: Checker,
    nodes: Sequence[GraphNode],
    inputs: Sequence[Wire],
    outputs: Sequence[Wire] | None,
    *,
    location: Location,
    what: str,
) -> Graph | None:
    """Tie the nodes of a graph together.

    Args:
        checker: Keeps the problems.
        nodes: As they are read.
        inputs: What arrives.
        outputs: What is to leave; None: the node that no other reads.
        location: Where the nodes begin.
        what: What messages call the graph: `the model`.

    Returns:
        The graph, its nodes in an order in which each stands after what it reads; None where that cannot be told.
    """
    before = len(checker.problems)
    if not nodes:
        if not checker.problems:
            checker.note("empty-list", f"{what} has no nodes", location, "put at least one in it")
        return None
    alias = {ONLY_INPUT: inputs[0].name} if len(inputs) == 1 else {}
    nodes = [_by_own_name(node, alias) for node in nodes]
    if outputs is not None:
        outputs = [replace(output, name=alias.get(output.name, output.name)) for output in outputs]
    _check_names(checker, nodes, inputs)
    _check_reading(checker, nodes, inputs, what)
    for node in nodes:
        check_arity(checker, node)
    if len(checker.problems) > before or checker.unread_nodes:
        return None
    ordered = _in_order(checker, nodes)
    if ordered is None:
        return None
    leaving = _find_outputs(checker, ordered, inputs, outputs, what)
    if leaving is None:
        return None
    _check_unused(checker, ordered, inputs, leaving, what)
    if len(checker.problems) > before:
        return None
    return Graph(tuple(one.name for one in inputs), tuple(ordered), leaving, location)


def read_names(node: GraphNode) -> tuple[str, ...]:
    """Return the names of all tensors that a node reads."""
    flat = [name for given in node.tensors.values() for name in ((given,) if isinstance(given, str) else given)]
    return (*node.inputs, *flat)


def _by_own_name(node: GraphNode, alias: Mapping[str, str]) -> GraphNode:
    """Call the only input by its own name."""
    tensors = {
        argument: alias.get(given, given) if isinstance(given, str) else tuple(alias.get(one, one) for one in given)
        for argument, given in node.tensors.items()
    }
    return replace(node, inputs=tuple(alias.get(name, name) for name in node.inputs), tensors=tensors)


def _check_names(checker: Checker, nodes: Sequence[GraphNode], inputs: Sequence[Wire]) -> None:
    """Find names that cannot be, or that are given twice."""
    taken = {one.name: "an input" for one in inputs}
    taken |= dict.fromkeys(checker.patterns, "a block") | dict.fromkeys(checker.shared, "a shared layer")
    for node in nodes:
        for name in node.names:
            if name is None:
                continue
            key = ScalarNode(name, name, quoted=False, location=node.location)
            if not checker.given_name(key):
                continue
            if name in RESERVED:
                message = f"a node cannot be called `{name}`, a word of the language"
                checker.note("repeated-name", message, node.location, "give it another name")
            elif name in taken:
                message = f"a node is called `{name}`, like {taken[name]}"
                checker.note("repeated-name", message, node.location, "give it another name")
            taken.setdefault(name, "another node")
        if not any(node.names):
            message = "of the node `_` nothing is wanted"
            checker.note("unused-node", message, node.location, "take it away, or give it a name")


def _check_reading(checker: Checker, nodes: Sequence[GraphNode], inputs: Sequence[Wire], what: str) -> None:
    """Find names that nothing has."""
    known = [*(one.name for one in inputs), *(name for node in nodes for name in node.names if name)]
    for node in nodes:
        for name in dict.fromkeys(read_names(node)):
            if name in known or name in checker.unread_nodes:
                continue
            where = _reading(node, name)
            if name == ONLY_INPUT and len(inputs) > 1:
                listed = ", ".join(f"`{one.name}`" for one in inputs)
                message = f"{what} has {len(inputs)} inputs, and `{ONLY_INPUT}` does not say which"
                checker.note("unknown-node", message, where, f"write one of {listed}")
                continue
            others = [one for one in known if one not in node.names]
            checker.note("unknown-node", f"no node and no input is called `{name}`", where, did_you_mean(name, others))


def _reading(node: GraphNode, name: str) -> Location:
    """Return where a node names a tensor that it reads: in a list on one line, at the item."""
    keys = ["from"] if name in node.inputs else [key for key, given in node.tensors.items() if name in (given, *given)]
    where = node.locations.get(keys[0], node.location) if keys else node.location
    line = where.source.line(where.line)
    start = line.find(name, where.column - 1)
    return where if start < 0 else replace(where, column=start + 1, length=len(name))


def _in_order(checker: Checker, nodes: Sequence[GraphNode]) -> list[GraphNode] | None:
    """Put each node after all that it reads; None where some wait for each other."""
    giver = {name: node for node in nodes for name in node.names if name}
    done: list[GraphNode] = []
    finished: set[int] = set()
    path: list[tuple[str, GraphNode]] = []

    def visit(name: str, node: GraphNode) -> bool:
        if id(node) in finished:
            return True
        if any(node is other for _, other in path):
            start = next(index for index, (_, other) in enumerate(path) if other is node)
            names = [step for step, _ in path[start:]]
            circle = " -> ".join([names[0], *reversed(names)])
            message = f"the nodes wait for each other: {circle}"
            checker.note("graph-cycle", message, node.location, "a node can only read what does not depend on it")
            return False
        path.append((name, node))
        for read in read_names(node):
            if read in giver and not visit(read, giver[read]):
                return False
        path.pop()
        finished.add(id(node))
        done.append(node)
        return True

    for node in nodes:
        if not visit(next(name for name in node.names if name), node):
            return None
    return done


def _find_outputs(
    checker: Checker,
    nodes: Sequence[GraphNode],
    inputs: Sequence[Wire],
    outputs: Sequence[Wire] | None,
    what: str,
) -> tuple[str, ...] | None:
    """Tell which tensors leave."""
    given = [name for node in nodes for name in node.names if name]
    if outputs is None:
        read = {name for node in nodes for name in read_names(node)}
        ends = [node for node in nodes if not read & {name for name in node.names if name}]
        if len(ends) == 1 and len([name for name in ends[0].names if name]) == 1:
            return (next(name for name in ends[0].names if name),)
        names = [name for node in ends for name in node.names if name]
        listed = ", ".join(f"`{name}`" for name in names)
        message = f"{what} does not say what leaves it: no node reads {listed}"
        hint = f"write `outputs: [{', '.join(names)}]`, or take away what is not wanted"
        checker.note("several-ends", message, ends[1].location if len(ends) > 1 else ends[0].location, hint)
        return None
    asked = [one.name for one in outputs]
    known = True
    for index, one in enumerate(outputs):
        if one.name in asked[:index]:
            checker.note("repeated-name", f"`{one.name}` is an output twice", one.location, "name it once")
            known = False
        elif one.name not in given:
            is_input = one.name in [arrives.name for arrives in inputs]
            message = f"the output `{one.name}` is an input" if is_input else f"no node is called `{one.name}`"
            mended = "put a layer between, such as `Identity`" if is_input else did_you_mean(one.name, given)
            checker.note("unknown-node", message, one.location, mended)
            known = False
    if not asked:
        checker.note("empty-list", f"{what} has no outputs", nodes[0].location if nodes else None, "name one")
    return tuple(asked) if known and asked else None


def _check_unused(
    checker: Checker, nodes: Sequence[GraphNode], inputs: Sequence[Wire], outputs: Sequence[str], what: str
) -> None:
    """Find nodes and inputs that no output depends on."""
    needed: set[str] = set(outputs)
    for node in reversed(nodes):
        if needed & {name for name in node.names if name}:
            needed |= set(read_names(node))
    read = {name for node in nodes for name in read_names(node)}
    for node in nodes:
        names = [name for name in node.names if name]
        if not needed & set(names) and not read & set(names):
            listed = " and ".join(f"`{name}`" for name in names)
            hint = "read it, make it one of the `outputs`, or take it away"
            checker.note("unused-node", f"no output of {what} depends on the node {listed}", node.location, hint)
        elif len(names) > 1:
            for name in names:
                if name not in read and name not in outputs:
                    checker.note("unused-node", f"nothing reads `{name}`", node.location, "write `_` in its place")
    for one in inputs:
        if one.name not in needed:
            hint = "read it in a node, or take it away"
            checker.note("unused-input", f"nothing in {what} reads the input `{one.name}`", one.location, hint)
