"""Keras's names and arguments, so that a recipe is checked without importing Keras.

The names come from `catalogue.json`, which `tools/make_catalogue.py` writes from the installed Keras.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

Category = Literal[
    "layer",
    "optimizer",
    "schedule",
    "loss",
    "metric",
    "initializer",
    "regularizer",
    "constraint",
    "callback",
]
CATEGORIES: tuple[Category, ...] = get_args(Category)

ArgumentType = Literal[
    "boolean",
    "integer",
    "number",
    "text",
    "integers",
    "numbers",
    "list",
    "mapping",
    "any",
    "null",
    "activation",
    "initializer",
    "regularizer",
    "constraint",
    "layer",
    "cell",
    "optimizer",
    "schedule",
    "loss",
    "metric",
    "dtype",
]
Default = None | bool | int | float | str | tuple["Default", ...] | Mapping[str, "Default"]


@dataclass(frozen=True)
class Argument:
    """One argument of a class.

    Attributes:
        name: Keras's name for it.
        types: What it may be, from `ArgumentType`. `number` includes whole numbers; `integers` and `numbers` are
            lists, which may be nested (`[[1, 2], [0, 1]]`); `cell` and `layer` are also given as a list of them.
        required: Whether Keras demands it.
        default: What Keras takes when it is left out; None where it is required.
        choices: The texts accepted, sorted; empty where any text is.
        minimum: Smallest value, of the number or of each number in a list; None: no bound that is certain.
        maximum: Largest value, likewise.
        exclusive_minimum: Whether `minimum` itself is too small.
        exclusive_maximum: Whether `maximum` itself is too large.
    """

    name: str
    types: tuple[ArgumentType, ...]
    required: bool = False
    default: Default = None
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False


@dataclass(frozen=True)
class Entry:
    """One class that a recipe can name.

    Attributes:
        name: Canonical name, the class's own.
        category: What it is.
        arguments: By name, in Keras's order.
        first: The argument that the short form `Name: value` gives; None where there is no short form.
        summary: What it does, as Keras says it: one sentence without a full stop.
        is_cell: Whether it is one step of a recurrent layer, for `RNN` (layers only).
        merges: Whether it takes a list of tensors rather than one (layers only).
    """

    name: str
    category: Category
    arguments: Mapping[str, Argument]
    first: str | None
    summary: str
    is_cell: bool = False
    merges: bool = False


class _Entries(Mapping[str, Entry]):
    """The classes of one category; each is made of its description when it is first asked for."""

    def __init__(self, category: Category, described: Mapping[str, Any]) -> None:
        self._category: Category = category
        self._described = described
        self._made: dict[str, Entry] = {}

    def __getitem__(self, name: str) -> Entry:
        if name not in self._made:
            self._made[name] = _read_entry(self._category, name, self._described[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._described)

    def __len__(self) -> int:
        return len(self._described)

    def __contains__(self, name: object) -> bool:
        return name in self._described


class Catalogue:
    """All classes that recipes can name; categories are read when first asked for.

    Attributes:
        keras: The Keras version that it was made from.
        activations: Names of Keras's activations, sorted.
        metrics_chosen_by_target: Keras's strings whose metric depends on target and output: `accuracy`.
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Take the parsed content of `catalogue.json`."""
        self._content = content
        self._entries: dict[Category, Mapping[str, Entry]] = {}
        self.keras: str = content["keras"]
        self.activations: tuple[str, ...] = tuple(content["activations"])
        self.metrics_chosen_by_target: tuple[str, ...] = tuple(content["metrics_chosen_by_target"])

    def entries(self, category: Category) -> Mapping[str, Entry]:
        """Return the classes of `category` by canonical name, sorted."""
        if category not in self._entries:
            self._entries[category] = _Entries(category, self._content["entries"][category])
        return self._entries[category]

    @property
    def cells(self) -> tuple[str, ...]:
        """The layers that are one step of a recurrent one, by name, sorted."""
        return tuple(name for name, described in self._content["entries"]["layer"].items() if described.get("is_cell"))

    def aliases(self, category: Category) -> Mapping[str, str]:
        """Return other name -> canonical name: Keras's strings (`adam`, `mse`) and second names (`MaxPool2D`)."""
        aliases: Mapping[str, str] = self._content["aliases"][category]
        return MappingProxyType(dict(aliases))

    def find(self, category: Category, name: str) -> Entry | None:
        """Return the class that `name`, canonical or an alias, stands for; None if there is none."""
        canonical = self._content["aliases"][category].get(name, name)
        return self.entries(category).get(canonical)


@cache
def catalogue() -> Catalogue:
    """Return the catalogue, read once."""
    # Read by its path: importlib.resources would take 10 ms of a short command to import.
    text = Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8")
    return Catalogue(json.loads(text))


def _read_entry(category: Category, name: str, content: Mapping[str, Any]) -> Entry:
    """Make one entry of its description."""
    return Entry(
        name=name,
        category=category,
        arguments=MappingProxyType(
            {argument: _read_argument(argument, described) for argument, described in content["arguments"].items()}
        ),
        first=content["first"],
        summary=content["summary"],
        is_cell=content.get("is_cell", False),
        merges=content.get("merges", False),
    )


def _read_argument(name: str, content: Mapping[str, Any]) -> Argument:
    """Make one argument of its description."""
    return Argument(
        name=name,
        types=tuple(content["types"]),
        required=content.get("required", False),
        default=_as_tuples(content.get("default")),
        choices=tuple(content.get("choices", ())),
        minimum=content.get("minimum"),
        maximum=content.get("maximum"),
        exclusive_minimum=content.get("exclusive_minimum", False),
        exclusive_maximum=content.get("exclusive_maximum", False),
    )


def _as_tuples(value: Any) -> Default:
    """Turn the lists of a parsed JSON value into tuples, as recipes have them."""
    return tuple(_as_tuples(item) for item in value) if isinstance(value, list) else value
