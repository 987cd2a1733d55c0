"""What each name that a recipe may use takes, from Keras's catalogue and our own tables, in one form."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, cast

from archcli.recipe.architectures import ARCHITECTURES
from archcli.recipe.catalogue import CATEGORIES, Argument, Category, Entry, catalogue
from archcli.recipe.features import SIDE_BY_SIDE
from archcli.recipe.input_types import INPUTS
from archcli.recipe.sources import SOURCES
from archcli.recipe.target_types import TARGETS
from archcli.recipe.types import (
    Anything,
    Either,
    Field,
    GivenName,
    ListOf,
    MapOf,
    Null,
    Number,
    Object,
    Signature,
    Text,
    Truth,
    Type,
    Whole,
)

OWN_TABLES: Final[Mapping[str, Mapping[str, Signature]]] = {
    "architecture": ARCHITECTURES,
    "source": SOURCES,
    "input": INPUTS,
    "target": TARGETS,
}

_COLUMN = {"name": Field("name", Text(), "What its column is called.", inferred="the name it is asked for by")}
CHOSEN_BY_TARGET: Final[Mapping[str, Signature]] = {
    "accuracy": Signature("accuracy", "Share of examples whose class is told right.", _COLUMN, first=None),
    "crossentropy": Signature("crossentropy", "Mean surprise at the right class, in nats.", _COLUMN, first=None),
}
"""Keras's own strings for metrics: which class each stands for follows from the target and the last layer."""

_SHORT: Final = {"acc": "accuracy", "ce": "crossentropy"}


@cache
def signature(category: str, name: str) -> Signature | None:
    """Return what `name` takes, or None where the category has no such name."""
    if category in OWN_TABLES:
        return OWN_TABLES[category].get(name)
    if category == "metric" and name in CHOSEN_BY_TARGET:
        return CHOSEN_BY_TARGET[name]
    entry = _entries(category).get(name)
    return None if entry is None else _signature(entry)


@cache
def names(category: str) -> tuple[str, ...]:
    """Return all names of a category, without other names for the same."""
    if category in OWN_TABLES:
        return tuple(name for name in OWN_TABLES[category] if name != SIDE_BY_SIDE)
    own = CHOSEN_BY_TARGET if category == "metric" else ()
    return (*own, *_entries(category))


def canonical_name(category: str, text: str) -> tuple[str | None, Mapping[str, str]]:
    """Find the name that a text stands for: itself, or what Keras's string or alias means.

    Returns:
        The name, None where there is none, and the arguments that come with the alias: the column of a metric keeps
        the name it was asked for by.
    """
    if signature(category, text) is not None:
        return text, {}
    name = other_names(category).get(text)
    return name, {"name": text} if name is not None and category == "metric" else {}


@cache
def other_names(category: str) -> Mapping[str, str]:
    """Return what else the names of a category may be called: Keras's strings and second names."""
    if category in OWN_TABLES:
        return {}
    known = _entries(category)
    aliases = catalogue().aliases(cast("Category", "layer" if category == "cell" else category))
    own = _SHORT if category == "metric" else {}
    return own | {other: name for other, name in aliases.items() if name in known}


def _entries(category: str) -> Mapping[str, Entry]:
    if category == "cell":
        return {name: catalogue().entries("layer")[name] for name in catalogue().cells}
    return catalogue().entries(category) if category in CATEGORIES else {}


def _signature(entry: Entry) -> Signature:
    arguments = {
        argument.name: Field(
            argument.name, _type(argument, entry.category), "", argument.default, required=argument.required
        )
        for argument in entry.arguments.values()
    }
    return Signature(entry.name, entry.summary, arguments, entry.first)


def _type(argument: Argument, category: str) -> Type:
    if argument.name == "name" and category == "layer":
        return Either((GivenName(), Null()))
    types = tuple(_one_type(kind, argument) for kind in argument.types)
    return types[0] if len(types) == 1 else Either(types)


def _one_type(kind: str, argument: Argument) -> Type:
    whole = Whole(
        None if argument.minimum is None else int(argument.minimum),
        None if argument.maximum is None else int(argument.maximum),
    )
    lowest, highest = argument.minimum, argument.maximum
    number = Number(
        minimum=None if argument.exclusive_minimum else lowest,
        maximum=None if argument.exclusive_maximum else highest,
        above=lowest if argument.exclusive_minimum else None,
        below=highest if argument.exclusive_maximum else None,
    )
    plain: dict[str, Type] = {
        "boolean": Truth(),
        "integer": whole,
        "number": number,
        "text": Text(argument.choices),
        "integers": ListOf(Either((whole, ListOf(whole)))),
        "numbers": ListOf(Either((number, ListOf(number)))),
        "list": ListOf(Anything()),
        "mapping": MapOf(Anything(), given_names=False),
        "any": Anything(),
        "null": Null(),
        "activation": Text(catalogue().activations, "activation"),
        "dtype": Text(argument.choices, "dtype"),
    }
    return plain.get(kind) or Object(kind)
