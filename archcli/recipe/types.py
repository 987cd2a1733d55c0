"""The kinds of value that a recipe holds. A schema is built of these; loading, merging and checking follow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class Number:
    """A number, whole or not. `below` is a bound that is not reached."""

    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None


@dataclass(frozen=True)
class Truth:
    """`true` or `false`."""


@dataclass(frozen=True)
class Null:
    """`null`, passed on as None."""


@dataclass(frozen=True)
class Text:
    """A text.

    Attributes:
        choices: The only texts allowed; empty: any.
        kind: What such a text is called in messages: `activation`, `dtype`.
    """

    choices: tuple[str, ...] = ()
    kind: str = "text"


@dataclass(frozen=True)
class GivenName:
    """A name that the user gives: `[a-z][a-z0-9_]*`, with dashes for a recipe."""

    dashes: bool = False


@dataclass(frozen=True)
class FilePath:
    """A path, relative to the file that names it; made absolute by checking."""


@dataclass(frozen=True)
class ListOf:
    """A list of values of one type."""

    item: Type
    minimum_length: int = 0


@dataclass(frozen=True)
class MapOf:
    """A mapping whose keys the user chooses.

    Attributes:
        value: What each key has.
        given_names: Whether the keys are names that he gives; else any text, such as a class label.
        paths: Whether the keys are paths through the recipe: they have dots in them.
    """

    value: Type
    given_names: bool = True
    paths: bool = False


@dataclass(frozen=True)
class Anything:
    """Any value at all, as YAML reads it."""


@dataclass(frozen=True)
class Object:
    """Something called by its name and arguments, of a category of the catalogue: `layer`, `optimizer`, `source`."""

    category: str


@dataclass(frozen=True)
class Use:
    """A node of a graph: a layer or several, what the first reads, and arguments of its call."""


@dataclass(frozen=True)
class Either:
    """One of several types, tried in order; the first that fits the shape of the value is the one meant."""

    types: tuple[Type, ...]


@dataclass(frozen=True)
class Field:
    """One key of a section.

    Attributes:
        name: The key.
        type: What it takes.
        doc: One sentence for the schema.
        default: Plain data, taken where the key is left out or null; None: nothing is taken.
        required: Whether leaving it out is a problem.
        inferred: What it follows from where it is left out, in words; empty: from nothing.
    """

    name: str
    type: Type
    doc: str
    default: object = None
    required: bool = False
    inferred: str = ""


@dataclass(frozen=True)
class Section:
    """A mapping with known keys."""

    name: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """Return the field called `name`, if there is one."""
        return next((field for field in self.fields if field.name == name), None)


Type = (
    Whole
    | Number
    | Truth
    | Null
    | Text
    | GivenName
    | FilePath
    | ListOf
    | MapOf
    | Anything
    | Object
    | Use
    | Either
    | Section
)

GIVEN_NAME_PATTERN: Final = "[a-z][a-z0-9_]*"
RECIPE_NAME_PATTERN: Final = "[a-z][a-z0-9_-]*"


@dataclass(frozen=True)
class Signature:
    """What a named thing takes, whichever table it comes from.

    Attributes:
        name: The name.
        summary: One sentence.
        arguments: Its arguments, in order.
        first: The argument that the short form `Name: value` gives; None: there is no short form.
    """

    name: str
    summary: str
    arguments: Mapping[str, Field]
    first: str | None


def object_categories(type_: Type) -> tuple[str, ...]:
    """Return the categories of named things that a type takes, in or out of a list."""
    match type_:
        case Object():
            return (type_.category,)
        case Either():
            return tuple(category for option in type_.types for category in object_categories(option))
        case ListOf():
            return object_categories(type_.item)
        case Use():
            return ("layer",)
        case _:
            return ()
