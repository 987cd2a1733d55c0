"""What the data tell the rest of the program: names, shapes, classes and fitted numbers, without the examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class InputFacts:
    """One input of the model.

    Attributes:
        name: The name that the recipe gives it.
        shape: Shape of one example as the model takes it, without the batch; None: differs from example to example.
        columns: The source's columns (or array) that it is read from, in order.
        scale: Fitted on the training examples: what a raw value is multiplied by, one number, or one for each
            index of the last axis; None where the raw values go in as they are.
        offset: What is added after that; None together with `scale`.
        dtype: What the model takes: numbers, or indices.
        vocabulary: How many different indices there are; None: it holds no indices.
        padding: What the steps after the end of a short sequence hold; None: all are as long.
    """

    name: str
    shape: tuple[int | None, ...]
    columns: tuple[str, ...]
    scale: tuple[float, ...] | None = None
    offset: tuple[float, ...] | None = None
    dtype: Literal["float32", "int32"] = "float32"
    vocabulary: int | None = None
    padding: float | None = None


@dataclass(frozen=True)
class TargetFacts:
    """One target.

    Attributes:
        name: The name that the recipe gives it.
        kind: `category` (a class per example) or `number`.
        shape: Shape of one example's raw target without the batch: `()` for a category, `(columns,)` for numbers.
        columns: The source's columns (or array) that it is read from, in order.
        classes: Label of each class, sorted, as text; empty for numbers.
        class_counts: How many training examples each class has; empty for numbers.
        scale: The standard deviations that numbers are divided by for training, one a column; None: as they are.
        offset: The means that were subtracted before; None together with `scale`.
    """

    name: str
    kind: Literal["category", "number"]
    shape: tuple[int, ...]
    columns: tuple[str, ...]
    classes: tuple[str, ...] = ()
    class_counts: tuple[int, ...] = ()
    scale: tuple[float, ...] | None = None
    offset: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Facts:
    """Everything that the data tell.

    Attributes:
        inputs: By name, in the recipe's order.
        targets: By name, in the recipe's order.
        training_examples: How many examples the training part has.
    """

    inputs: Mapping[str, InputFacts]
    targets: Mapping[str, TargetFacts]
    training_examples: int
