"""The nodes of a graph one by one: their layers, the tensors that these read, and what they are called with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from archcli.recipe.calls import CALL_ARGUMENTS, CALLS, CallArgument
from archcli.recipe.misfits import meant, not_a_node, unknown_name
from archcli.recipe.nodes import Entry, ListNode, MapNode, Node, ScalarNode, is_null
from archcli.recipe.recipe import Block, Chain, Graph, GraphNode, Layer, Named, Shared, Value
from archcli.recipe.schema import BLOCK, REPEAT
from archcli.recipe.signatures import signature
from archcli.recipe.suggestions import did_you_mean
from archcli.recipe.types import Truth
from archcli.recipe.typing_of import describe_node
from archcli.recipe.wiring import ONLY_INPUT

if TYPE_CHECKING:
    from archcli.errors import Location
    from archcli.recipe.values import Checker

_WORDS: Final = ("from", "repeat", "layers")
"""What may stand beside any layer of a node, or in its place."""

UNWANTED: Final = "_"
"""What an output of a layer is called that nobody wants."""


def read_nodes(checker: Checker, node: MapNode) -> list[GraphNode]:
    """Read the nodes of a graph, not yet tied together; those that cannot be read are left out."""
    uses = [_read_use(checker, entry) for entry in node.entries if not _is_taken_away(entry)]
    return [use for use in uses if use is not None]


def _is_taken_away(entry: Entry) -> bool:
    """Tell `aside: null`, a node that is not there, from one whose layer was forgotten."""
    return is_null(entry.value) and isinstance(entry.value, ScalarNode) and entry.value.text != ""


def _read_use(checker: Checker, entry: Entry) -> GraphNode | None:
    node = entry.value
    if not isinstance(node, MapNode):
        checker.keep(not_a_node(entry))
        checker.unread_nodes.update(_names(entry.key))
        return None
    names = tuple(None if name == UNWANTED else name for name in _names(entry.key))
    layers = _read_layers_of_use(checker, entry.key, node)
    source = node.entry("from")
    locations: dict[str, Location] = {} if source is None else {"from": source.value.location}
    inputs = () if source is None else _tensor_names(checker, source.value, "`from`")
    tensors: dict[str, str | tuple[str, ...]] = {}
    arguments: dict[str, Value] = {}
    for given in node.entries:
        if given.key.text in _WORDS or _is_layer(checker, given.key) or is_null(given.value):
            continue
        kind = _call_argument(checker, layers, given.key) if layers else None
        if kind is not None:
            locations[given.key.text] = given.value.location
        if kind == "tensor":
            found = _tensor_names(checker, given.value, f"`{given.key.text}`")
            tensors[given.key.text] = found[0] if len(found) == 1 else found
        elif kind == "truth":
            arguments[given.key.text] = checker.value(given.value, Truth(), f"`{given.key.text}`")
    if not layers:
        checker.unread_nodes.update(name for name in names if name)
        return None
    others = [given.key.text for given in node.entries if given.key.text not in locations]
    if not inputs and not tensors and (source is None or is_null(source.value)) and not meant(others, ("from",)):
        message = f"the node `{entry.key.text}` does not say what it reads"
        hint = f"write `from: {ONLY_INPUT}`, or the name of another node"
        checker.note("missing-key", message, entry.key.location, hint)
    if not inputs and not tensors:
        checker.unread_nodes.update(name for name in names if name)
        return None
    return GraphNode(names, layers, inputs, tensors, arguments, entry.key.location, locations)


def _names(key: ScalarNode) -> list[str]:
    return [name.strip() for name in key.text.split(",")]


def _is_layer(checker: Checker, key: ScalarNode) -> bool:
    """Tell whether a key of a node names its layer; `From` is a slip."""
    is_class = key.text[:1].isupper() and key.text.lower() not in {*_WORDS, *CALL_ARGUMENTS}
    return is_class or key.text in checker.patterns or key.text in checker.shared or key.text in checker.unread_layers


def _read_layers_of_use(checker: Checker, name: ScalarNode, node: MapNode) -> tuple[Layer, ...]:
    named = [entry for entry in node.entries if _is_layer(checker, entry.key)]
    chain = node.entry("layers")
    if chain is not None and named:
        message = f"the node `{name.text}` has both `layers` and `{named[0].key.text}`"
        checker.note("not-one-form", message, named[0].key.location, "put it into the list of `layers`")
        return ()
    if chain is not None:
        if not isinstance(chain.value, ListNode):
            checker.value(chain.value, BLOCK.fields[2].type, "`layers`")
            return ()
        found = checker.layer(chain.value, "layer", "`layers`")
        return found.layers if isinstance(found, Chain) else ()
    if len(named) > 1:
        listed = " and ".join(f"`{entry.key.text}`" for entry in named)
        message = f"the node `{name.text}` has one layer, found {listed}"
        hint = "`layers: [...]` makes a chain of them"
        checker.note("not-one-form", message, named[1].key.location, hint)
        return ()
    if not named:
        others = [one for one in node.entries if one.key.text.lower() not in {*_WORDS, *CALL_ARGUMENTS}]
        if others:
            checker.keep(unknown_name(others[0].key, "layer", also=(*checker.patterns, *checker.shared)))
        else:
            hint = f"such as `{name.text}: {{Dense: 32, from: {ONLY_INPUT}}}`"
            checker.note("node-without-layer", f"the node `{name.text}` has no layer", name.location, hint)
        return ()
    layer = checker.layer(MapNode((named[0],), named[0].key.location), "layer", f"the node `{name.text}`")
    repeat = node.entry("repeat")
    count = checker.value(repeat.value, REPEAT, "`repeat`") if repeat is not None else 1
    return () if layer is None else (layer,) * (count if isinstance(count, int) else 1)


def _call_argument(checker: Checker, layers: Sequence[Layer], key: ScalarNode) -> CallArgument | None:
    """Tell what kind of argument of the first layer's call a key is; None, and why, where it is none."""
    first = layers[0]
    known: Mapping[str, CallArgument] = {}
    called = "a chain"
    if isinstance(first, Named):
        known, called = CALLS.get(first.name, {}), f"`{first.name}`"
    elif isinstance(first, Block):
        inputs = first.body.inputs if isinstance(first.body, Graph) else (ONLY_INPUT,)
        known, called = dict.fromkeys(inputs, "tensor"), f"the block `{first.name}`"
    elif isinstance(first, Shared):
        given = checker.shared_layer(first.name)
        known = CALLS.get(given.name, {}) if isinstance(given, Named) else {}
        called = f"the shared layer `{first.name}`"
    if key.text in known:
        return known[key.text]
    message = f"{called} is not called with `{key.text}`"
    hint = did_you_mean(key.text, [*known, "from", "repeat"]) if known else "beside the layer stands `from`"
    if isinstance(first, Named) and (found := signature("layer", first.name)) and key.text in found.arguments:
        hint = f"it is an argument of the layer itself: `{first.name}: {{{key.text}: ...}}`"
    checker.note("unknown-argument", message, key.location, hint)
    return None


def _tensor_names(checker: Checker, node: Node, what: str) -> tuple[str, ...]:
    if is_null(node):
        return ()
    items = node.items if isinstance(node, ListNode) else (node,)
    names = [item.text for item in items if isinstance(item, ScalarNode) and isinstance(item.value, str)]
    if len(names) != len(items) or not items:
        message = f"{what} wants the name of a node or a list of names, found {describe_node(node)}"
        checker.note("wrong-type", message, node.location, f"such as `{what.strip('`')}: {ONLY_INPUT}`")
        return ()
    return tuple(names)
