"""The model of a recipe: its body read and tied to the data, and which output learns what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, cast

from archcli.errors import Location
from archcli.recipe.arity import check_chain
from archcli.recipe.calls import CALL_ARGUMENTS
from archcli.recipe.data_section import described_source, is_one_label
from archcli.recipe.graph_nodes import read_nodes
from archcli.recipe.layering import Pattern
from archcli.recipe.misfits import meant, unknown_key, wrong_type
from archcli.recipe.nodes import Entry, ListNode, MapNode, Node, ScalarNode, is_null
from archcli.recipe.recipe import Block, Body, Chain, Data, Graph, Layer, Model, Named, Shared, Value
from archcli.recipe.schema import BLOCK, MODEL, MODEL_FORMS
from archcli.recipe.signatures import canonical_name
from archcli.recipe.suggestions import did_you_mean
from archcli.recipe.typing_of import has_form
from archcli.recipe.values import Checker
from archcli.recipe.wiring import ONLY_INPUT, RESERVED, Wire, outputs_of, wire

_SEVERAL: Final = {
    "inputs": "put the columns side by side, `columns: [a, b]`, or write `nodes`, which read them by name",
    "targets": "write `nodes`, with an output for each, or a recipe for each",
}
"""What to do where a chain has more than it can take."""


@dataclass(frozen=True)
class Modelled:
    """A model tied to its data.

    Attributes:
        model: The model.
        data: The data, with the targets that the model learns and no others.
    """

    model: Model
    data: Data


def learn_names(checker: Checker, model: Node | None) -> None:
    """Tell the checker of the blocks and shared layers that a model defines, before anything uses them."""
    if not isinstance(model, MapNode):
        return
    blocks, shared = model.get("blocks"), model.get("shared")
    taken: dict[str, str] = {}
    patterns: dict[str, Pattern] = {}
    layers: dict[str, Entry] = {}
    for entry in _present(blocks):
        if _check_name(checker, entry.key, "a block", taken) and isinstance(entry.value, MapNode):
            patterns[entry.key.text] = Pattern(entry.key, entry.value)
            _check_block(checker, patterns[entry.key.text])
    for entry in _present(shared):
        if _check_name(checker, entry.key, "a shared layer", taken):
            layers[entry.key.text] = entry
    checker.patterns, checker.shared = patterns, layers
    given = {entry.key.text for entry in (*_present(blocks), *_present(shared))}
    checker.unread_layers = {name for name in given - {*patterns, *layers} if canonical_name("layer", name)[0] is None}


def _present(node: Node | None) -> Sequence[Entry]:
    """Return what a mapping holds; null means that a key is not there."""
    return [entry for entry in node.entries if not is_null(entry.value)] if isinstance(node, MapNode) else ()


def _check_name(checker: Checker, key: ScalarNode, what: str, taken: dict[str, str]) -> bool:
    if not checker.given_name(key):
        return False
    if key.text in RESERVED or key.text in CALL_ARGUMENTS:
        kind = (
            "a word of the language" if key.text in RESERVED else "an argument of Keras's layers when they are called"
        )
        message = f"{what} cannot be called `{key.text}`, {kind}"
        checker.note("repeated-name", message, key.location, "give it another name")
        return False
    if key.text in taken:
        message = f"{what} is called `{key.text}`, like {taken[key.text]}"
        checker.note("repeated-name", message, key.location, "give it another name")
        return False
    taken[key.text] = what
    return True


def _check_block(checker: Checker, pattern: Pattern) -> None:
    """Check what of a block does not depend on its use: its keys, and the names of parameters and inputs."""
    for entry in pattern.node.entries:
        if BLOCK.field(entry.key.text) is None:
            checker.keep(unknown_key(entry.key, BLOCK))
    for entry in pattern.parameters.values():
        checker.given_name(entry.key)
    for name in ("parameters", "inputs", "outputs"):
        node, field = pattern.node.get(name), BLOCK.field(name)
        if node is not None and field is not None and not has_form(node, field.type):
            checker.keep(wrong_type(node, field.type, f"`{name}`"))
    inputs = pattern.node.get("inputs")
    taken: dict[str, str] = {}
    for key in inputs.items if isinstance(inputs, ListNode) else ():
        if isinstance(key, ScalarNode) and key.text != ONLY_INPUT:
            _check_name(checker, key, "an input of a block", taken)


def build_model_value(
    checker: Checker, values: Mapping[str, Value], node: MapNode, data: Data | None
) -> Modelled | None:
    """Read the body of a model and bind its outputs to the targets.

    Args:
        checker: Keeps the problems.
        values: The section `model` as it is checked.
        node: The same as nodes.
        data: Where the examples come from; what is written of targets and what the source brings. None: that cannot be
            told, and only what the model is by itself is checked.

    Returns:
        The model and what it learns; None where too much is wrong.
    """
    section = node.get("model")
    if not isinstance(section, MapNode):
        return None
    body = _body(checker, values, section, node, data)
    _check_unused(checker)
    if body is None or data is None:
        return None
    shared = {name: layer for name in sorted(checker.used_shared) if (layer := checker.shared_layer(name)) is not None}
    if len(shared) < len(checker.used_shared):
        return None
    bound = _bind(checker, body, section, data)
    if bound is None:
        return None
    outputs, data = bound
    model = Model(_build(checker, values, section, body), body, outputs, shared)
    return Modelled(model, data)


def _body(
    checker: Checker, values: Mapping[str, Value], section: MapNode, node: MapNode, data: Data | None
) -> Body | None:
    forms = [form for form in MODEL_FORMS if section.get(form) is not None]
    if not forms:
        unknown = [entry.key.text for entry in section.entries if MODEL.field(entry.key.text) is None]
        if meant(unknown, MODEL_FORMS):
            return None  # it is a slip, and said to be one
        entry = node.entry("model")
        where = section.location if entry is None else entry.key.location
        hint = "`layers`: the layers, one after another; `archcli recipes show mlp-wine` shows some"
        checker.note("missing-key", "`model` needs `layers`, `nodes` or `architecture`", where, hint)
        return None
    if len(forms) > 1:
        key = cast("Entry", section.entry(forms[1])).key
        message = f"`model` has both `{forms[0]}` and `{forms[1]}`"
        checker.note("not-one-form", message, key.location, "each says what the whole network is: take one away")
        return None
    if forms[0] == "nodes":
        nodes = section.get("nodes")
        return _graph(checker, section, nodes, data) if isinstance(nodes, MapNode) else None
    return _chain(checker, values.get("layers"), section, data)


def _graph(checker: Checker, section: MapNode, nodes: MapNode, data: Data | None) -> Graph | None:
    uses = read_nodes(checker, nodes)
    if data is None:
        return None
    outputs = section.get("outputs")
    names = None if outputs is None else outputs_of(outputs)
    inputs = [Wire(name, feature.location) for name, feature in data.inputs.items()]
    return wire(checker, uses, inputs, names, location=nodes.location, what="the model")


def _chain(checker: Checker, layers: Value, section: MapNode, data: Data | None) -> Chain | None:
    node = section.get("layers")
    entry = section.entry("layers")
    if not isinstance(layers, tuple) or not isinstance(node, ListNode) or entry is None:
        return None
    for key, features in () if data is None else (("inputs", data.inputs), ("targets", data.targets)):
        if len(features) > 1:
            second = list(features.values())[1]
            listed = ", ".join(f"`{name}`" for name in features)
            message = f"a chain of layers has one {key[:-1]}, found {len(features)}: {listed}"
            checker.note(f"several-{key}", message, second.location, _SEVERAL[key])
    outputs = section.entry("outputs")
    if outputs is not None and not is_null(outputs.value):
        message = "`outputs` names nodes of a graph, and `layers` is a chain, which ends with its last layer"
        checker.note("not-one-form", message, outputs.key.location, "leave it out, or write `nodes`")
    complete = tuple(layer for layer in layers if isinstance(layer, (Named, Chain, Block, Shared)))
    if not complete or complete[-1] is not layers[-1]:  # what the last layer gives is what the rest follows from
        return None
    chain = Chain(complete, entry.key.location)
    check_chain(checker, chain)
    return chain if data is not None and len(data.inputs) == len(data.targets) == 1 else None


def _build(
    checker: Checker, values: Mapping[str, Value], section: MapNode, body: Body
) -> Literal["sequential", "functional"]:
    """Choose the Keras API: what is written, or what the form of the model asks for."""
    written = values.get("build")
    uses_shared = isinstance(body, Chain) and any(isinstance(layer, Shared) for layer in flat(body))
    if written == "sequential" and (isinstance(body, Graph) or uses_shared):
        why = "a graph" if isinstance(body, Graph) else "a chain with shared layers"
        entry = cast("Entry", section.entry("build"))
        message = f"{why} cannot be built with Keras's Sequential"
        checker.note("not-sequential", message, entry.value.location, "write `functional`, or leave it out")
    if written in ("sequential", "functional"):
        return cast("Literal['sequential', 'functional']", written)
    return "functional" if isinstance(body, Graph) or uses_shared else "sequential"


def flat(chain: Chain) -> Iterator[Layer]:
    """Yield the layers of a chain in order; a chain inside it is part of it."""
    for layer in chain.layers:
        if isinstance(layer, Chain):
            yield from flat(layer)
        else:
            yield layer


def _check_unused(checker: Checker) -> None:
    """Find blocks, their parameters and shared layers that nothing uses."""
    for pattern in checker.patterns.values():
        if not pattern.is_used:
            hint = f"`- {pattern.name.text}` uses it as a layer"
            checker.note("unused-block", f"nothing uses the block `{pattern.name.text}`", pattern.name.location, hint)
            continue
        for name, entry in pattern.parameters.items():
            if name not in pattern.used_parameters and not checker.problems:
                message = f"the block `{pattern.name.text}` never uses its parameter `{name}`"
                hint = f"write `${name}` where it is meant to count"
                checker.note("unused-parameter", message, entry.key.location, hint)
    for name, entry in checker.shared.items():
        if name not in checker.used_shared:
            message = f"nothing uses the shared layer `{name}`"
            checker.note("unused-block", message, entry.key.location, f"`{name}` stands for it in `layers` and `nodes`")


def _bind(checker: Checker, body: Body, section: MapNode, data: Data) -> tuple[Mapping[str, str | None], Data] | None:
    """Tell which target each output learns; targets that a built-in set brings and none learns are dropped."""
    if isinstance(body, Chain):
        target = next(iter(data.targets))
        return {target: target}, data
    written = section.get("outputs")
    entries = {entry.key.text: entry.value for entry in written.entries} if isinstance(written, MapNode) else {}
    where = {wire_.name: wire_.location for wire_ in outputs_of(written)} if written is not None else {}
    outputs: dict[str, str | None] = {}
    problems = len(checker.problems)
    targets = dict(data.targets)
    for name in body.outputs:
        location = where.get(name, _location_of(body, name))
        value = entries.get(name)
        if isinstance(value, ScalarNode) and value.value is None:
            outputs[name] = None
        elif isinstance(value, ScalarNode):
            outputs[name] = value.text
            if value.text not in targets and value.text in data.inputs:
                targets[value.text] = Named("shift", {"of": value.text, "by": 0}, value.location)
            elif value.text not in targets:
                message = f"no target and no input is called `{value.text}`"
                known = (*data.targets, *data.inputs)
                checker.note("unknown-target", message, value.location, did_you_mean(value.text, known))
        elif name in data.targets or len(data.targets) == 1:
            outputs[name] = name if name in data.targets else next(iter(data.targets))
        else:
            listed = ", ".join(f"`{target}`" for target in data.targets)
            message = f"the output `{name}` has no target of its name"
            hint = f"the targets are {listed}: call the node so, or write `outputs: {{{name}: ...}}`; null: not trained"
            checker.note("output-without-target", message, location, hint)
    learned = {target for target in outputs.values() if target is not None}
    if outputs and not learned and len(checker.problems) == problems:
        entry = section.entry("outputs")
        place = section.location if entry is None else entry.key.location
        hint = "write the name of a target in the place of a `null`"
        checker.note("output-without-target", "no output has a target: there is nothing to learn", place, hint)
    if len(checker.problems) > problems:
        return None
    for name, feature in data.targets.items():
        if name not in learned and name in data.written_targets:
            message = f"no output learns the target `{name}`"
            hint = f"call an output `{name}`, write `outputs: {{...: {name}}}`, or take it away"
            checker.note("unused-target", message, feature.location, hint)
    kept = {name: feature for name, feature in targets.items() if name in learned}
    described = described_source(data.source)
    stratify = data.split.stratify and any(is_one_label(name, feature, described) for name, feature in kept.items())
    return outputs, replace(data, targets=kept, split=replace(data.split, stratify=stratify))


def _location_of(body: Graph, name: str) -> Location:
    return next((node.location for node in body.nodes if name in node.names), body.location)
