"""Write `archcli/recipe/catalogue.json`: the names and arguments of the installed Keras.

Run after every change of the Keras version:

    python -m tools.make_catalogue

Signatures give names, order and defaults; `catalogue_rules.py` beside this file gives the types. An argument that has
no rule stops the generator, so nothing that Keras adds slips in unseen.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import keras
from keras.src import constraints, initializers, losses, metrics, optimizers, regularizers  # their tables of names
from keras.src.layers.merging.base_merge import Merge
from keras.src.utils.naming import to_snake_case

import archcli.layers
from tools import catalogue_rules as rules

CATALOGUE: Final = Path(__file__).parent.parent / "archcli" / "recipe" / "catalogue.json"

# Where the classes of a category are, and what they all derive from. A layer or initializer of our own is in the
# catalogue when `archcli.layers` has it and `catalogue_rules.py` does not exclude it.
MODULES: Final[dict[str, tuple[tuple[ModuleType, ...], type]]] = {
    "layer": ((keras.layers, archcli.layers), keras.layers.Layer),
    "optimizer": ((keras.optimizers,), keras.optimizers.Optimizer),
    "schedule": ((keras.optimizers.schedules,), keras.optimizers.schedules.LearningRateSchedule),
    "loss": ((keras.losses,), keras.losses.Loss),
    "metric": ((keras.metrics,), keras.metrics.Metric),
    "initializer": ((keras.initializers, archcli.layers), keras.initializers.Initializer),
    "regularizer": ((keras.regularizers,), keras.regularizers.Regularizer),
    "constraint": ((keras.constraints,), keras.constraints.Constraint),
    "callback": ((keras.callbacks,), keras.callbacks.Callback),
}

# Keras's own strings: the table that `get` looks in, and `get`, which has the last word.
STRINGS: Final[dict[str, ModuleType]] = {
    "optimizer": optimizers,
    "loss": losses,
    "metric": metrics,
    "initializer": initializers,
    "regularizer": regularizers,
    "constraint": constraints,
}

# What `Layer` takes through `**kwargs`. Not `activity_regularizer` for a cell: its loss would be lost inside the loop.
LAYER_ARGUMENTS: Final = {"name": None, "dtype": None, "trainable": True, "activity_regularizer": None}

NUMERIC_TYPES: Final = {"integer", "number", "integers", "numbers"}


def main() -> None:
    """Write the catalogue and say where."""
    CATALOGUE.write_text(make_catalogue(), encoding="utf-8")
    sys.stdout.write(f"{CATALOGUE}\n")


def make_catalogue() -> str:
    """Make the text of `catalogue.json` from the installed Keras."""
    lines = ["{", f'"keras": {json.dumps(keras.__version__)},', f'"activations": {json.dumps(activations())},']
    lines += [f'"metrics_chosen_by_target": {json.dumps(list(rules.CHOSEN_BY_TARGET))},', '"aliases": {']
    lines += _joined(f"{json.dumps(category)}: {{\n{_joined_text(aliases(category))}}}" for category in MODULES)
    lines += ["},", '"entries": {']
    lines += _joined(f"{json.dumps(category)}: {{\n{_entries_text(category)}}}" for category in MODULES)
    lines += ["}", "}", ""]
    return "\n".join(lines)


def activations() -> list[str]:
    """Return the names of Keras's activations that need nothing but their input, sorted."""
    names = []
    for name, function in vars(keras.activations).items():
        if name in ("get", "serialize", "deserialize") or not inspect.isfunction(function):
            continue
        needed = [parameter for parameter in _parameters(function) if parameter.default is parameter.empty]
        if len(needed) == 1 and keras.activations.get(name) is function:
            names.append(name)
    return sorted(names)


def aliases(category: str) -> dict[str, str]:
    """Return other name -> class name, of Keras's class aliases and of the strings that its `get` takes."""
    known = classes(category)
    found = {
        name: thing.__name__
        for name, thing in _exported(category).items()
        if name != thing.__name__ and thing.__name__ in known and (not name.islower() or _gets(category, name))
    }
    if category in STRINGS:
        functions = {to_snake_case(name): name for name in known}
        for name, thing in STRINGS[category].ALL_OBJECTS_DICT.items():
            class_name = functions.get(thing.__name__) if inspect.isfunction(thing) else thing.__name__
            if class_name in known and name not in (class_name, *rules.CHOSEN_BY_TARGET) and _gets(category, name):
                found[name] = class_name
    return dict(sorted(found.items()))


def _gets(category: str, name: str) -> bool:
    """Say whether Keras's own `get` makes something of the string `name`."""
    try:
        STRINGS[category].get(name)
    except (KeyError, TypeError, ValueError):  # it lacks an argument: `constant`, `io_u`
        return False
    return True


def classes(category: str) -> dict[str, type]:
    """Return the classes of `category` by canonical name, sorted, without those that a recipe cannot name."""
    found = {thing.__name__: thing for thing in _exported(category).values()}
    return {name: found[name] for name in sorted(found) if name not in rules.EXCLUDED[category]}


def _exported(category: str) -> dict[str, type]:
    """Return the classes of `category` by every name that its modules give them."""
    modules, root = MODULES[category]
    things = [named for module in modules for named in vars(module).items()]
    return {name: thing for name, thing in things if inspect.isclass(thing) and issubclass(thing, root)}


def entry(category: str, name: str, cls: type) -> dict[str, Any]:
    """Describe one class: its arguments in Keras's order, its short form, what it is for."""
    given = signature(category, name, cls)
    named = {
        argument: _argument(category, name, argument, default)
        for argument, default in given.items()
        if argument not in rules.EXCLUDED_ARGUMENTS[category]
        and f"{name}.{argument}" not in rules.EXCLUDED_HERE[category]
    }
    first = next(iter(given), None)
    has_short_form = first in named and first not in ("name", "dtype", "trainable", "activity_regularizer")
    described: dict[str, Any] = {
        "summary": _summary(cls),
        "first": first if has_short_form and name not in rules.WITHOUT_SHORT_FORM else None,
    }
    if category == "layer":
        described["is_cell"] = name in rules.CELLS
        described["merges"] = issubclass(cls, Merge) or name in rules.TAKES_A_LIST
    described["arguments"] = named
    return described


def signature(category: str, name: str, cls: type) -> dict[str, Any]:
    """Return argument -> default (`inspect.Parameter.empty` where there is none), in Keras's order."""
    parameters = _parameters(inspect.getattr_static(cls, "__init__"))[1:]
    given = {p.name: p.default for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
    if category == "layer" and any(p.kind is p.VAR_KEYWORD for p in parameters):
        for argument, default in LAYER_ARGUMENTS.items():
            if argument != "activity_regularizer" or name not in rules.CELLS:
                given.setdefault(argument, default)
    return given


def _argument(category: str, name: str, argument: str, default: Any) -> dict[str, Any]:
    """Describe one argument from its rule and its default; what is usual is left out."""
    rule = _rule(category, name, argument)
    words = rule.split("{")[0].split()
    types = words[0].split("|")
    described: dict[str, Any] = {}
    if "required" in words or default is inspect.Parameter.empty:
        described["required"] = True
    else:
        if default is None and "null" not in types:
            types.append("null")
        described["default"] = default
    described = {"types": types, **described}
    if "{" in rule:
        described["choices"] = rule.split("{")[1].rstrip("}").split()
    for sign, bound in re.findall(r"([<>]=?) (\S+)", rule):
        described["minimum" if sign[0] == ">" else "maximum"] = int(bound)
        if len(sign) == 1:
            described["exclusive_minimum" if sign == ">" else "exclusive_maximum"] = True
    _check(category, name, argument, described)
    return described


def _rule(category: str, name: str, argument: str) -> str:
    """Return the rule for one argument: the exception, the convention of its ending, the convention of its name."""
    override = rules.OVERRIDES[category].get(f"{name}.{argument}")
    if override is not None:
        return override
    for ending in ("initializer", "regularizer", "constraint"):
        if category == "layer" and argument.endswith(f"_{ending}"):
            return ending
    if argument not in rules.CONVENTIONS[category]:
        raise SystemExit(f"no rule for `{argument}` of {category} `{name}`: add one to tools/catalogue_rules.py")
    return rules.CONVENTIONS[category][argument]


def _check(category: str, name: str, argument: str, described: Mapping[str, Any]) -> None:
    """Stop when Keras's own default is not among what the rule accepts."""
    default = described.get("default")
    if isinstance(default, bool):
        fits = "boolean" in described["types"]
    elif isinstance(default, (int, float)):
        fits = bool(NUMERIC_TYPES & set(described["types"]))
        fits = fits and described.get("minimum", default) <= default <= described.get("maximum", default)
        fits = fits and (isinstance(default, int) or bool({"number", "numbers"} & set(described["types"])))
    elif isinstance(default, str):
        fits = default.lower() in {choice.lower() for choice in described.get("choices", [default])}
    else:
        fits = True
    if not fits:
        raise SystemExit(f"the rule for `{argument}` of {category} `{name}` excludes Keras's default {default!r}")


def _summary(cls: type) -> str:
    """Return the first sentence of the class's documentation, on one line."""
    text = " ".join((inspect.getdoc(cls) or "").split("\n\n")[0].split())
    return re.split(r"(?<!a\.k\.a)\. ", text)[0].rstrip(".")


def _parameters(function: Any) -> list[inspect.Parameter]:
    """Return the parameters of `function`, `self` included."""
    return list(inspect.signature(function).parameters.values())


def _entries_text(category: str) -> str:
    """Write the entries of one category, a line for each argument."""
    return "\n".join(_joined(_entry_text(category, name, cls) for name, cls in classes(category).items()))


def _entry_text(category: str, name: str, cls: type) -> str:
    """Write one entry, a line for each argument."""
    described = entry(category, name, cls)
    named = described.pop("arguments")
    head = json.dumps(described)[1:-1]
    inside = f"\n{_joined_text(named, indent='  ')}\n " if named else ""
    return f' {json.dumps(name)}: {{{head}, "arguments": {{{inside}}}}}'


def _joined_text(mapping: Mapping[str, Any], *, indent: str = " ") -> str:
    """Write a mapping, a line for each key."""
    return "\n".join(_joined(f"{indent}{json.dumps(key)}: {json.dumps(value)}" for key, value in mapping.items()))


def _joined(texts: Iterator[str]) -> list[str]:
    """Put a comma behind every text but the last."""
    listed = list(texts)
    return [f"{text}," for text in listed[:-1]] + listed[-1:]


if __name__ == "__main__":
    main()
