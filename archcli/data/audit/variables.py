"""What is looked at: each column of the inputs and targets, of every part, in one of four forms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from archcli.data.dataset import Dataset
from archcli.data.features.numeric import is_padding
from archcli.data.features.text import cut_text
from archcli.data.splits import PartName
from archcli.recipe.facts import InputFacts, Split, Standardize, TargetFacts

Arrays = Mapping[PartName, NDArray[Any]]
Role = Literal["input", "target"]
Holds = Literal["numbers", "classes", "flags", "texts"]


@dataclass(frozen=True)
class Variable:
    """A column or array of the data, as the recipe reads it.

    Attributes:
        name: What the data call it.
        owner: The input or target that is read from it.
        role: Which of the two that is.
        kind: Its type, as the recipe writes it.
        holds: What `parts` hold.
        shape: Of one example; `()` for one value, None for a size that differs.
        parts: The examples of each part. Numbers: `(examples, *shape)`, float32, NaN where there is none. Classes:
            `(examples, *shape)`, int32, by their place in `classes`, -1 where there is none. Flags: `(examples,
            classes)`, 1 for each class that an example has. Texts: as classes, `(examples,)`.
        classes: The different labels, categories or texts of all parts, in the order of their numbers.
        lengths: How many steps, words or characters each example of each part has; None: all are as long.
    """

    name: str
    owner: str
    role: Role
    kind: str
    holds: Holds
    shape: tuple[int | None, ...]
    parts: Arrays
    classes: tuple[str, ...] = ()
    lengths: Arrays | None = None

    @property
    def training(self) -> NDArray[Any]:
        """The examples that are trained on."""
        return self.parts["training"]

    @property
    def is_single(self) -> bool:
        """Whether an example has one number or one class of it."""
        return not self.shape and self.holds in ("numbers", "classes")

    def count_missing(self, part: PartName) -> int:
        """Count the examples of a part that have no value; the end of a short sequence is no missing value."""
        values = self.parts[part]
        match self.holds:
            case "texts" | "classes":
                return int((values < 0).sum()) if values.ndim == 1 else 0
            case "flags":
                return int((values.sum(axis=1) == 0).sum())
            case _:
                lengths = None if self.lengths is None else self.lengths[part]
                if lengths is None:
                    return int(_any_nan(values).sum())
                # Of a target a step without a number is one without a label.
                return int(_any_gap(values, lengths).sum()) if self.role == "input" else 0

    def count_classes(self, part: PartName) -> NDArray[np.int64]:
        """Count how often each class is in a part, at all steps or points; of flags, how many examples have it."""
        values = self.parts[part]
        if self.holds == "flags":
            counted: NDArray[np.int64] = values.sum(axis=0, dtype=np.int64)
            return counted
        return np.bincount(values[values >= 0].astype(np.int64, copy=False), minlength=len(self.classes))


def list_variables(dataset: Dataset) -> tuple[Variable, ...]:
    """List the columns of all inputs and targets; a shift and an input that is learned as it is are read from none."""
    facts = dataset.facts
    inputs = [
        variable
        for given in facts.inputs.values()
        for leaf in given.leaves
        if leaf.kind != "shift"
        for variable in _of_input(dataset, given.name, leaf)
    ]
    targets = [
        variable
        for target in facts.targets.values()
        if target.name not in facts.inputs
        for variable in _of_target(dataset, target)
    ]
    return (*inputs, *targets)


def number_texts(parts: Arrays) -> tuple[dict[PartName, NDArray[np.int32]], tuple[str, ...]]:
    """Number the different texts of all parts in the order in which they come; an empty one is -1."""
    numbers = defaultdict[str, int]()
    numbers.default_factory = numbers.__len__
    numbers[""] = 0
    numbered = {
        part: np.fromiter(map(numbers.__getitem__, values.ravel().tolist()), np.int32, values.size) - np.int32(1)
        for part, values in parts.items()
    }
    return numbered, tuple(numbers)[1:]


def _of_input(dataset: Dataset, owner: str, leaf: InputFacts) -> Iterator[Variable]:
    parts = {part: of.inputs[leaf.name] for part, of in dataset.parts.items()}
    name = leaf.columns[0] if len(leaf.columns) == 1 else owner
    training = parts["training"]
    if training.dtype == np.object_:
        numbered, words = number_texts(parts)
        if leaf.kind == "category":
            yield Variable(name, owner, "input", leaf.kind, "classes", (), numbered, words)
        elif leaf.split is None:
            yield Variable(name, owner, "input", leaf.kind, "texts", (), numbered, words)
        else:
            counts = _count_symbols(words, leaf.split, leaf.standardize)
            lengths = {part: counts[numbers] for part, numbers in numbered.items()}  # that of no text is the last
            yield Variable(name, owner, "input", leaf.kind, "texts", (None,), numbered, words, lengths)
        return
    steps: dict[PartName, NDArray[np.int64]] | None = None
    if leaf.raw_padding is not None:
        parts = {part: _unpad(values, leaf.raw_padding) for part, values in parts.items()}
    if leaf.raw_padding is not None or leaf.kind == "sequence":
        steps = {part: _count_steps(values) for part, values in parts.items()}
    shape = _with_free_steps(training.shape[1:], steps)
    yield from _split_columns(Variable(name, owner, "input", leaf.kind, "numbers", shape, parts, (), steps), leaf)


def _of_target(dataset: Dataset, target: TargetFacts) -> Iterator[Variable]:
    parts = {part: of.targets[target.name] for part, of in dataset.parts.items()}
    name = target.columns[0] if len(target.columns) == 1 else target.name
    kind = dataset.data.targets[target.name].name if target.name in dataset.data.targets else target.kind
    lengths = None
    if target.padded and parts["training"].ndim > 1:
        lengths = {part: _count_steps(_as_numbers(values)) for part, values in parts.items()}
    shape = _with_free_steps(parts["training"].shape[1:], lengths)
    if target.kind == "multilabel":
        yield Variable(name, target.name, "target", kind, "flags", shape, parts, target.classes)
    elif target.kind == "number":
        whole = Variable(name, target.name, "target", kind, "numbers", shape, parts, (), lengths)
        yield from _split_columns(whole, target)
    else:
        yield Variable(name, target.name, "target", kind, "classes", shape, parts, target.classes, lengths)


def _split_columns(variable: Variable, facts: InputFacts | TargetFacts) -> Iterator[Variable]:
    """Yield a variable for each column where there are as many as numbers along the last axis; else the whole."""
    width = variable.training.shape[-1] if variable.training.ndim > 1 else 0
    if width != len(facts.columns) or variable.training.ndim > 3:
        yield variable
        return
    for index, column in enumerate(facts.columns):
        parts = {part: values[..., index] for part, values in variable.parts.items()}
        yield Variable(
            column,
            variable.owner,
            variable.role,
            variable.kind,
            "numbers",
            variable.shape[:-1],
            parts,
            lengths=variable.lengths,
        )


def _with_free_steps(shape: tuple[int, ...], lengths: Arrays | None) -> tuple[int | None, ...]:
    return shape if lengths is None or not shape else (None, *shape[1:])


def _unpad(values: NDArray[Any], padding: float) -> NDArray[Any]:
    """Return numbers with NaN for what is padding."""
    numbers = values.astype(np.float32)
    numbers[is_padding(numbers, padding)] = np.nan
    return numbers


def _as_numbers(values: NDArray[Any]) -> NDArray[Any]:
    """Return class numbers as numbers, NaN where there is no class."""
    return np.where(values < 0, np.float32(np.nan), values) if values.dtype.kind == "i" else values


def _count_steps(values: NDArray[Any]) -> NDArray[np.int64]:
    """Count the steps of each sequence, `(examples, steps, *shape)`, up to the last that is not padding."""
    steps = values.reshape(*values.shape[:2], -1)
    is_there = ~np.isnan(steps).all(axis=-1)
    lengths: NDArray[np.int64] = np.where(is_there, np.arange(1, steps.shape[1] + 1), 0).max(axis=1)
    return lengths


def _count_symbols(texts: Sequence[str], split: Split, standardize: Standardize | None) -> NDArray[np.int64]:
    """Count the words or characters of each text, as the recipe cuts it, and those of no text at the end."""
    counts = (len(cut_text(text, split, standardize)) for text in texts)
    return np.array([*counts, 0], np.int64)


def _any_nan(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell of each example whether any of its numbers is missing."""
    if values.dtype.kind != "f":
        return np.zeros(len(values), np.bool_)
    missing: NDArray[np.bool_] = np.isnan(values).reshape(len(values), -1).any(axis=1)
    return missing


def _any_gap(values: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell of each sequence, `(examples, steps, *shape)`, whether a number before its end is missing."""
    if values.dtype.kind != "f":
        return np.zeros(len(values), np.bool_)
    missing = np.isnan(values).reshape(*values.shape[:2], -1).any(axis=-1)
    gaps: NDArray[np.bool_] = (missing & (np.arange(values.shape[1]) < lengths[:, np.newaxis])).any(axis=1)
    return gaps
