"""A recipe's data, read, checked and divided: what training, evaluation and prediction work on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.data.description import describe_facts
from archcli.data.faults import Faults
from archcli.data.features import INPUTS, TARGETS
from archcli.data.sources import open_source
from archcli.data.splits import PART_NAMES, Indices, PartName, split_by_class, split_examples
from archcli.data.table import Numbers, TargetValues
from archcli.errors import DataError, Problem, RecipeError
from archcli.recipe.facts import Facts, TargetFacts
from archcli.recipe.features import read_columns
from archcli.recipe.headers import find_column_problems
from archcli.recipe.recipe import Data


@dataclass(frozen=True)
class Part:
    """The examples of one part.

    Attributes:
        inputs: Raw, by the names of the recipe: `(examples, *shape)`, float32.
        targets: Raw, by the names of the recipe: class numbers, `(examples,)`, int32, or numbers, `(examples,
            columns)`, float32.
        rows: Where each example stands in the source, from 1, `(examples,)`; a CSV's header and empty lines do not
            count.
    """

    inputs: Mapping[str, NDArray[np.float32]]
    targets: Mapping[str, NDArray[np.int32] | NDArray[np.float32]]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Dataset:
    """All examples of a recipe.

    Attributes:
        data: The recipe's section that they were read by.
        facts: What they tell.
        parts: The examples of each part; a part whose share is 0 is left out, `training` is always there.
        fingerprint: SHA-256 over names, types, shapes and values of everything that was read, before it was divided.
    """

    data: Data
    facts: Facts
    parts: Mapping[PartName, Part]
    fingerprint: str

    @property
    def training(self) -> Part:
        """The examples that are trained on."""
        return self.parts["training"]

    @property
    def validation(self) -> Part | None:
        """The examples that choose the best epoch; None where their share is 0."""
        return self.parts.get("validation")

    @property
    def test(self) -> Part | None:
        """The examples that are kept for the end; None where their share is 0."""
        return self.parts.get("test")

    @property
    def evaluated_on(self) -> PartName:
        """The part that the final figures are of: the one farthest from training that there is."""
        if "test" in self.parts:
            return "test"
        return "validation" if "validation" in self.parts else "training"

    def describe(self) -> dict[str, Any]:
        """Say what the data are, without the examples, in plain data for `data.json`.

        `archcli.data.description.facts_from_description` reads the facts back.
        """
        split = self.data.split
        return {
            "source": {self.data.source.name: dict(self.data.source.arguments)},
            "fingerprint": self.fingerprint,
            "examples": {name: len(self.parts[name]) if name in self.parts else 0 for name in PART_NAMES},
            "evaluated_on": self.evaluated_on,
            "split": {
                "validation": split.validation,
                "test": split.test,
                "stratify": split.stratify,
                "seed": split.seed,
            },
            "classes": {
                name: {
                    part_name: dict(zip(target.classes, _count(part.targets[name], target), strict=True))
                    for part_name, part in self.parts.items()
                }
                for name, target in self.facts.targets.items()
                if target.classes
            },
            "facts": describe_facts(self.facts),
        }


def load_dataset(data: Data, *, batch_size: int) -> Dataset:
    """Read, check and divide the examples of a recipe.

    Args:
        data: The recipe's section; paths in it are absolute.
        batch_size: Examples per step; there must be as many to train on.

    Raises:
        RecipeError: The recipe names columns that the source does not have, or stratifies without a category.
        DataError: The source cannot be read, a value cannot be used, there is but one class, or there are too few
            examples to divide or to train on.
    """
    problems = find_column_problems(data)
    if problems:
        raise RecipeError(*problems)
    columns = {name: read_columns(feature, name) for name, feature in [*data.inputs.items(), *data.targets.items()]}
    table = open_source(data.source, [column for group in columns.values() for column in group])
    faults = Faults()
    inputs = {name: INPUTS[feature.name].read(table, columns[name], faults) for name, feature in data.inputs.items()}
    targets = {name: TARGETS[feature.name].read(table, columns[name], faults) for name, feature in data.targets.items()}
    faults.raise_all(table)
    _check_class_counts(data, targets)
    indices = _divide(data, targets, table.examples)
    training = indices["training"]
    facts = Facts(
        {
            name: INPUTS[feature.name].fit(name, feature, columns[name], inputs[name][training])
            for name, feature in data.inputs.items()
        },
        {
            name: TARGETS[feature.name].fit(name, feature, columns[name], targets[name], training)
            for name, feature in data.targets.items()
        },
        len(training),
    )
    _check_training(data, facts, batch_size)
    parts = {name: _take(inputs, targets, rows) for name, rows in indices.items()}
    return Dataset(data, facts, parts, _fingerprint(inputs, targets))


def _divide(data: Data, targets: Mapping[str, TargetValues], examples: int) -> Mapping[PartName, Indices]:
    """Split the examples, by the classes of the first category where the recipe says so."""
    if not data.split.stratify:
        return split_examples(examples, data.split)
    first = next((name for name, target in targets.items() if target.classes), None)
    if first is None:
        message = "`stratify` shares out classes, and no target is a category"
        raise RecipeError(Problem("cannot-stratify", message, data.split.location, "write `stratify: false`"))
    numbers = targets[first].values.astype(np.int32, copy=False)
    return split_by_class(numbers, data.split, classes=targets[first].classes, target=first)


def _check_class_counts(data: Data, targets: Mapping[str, TargetValues]) -> None:
    problems = [
        Problem(
            "one-class-only",
            f"every example of `{name}` is of the class `{target.classes[0]}`, expected at least two classes",
            data.targets[name].location,
        )
        for name, target in targets.items()
        if len(target.classes) == 1
    ]
    if problems:
        raise DataError(*problems)


def _check_training(data: Data, facts: Facts, batch_size: int) -> None:
    problems = [
        Problem(
            "class-absent-from-training",
            f"class `{label}` of `{name}` has no example in the training part",
            data.targets[name].location,
            "give every part its share of each class by `stratify: true`, or split with another `seed`",
        )
        for name, target in facts.targets.items()
        for label, count in zip(target.classes, target.class_counts, strict=True)
        if not count
    ]
    if facts.training_examples < batch_size:
        message = f"{facts.training_examples} training examples do not fill a batch of {batch_size}"
        hint = f"make the batch smaller: `train.batch_size={facts.training_examples}`"
        problems.append(Problem("too-few-examples", message, data.source.location, hint))
    if problems:
        raise DataError(*problems)


def _count(class_numbers: NDArray[np.generic], target: TargetFacts) -> list[int]:
    return [int(count) for count in np.bincount(class_numbers.astype(np.int64), minlength=len(target.classes))]


def _take(inputs: Mapping[str, Numbers], targets: Mapping[str, TargetValues], indices: Indices) -> Part:
    return Part(
        {name: values[indices] for name, values in inputs.items()},
        {name: target.values[indices] for name, target in targets.items()},
        indices + 1,
    )


def _fingerprint(inputs: Mapping[str, Numbers], targets: Mapping[str, TargetValues]) -> str:
    digest = hashlib.sha256()
    read = {f"input {name}": TargetValues(values) for name, values in inputs.items()}
    read |= {f"target {name}": target for name, target in targets.items()}
    for name, column in read.items():
        # Little-endian, so that the same data have the same fingerprint on every machine.
        stored = np.ascontiguousarray(column.values, column.values.dtype.newbyteorder("<"))
        head = json.dumps([name, stored.dtype.str, stored.shape, column.classes])
        digest.update(head.encode() + b"\n")
        digest.update(stored.data)
    return digest.hexdigest()
