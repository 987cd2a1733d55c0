"""Layers, blocks, shared layers and nodes of a graph: from nodes of YAML to values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from archcli.recipe.arity import check_chain
from archcli.recipe.graph_nodes import read_nodes
from archcli.recipe.misfits import (
    cell_outside_rnn,
    meant,
    missing_block_parameters,
    not_one_name,
    unknown_name,
)
from archcli.recipe.nodes import Entry, ListNode, MapNode, Node, ScalarNode, is_null, only_entry
from archcli.recipe.recipe import Block, Chain, Graph, Layer, Named, Shared
from archcli.recipe.schema import BLOCK, REPEAT
from archcli.recipe.signatures import canonical_name, signature
from archcli.recipe.suggestions import did_you_mean
from archcli.recipe.types import Object
from archcli.recipe.wiring import ONLY_INPUT, Wire, outputs_of, wire

if TYPE_CHECKING:
    from archcli.recipe.values import Checker

_LAYER: Final = Object("layer")
_DEEPEST: Final = 30
"""Blocks in blocks."""


@dataclass(frozen=True)
class Bound:
    """What a block's parameter stands for in one use.

    Attributes:
        node: What is written there.
        scope: Where `$names` in it are looked up; None: in the recipe.
    """

    node: Node
    scope: Scope | None


@dataclass(frozen=True)
class Scope:
    """The inside of one use of a block.

    Attributes:
        block: The block's name.
        values: What its parameters stand for.
        used: Those that were asked for, of any use of the block.
    """

    block: str
    values: Mapping[str, Bound]
    used: set[str]


@dataclass
class Pattern:
    """A block as it is defined, and what became of it.

    Attributes:
        name: Its name, and where it stands.
        node: Its keys.
        is_used: Whether anything uses it.
        used_parameters: Those of its parameters that its body asks for.
    """

    name: ScalarNode
    node: MapNode
    is_used: bool = False
    used_parameters: set[str] = field(default_factory=set)

    @property
    def parameters(self) -> Mapping[str, Entry]:
        """Its parameters by name, with their defaults."""
        node = self.node.get("parameters")
        return {entry.key.text: entry for entry in node.entries} if isinstance(node, MapNode) else {}

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what arrives."""
        node = self.node.get("inputs")
        names = node.items if isinstance(node, ListNode) else ()
        return tuple(name.text for name in names if isinstance(name, ScalarNode)) or (ONLY_INPUT,)


def read_chain(checker: Checker, node: ListNode, category: str, what: str) -> Chain:
    """Read a list of layers, or of cells, as one after another."""
    if not node.items:
        checker.note("empty-list", f"{what} is an empty list of {category}s", node.location, "put at least one in it")
    layers = [layer for item in node.items for layer in read_repeated(checker, item, category, what)]
    return Chain(tuple(layers), node.location)


def read_repeated(checker: Checker, node: Node, category: str, what: str) -> tuple[Layer, ...]:
    """Read an item of a chain: a layer, as often as it says."""
    main, count = take_repeat(checker, node) if category == "layer" else (node, 1)
    layer = read_layer(checker, main, category, what)
    return () if layer is None else (layer,) * count


def take_repeat(checker: Checker, node: Node) -> tuple[Node, int]:
    """Part `repeat` from the layer that it stands beside."""
    entry = node.entry("repeat") if isinstance(node, MapNode) and len(node.entries) > 1 else None
    if entry is None or not isinstance(node, MapNode):
        return node, 1
    count = checker.value(entry.value, REPEAT, "`repeat`")
    return node.without("repeat"), count if isinstance(count, int) else 1


def read_layer(checker: Checker, node: Node, category: str, what: str) -> Layer | None:
    """Read one layer: Keras's or ours, a block, a shared layer, or a list of layers."""
    if isinstance(node, ListNode):
        return read_chain(checker, node, category, what)
    if isinstance(node, ScalarNode) and node.reference is not None:
        found = checker.value(node, Object(category), what)
        return found if isinstance(found, (Named, Chain, Block, Shared)) else None
    entry = only_entry(node)
    if isinstance(node, ScalarNode) and isinstance(node.value, str) and not node.quoted:
        entry = Entry(node, replace(node, value=None, text="", quoted=False))
    if entry is None:
        checker.keep(not_one_name(node, category, what))
        return None
    if category == "layer" and entry.key.text in checker.patterns:
        return _read_block(checker, checker.patterns[entry.key.text], entry)
    if category == "layer" and entry.key.text in checker.shared:
        return _read_shared(checker, entry)
    if category == "layer" and entry.key.text in checker.unread_layers:
        return None  # what is wrong with it is said where it is defined
    known = signature(category, entry.key.text)
    if known is None:
        checker.keep(unknown_name(entry.key, category, also=(*checker.patterns, *checker.shared)))
        return None
    if category == "layer" and signature("cell", known.name) is not None:
        checker.keep(cell_outside_rnn(entry.key))
    return checker.arguments(entry, known)


def _read_shared(checker: Checker, entry: Entry) -> Shared | None:
    if not is_null(entry.value):
        message = f"`{entry.key.text}` is a shared layer and takes no arguments where it is used"
        checker.note("unknown-argument", message, entry.value.location, "its arguments are under `shared`")
    checker.used_shared.add(entry.key.text)
    if checker.shared_layer(entry.key.text) is None:
        return None
    return Shared(entry.key.text, entry.key.location)


def _read_block(checker: Checker, pattern: Pattern, entry: Entry) -> Block | None:
    name = pattern.name.text
    pattern.is_used = True
    if name in checker.inside:
        circle = " -> ".join((*checker.inside, name))
        message = f"the block `{name}` is made of itself: {circle}"
        checker.note("block-cycle", message, entry.key.location, "a block cannot stand inside itself")
        return None
    scope = _bind(checker, pattern, entry)
    if scope is None:
        return None
    outer, checker.scope = checker.scope, scope
    checker.inside.append(name)
    body = _read_body(checker, pattern)
    checker.inside.pop()
    checker.scope = outer
    return None if body is None else Block(name, body, entry.key.location)


def _bind(checker: Checker, pattern: Pattern, entry: Entry) -> Scope | None:
    """Give each parameter of a block its value in one use."""
    parameters, given = pattern.parameters, entry.value
    written: dict[str, Node] = {}
    if isinstance(given, MapNode) and not _is_first_parameter(given, parameters):
        unknown = [one for one in given.entries if one.key.text not in parameters]
        for one in unknown:
            message = f"the block `{pattern.name.text}` has no parameter `{one.key.text}`"
            hint = did_you_mean(one.key.text, parameters) if parameters else "it takes none"
            checker.note("unknown-argument", message, one.key.location, hint)
        written = {one.key.text: one.value for one in given.entries if one.key.text in parameters}
        if unknown:
            return None
    elif not is_null(given):
        if not parameters:
            message = f"the block `{pattern.name.text}` takes no parameters"
            checker.note("unknown-argument", message, given.location, f"write `{pattern.name.text}` alone")
            return None
        written = {next(iter(parameters)): given}
    missing = [name for name, one in parameters.items() if is_null(one.value) and name not in written]
    if missing:
        checker.keep(missing_block_parameters(pattern.name.text, missing, entry))
        return None
    outer = checker.scope
    values = {
        name: Bound(written[name], outer) if name in written else Bound(one.value, None)
        for name, one in parameters.items()
    }
    return Scope(pattern.name.text, values, pattern.used_parameters)


def _is_first_parameter(given: MapNode, parameters: Mapping[str, Entry]) -> bool:
    """Tell a layer given as the first parameter, `{Dense: 3}`, from parameters by name."""
    return len(given.entries) == 1 and given.entries[0].key.text[:1].isupper() and bool(parameters)


def _read_body(checker: Checker, pattern: Pattern) -> Chain | Graph | None:
    layers, nodes = pattern.node.get("layers"), pattern.node.get("nodes")
    what = f"the block `{pattern.name.text}`"
    if (layers is None) == (nodes is None):
        unknown = [entry.key.text for entry in pattern.node.entries if BLOCK.field(entry.key.text) is None]
        has = "both `layers` and `nodes`" if layers is not None else "neither `layers` nor `nodes`"
        hint = "it is made of one of the two: a chain of layers, or a graph"
        if layers is not None or not meant(unknown, ("layers", "nodes")):
            checker.note("not-one-form", f"{what} has {has}", pattern.name.location, hint)
        return None
    if isinstance(layers, ListNode):
        if len(pattern.inputs) > 1:
            message = f"{what} has {len(pattern.inputs)} inputs, and `layers` is a chain, which has one"
            entry = pattern.node.entry("inputs")
            checker.note("several-inputs", message, entry.value.location if entry else None, "write `nodes`")
            return None
        chain = read_chain(checker, layers, "layer", "`layers`")
        check_chain(checker, chain)
        return chain
    if isinstance(nodes, MapNode):
        uses = read_nodes(checker, nodes)
        outputs = pattern.node.get("outputs")
        names = None if outputs is None else outputs_of(outputs)
        inputs = [Wire(name, pattern.name.location) for name in pattern.inputs]
        return wire(checker, uses, inputs, names, location=nodes.location, what=what)
    checker.value(
        layers or nodes or pattern.node, BLOCK.fields[2 if layers else 3].type, f"`{'layers' if layers else 'nodes'}`"
    )
    return None


def find_named(value: object) -> Iterator[Named]:
    """Yield every layer in a body or a value, those in blocks and arguments included, each as often as it is used."""
    match value:
        case Named():
            yield value
            for argument in value.arguments.values():
                yield from find_named(argument)
        case Chain():
            for layer in value.layers:
                yield from find_named(layer)
        case Block():
            yield from find_named(value.body)
        case Graph():
            for node in value.nodes:
                for layer in node.layers:
                    yield from find_named(layer)
        case tuple():
            for item in value:
                yield from find_named(item)


def canonical_layer(text: str) -> str | None:
    """Return the layer's class that a text stands for, None where it is none of Keras's and ours."""
    return canonical_name("layer", text)[0]
