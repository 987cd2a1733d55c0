"""What a built-in set is, before any of it is read or made: its columns, inputs, targets and settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from archcli.recipe.recipe import Value
from archcli.recipe.types import Field, Signature, Type, Whole

Features = Mapping[str, tuple[str, Mapping[str, Value]]]
"""Inputs or targets by name: the feature type and its arguments."""

NO_LABEL: Final = -1
"""Stands in place of a class number where there is no label: after the end of a sequence, or before there can be one.
Loss and metrics skip it."""


@dataclass(frozen=True)
class Column:
    """One column of a built-in set.

    A column is of numbers unless it has `classes` or is `text`. Numbers are float32 of the shape
    `(examples, *shape)`; labels are class numbers in the order of `classes`, int32, of the same shape, with `NO_LABEL`
    where there is none; texts are `(examples,)`.

    Attributes:
        name: Its name.
        shape: Shape of one example; `()` for a single number, label or text. None in place of the first size: the
            sequences differ in length and are padded at the end up to the longest.
        classes: The labels, sorted; empty for numbers and texts.
        text: Whether it holds texts.
        padding: What every number of a padded step is, in a column of numbers whose sequences differ in length; no
            real step is made of it alone.
    """

    name: str
    shape: tuple[int | None, ...] = ()
    classes: tuple[str, ...] = ()
    text: bool = False
    padding: float | None = None


@dataclass(frozen=True)
class Arguments:
    """The settings of a set, each with its value or its default."""

    values: Mapping[str, Value] = field(default_factory=dict)

    def whole(self, name: str) -> int:
        """Return a whole number."""
        return cast("int", self.values[name])

    def number(self, name: str) -> float:
        """Return a number."""
        return float(cast("float", self.values[name]))

    def truth(self, name: str) -> bool:
        """Return `true` or `false`."""
        return cast("bool", self.values[name])

    def text(self, name: str) -> str:
        """Return a text."""
        return cast("str", self.values[name])


@dataclass(frozen=True)
class BuiltInSet:
    """A built-in set, described.

    Attributes:
        name: The name of the source.
        summary: One sentence.
        examples: How many there are.
        columns: What can be named in `columns`.
        inputs: What `data.inputs` is where the recipe does not say: by name, the feature type and its arguments.
        targets: The same for `data.targets`.
        ordered: Whether the examples are windows of one series, in order. They overlap, so that only a split by time
            keeps the parts apart.
        arguments: What it was asked for with.
        overlap: How many examples after it each shares something with.
    """

    name: str
    summary: str
    examples: int
    columns: tuple[Column, ...]
    inputs: Features
    targets: Features
    ordered: bool = False
    arguments: Arguments = field(default_factory=Arguments)
    overlap: int = 0

    def column(self, name: str) -> Column | None:
        """Return the column called `name`, if there is one."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True)
class Content:
    """What a set consists of under certain settings; the parts of a `BuiltInSet` that depend on them."""

    examples: int
    columns: tuple[Column, ...]
    inputs: Features
    targets: Features
    ordered: bool = False
    overlap: int = 0


@dataclass(frozen=True)
class BuiltIn:
    """A kind of built-in set.

    Attributes:
        signature: What a recipe may say of it.
        describe: Says what it consists of, from its settings.
        order: Pairs of settings of which the first must be below the second.
    """

    signature: Signature
    describe: Callable[[Arguments], Content]
    order: tuple[tuple[str, str], ...] = ()

    def arguments(self, written: Mapping[str, Value]) -> Arguments:
        """Return all settings: what is written, the default where it is not or where it was refused (None)."""
        known = self.signature.arguments.values()
        given = {argument.name: written.get(argument.name) for argument in known}
        defaults = {argument.name: cast("Value", argument.default) for argument in known}
        return Arguments({name: defaults[name] if value is None else value for name, value in given.items()})


def task(
    name: str,
    summary: str,
    arguments: tuple[Field, ...],
    describe: Callable[[Arguments], Content],
    *,
    first: str | None = None,
    order: tuple[tuple[str, str], ...] = (),
) -> BuiltIn:
    """Put a task together.

    Args:
        name: The name of the source.
        summary: One sentence.
        arguments: Its settings, each with a default.
        describe: Says what it consists of.
        first: The setting that the short form gives.
        order: Pairs of settings of which the first must be below the second.
    """
    return BuiltIn(Signature(name, summary, {one.name: one for one in arguments}, first), describe, order)


def setting(name: str, type_: Type, doc: str, default: object) -> Field:
    """Return one setting of a task; each has a default."""
    return Field(name, type_, doc, default)


def examples(default: int, doc: str = "How many there are.") -> Field:
    """Return the setting `examples`."""
    return setting("examples", Whole(minimum=1, maximum=1_000_000), doc, default)


SEED: Final = setting("seed", Whole(minimum=0, maximum=2**32 - 1), "Decides what is drawn.", 0)
"""The setting `seed`, of all tasks that draw anything."""


def same(kind: str, *names: str) -> Features:
    """Return inputs or targets of one type, each read from the column of its own name."""
    return {name: (kind, {"columns": name}) for name in names}
