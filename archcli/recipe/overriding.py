"""Changes from the command line, laid over a recipe: `train.epochs=5`."""

from __future__ import annotations

from dataclasses import replace

from archcli.errors import Location, Problem, RecipeError, Source
from archcli.recipe.loading import load_nodes
from archcli.recipe.long_form import to_long_form
from archcli.recipe.merging import merge, without_other_forms
from archcli.recipe.nodes import Entry, ListNode, MapNode, Node, ScalarNode, is_null, only_entry
from archcli.recipe.schema import RECIPE
from archcli.recipe.signatures import canonical_name, signature
from archcli.recipe.suggestions import did_you_mean, near_match
from archcli.recipe.types import Anything, Either, ListOf, MapOf, Object, Section, Type, Use

COMMAND_LINE = "command line"
"""What the source of an override is called."""

PATH = "path"
"""What the source of a path that the recipe itself gives is called."""

_Steps = tuple[ScalarNode, ...]


def apply_override(root: Node, override: str, *, number: int = 1) -> Node:
    """Lay one `path=value` from the command line over a recipe in long form, by the rules of `merge`.

    Args:
        root: The recipe.
        override: What was typed.
        number: Which of the changes it is, from 1: its line in messages.

    Raises:
        RecipeError: It is no `path=value`, the value is not YAML, or the path leads nowhere.
    """
    source = Source(COMMAND_LINE, override, first_line=number)
    path, equals, text = override.partition("=")
    if not equals or not path.strip():
        message = f"`{override}` is not a change to the recipe"
        hint = "write `train.epochs=5`: a path with dots, `=`, a value"
        raise RecipeError(Problem("not-an-override", message, Location(source, number, 1, max(1, len(override))), hint))
    if not text.strip():
        where = Location(source, number, len(path) + 1)
        hint = "write '...=$name' in single quotes, or the shell takes `$name` away; `null` switches something off"
        raise RecipeError(Problem("empty-override", f"`{path.strip()}` is given no value", where, hint))
    steps = _read_path(path, source)
    if steps[0].text == "extends":
        message = "`extends` cannot be given on the command line"
        hint = "write a recipe of two lines, `archcli: 1` and `extends: ...`"
        raise RecipeError(Problem("not-an-override", message, steps[0].location, hint))
    return _set(root, RECIPE, steps, load_nodes(source, start=len(path) + 1))


def lay_at(root: Node, path: str, value: Node) -> Node:
    """Lay a value over what a path leads to, as `path=value` does.

    Args:
        root: The recipe, in long form.
        path: Names with dots between them.
        value: As it is written, short forms included.

    Raises:
        RecipeError: The path leads nowhere; the problem is located in a source called `PATH`, whose text it is.
    """
    return _set(root, RECIPE, _read_path(path, Source(PATH, path)), value)


def _read_path(path: str, source: Source) -> _Steps:
    """Split a path at its dots, blanks around it left out."""
    steps: list[ScalarNode] = []
    column = 1 + len(path) - len(path.lstrip())
    for name in path.strip().split("."):
        where = Location(source, source.first_line, column, max(1, len(name)))
        if not name:
            message = f"a name is missing in the path `{path.strip()}`"
            raise RecipeError(Problem("unknown-path", message, where, "one dot stands between two names"))
        steps.append(ScalarNode(name, name, quoted=True, location=where))
        column += len(name) + 1
    return tuple(steps)


def _set(node: Node | None, type_: Type, steps: _Steps, value: Node) -> Node:
    """Return the node with `value` laid over what is at the end of the steps; a way that is missing is made."""
    if not steps:
        over = to_long_form(value, type_)
        return over if node is None else merge(node, over, type_)
    step, rest = steps[0], steps[1:]
    if isinstance(type_, Either):
        wanted = (ListOf,) if isinstance(node, ListNode) else (Section, MapOf, Object)
        fitting = [option for option in type_.types if isinstance(option, wanted)]
        by_name = [option for option in fitting if not isinstance(option, Object) or _is_name(step, option)]
        type_ = next(iter(by_name or fitting), type_)
    match type_:
        case Section() if node is not None and not isinstance(node, MapNode):
            return node  # checking reports it
        case Section():
            field = type_.field(step.text)
            node = without_other_forms(node, type_, [step.text]) if isinstance(node, MapNode) else node
            return _set_entry(node, step, rest, field.type if field else Anything(), value)
        case MapOf() if isinstance(type_.value, Use) and rest and isinstance(node, MapNode) and not node.get(step.text):
            names = [entry.key.text for entry in node.entries]
            message = f"no node is called `{step.text}`"
            raise RecipeError(Problem("unknown-path", message, step.location, did_you_mean(step.text, names)))
        case MapOf(paths=True):
            return _set_tuned(node, type_, steps, value)
        case MapOf():
            return _set_entry(node, step, rest, type_.value, value)
        case Object() | ListOf() if isinstance(node, ListNode):
            return _set_item(node, type_.item if isinstance(type_, ListOf) else type_, steps, value)
        case Object():
            return _set_named(node, type_, steps, value)
        case Use():
            return _set_use(node, steps, value)
        case Anything():
            return _set_entry(node, step, rest, type_, value)
        case _:
            before = step.location.source.text[: step.location.column - 2].strip()
            message = f"`{before}` has no parts, and the path goes on with `{step.text}`"
            raise RecipeError(Problem("unknown-path", message, step.location, f"write `{before}=...`"))


def _set_tuned(node: Node | None, type_: MapOf, steps: _Steps, value: Node) -> Node:
    """Set what is tried at a path: all steps are that path, but for a last one that says how it is tried."""
    is_form = isinstance(type_.value, Section) and type_.value.field(steps[-1].text) is not None
    named, rest = (steps[:-1], steps[-1:]) if is_form and len(steps) > 1 else (steps, ())
    path = ".".join(step.text for step in named)
    length = named[-1].location.column + named[-1].location.length - named[0].location.column
    key = replace(named[0], value=path, text=path, location=replace(named[0].location, length=length))
    return _set_entry(node, key, rest, type_.value, value)


def _set_use(node: Node | None, steps: _Steps, value: Node) -> Node:
    """Set a part of a node of a graph: its layers, an argument of its layer, or what stands beside them."""
    step, rest = steps[0], steps[1:]
    if step.text == "layers":
        return _set_entry(node, step, rest, ListOf(Object("layer")), value)
    name, _ = canonical_name("layer", step.text)
    if name is None or not isinstance(node, MapNode):
        return _set_entry(node, step, rest, Anything(), value)
    present = node.entry(name)
    others = [entry for entry in node.entries if entry.key.text[:1].isupper() and entry.key.text != name]
    alone = None if present is None else MapNode((present,), present.key.location)
    made = _set_named(alone, Object("layer"), steps, value)
    entry = only_entry(made)
    if entry is None:
        return node
    return node.without(*(other.key.text for other in others), "layers").with_entry(entry.key, entry.value)


def _is_name(step: ScalarNode, type_: Object) -> bool:
    """Tell `train.loss.Huber`, a loss, from `train.loss.price`, the loss of an output."""
    return step.text[:1].isupper() or canonical_name(type_.category, step.text)[0] is not None


def _set_entry(node: Node | None, step: ScalarNode, rest: _Steps, type_: Type, value: Node) -> Node:
    mapping = node if isinstance(node, MapNode) else MapNode((), step.location)
    beneath = mapping.entry(step.text)
    old = None if beneath is None or is_null(beneath.value) else beneath.value
    return mapping.with_entry(step, _set(old, type_, rest, value))


def _set_named(node: Node | None, type_: Object, steps: _Steps, value: Node) -> Node:
    step, rest = steps[0], steps[1:]
    present = only_entry(node) if node is not None else None
    name, _ = canonical_name(type_.category, step.text)
    if name is None and present is not None and present.key.text == step.text and rest:
        # A block: what it takes is not known before all of the recipe is read.
        return MapNode((Entry(present.key, _set(present.value, Anything(), rest, value)),), present.key.location)
    if name is None:
        raise RecipeError(_no_such_name(step, type_.category, present))
    if not rest:
        over = to_long_form(MapNode((Entry(replace(step, value=name, text=name), value),), step.location), type_)
        return over if node is None else merge(node, over, type_)
    found = signature(type_.category, name)
    types = {argument.name: argument.type for argument in found.arguments.values()} if found else {}
    is_present = present is not None and present.key.text == name
    key = present.key if present is not None and is_present else replace(step, value=name, text=name)
    arguments = present.value if present is not None and is_present else None
    inner = _set_entry(arguments, rest[0], rest[1:], types.get(rest[0].text, Anything()), value)
    return MapNode((Entry(key, inner),), key.location)


def _no_such_name(step: ScalarNode, category: str, present: Entry | None) -> Problem:
    found = None if present is None else signature(category, present.key.text)
    hint: str | None
    if present is None:
        hint = f"the name of the {category} comes first, then its argument"
    elif found is not None and step.text in found.arguments:
        hint = f"write `{present.key.text}.{step.text}`: an argument is reached through the name it belongs to"
    else:
        hint = did_you_mean(step.text, [present.key.text])
    return Problem("unknown-path", f"no {category} is called `{step.text}`", step.location, hint)


def _set_item(node: ListNode, type_: Type, steps: _Steps, value: Node) -> Node:
    step, rest = steps[0], steps[1:]
    index = _find_item(node, type_, step)
    item = node.items[index]
    present = only_entry(item)
    if present is not None and rest and isinstance(type_, Object):
        # `layers.0.units` is short for `layers.0.Dense.units`; `layers.0.GRU.units` puts another layer there. But what
        # was found by its class stays of its class: `TimeDistributed.Conv2D` would be meant to look inside.
        by_class = canonical_name(type_.category, step.text)[0] == present.key.text
        if by_class or canonical_name(type_.category, rest[0].text)[0] is None:
            rest = (replace(rest[0], value=present.key.text, text=present.key.text), *rest)
    items = (*node.items[:index], _set(item, type_, rest, value), *node.items[index + 1 :])
    return replace(node, items=items)


def _find_item(node: ListNode, type_: Type, step: ScalarNode) -> int:
    """Find the list item meant: by its number from 0, its `name:`, or its class if it is alone."""
    count = len(node.items)
    if step.text.isdecimal():
        if len(step.text) <= len(str(count)) and int(step.text) < count:
            return int(step.text)
        message = f"there is no item {step.text}: the list has {count}, counted from 0"
        raise RecipeError(Problem("unknown-path", message, step.location))
    category = type_.category if isinstance(type_, Object) else "layer"
    wanted = canonical_name(category, step.text)[0] or step.text
    entries = [only_entry(item) for item in node.items]
    classes = [entry.key.text if entry else "" for entry in entries]
    named = [_given_name(entry) for entry in entries]
    hits = [i for i, name in enumerate(named) if name == step.text] or [
        i for i, name in enumerate(classes) if name == wanted
    ]
    if len(hits) == 1:
        return hits[0]
    if hits:
        numbers = ", ".join(f"`{hit}`" for hit in hits)
        message = f"`{step.text}` stands {len(hits)} times in this list"
        raise RecipeError(Problem("unknown-path", message, step.location, f"say which by its number: {numbers}"))
    match = near_match(step.text, [name for name in (*named, *classes) if name])
    by_number = f"an item goes by its number from 0 to {count - 1}" if count else "the list is empty"
    hint = f"did you mean `{match}`?" if match else by_number
    raise RecipeError(Problem("unknown-path", f"this list has no item `{step.text}`", step.location, hint))


def _given_name(entry: Entry | None) -> str | None:
    if entry is None or not isinstance(entry.value, MapNode):
        return None
    name = entry.value.get("name")
    return name.text if isinstance(name, ScalarNode) else None
