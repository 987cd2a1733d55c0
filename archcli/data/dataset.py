"""A recipe's data, read, checked and divided: what training, evaluation and prediction work on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.data.class_checks import check_class_counts, find_absent_from_parts, find_absent_from_training
from archcli.data.description import describe_facts
from archcli.data.dividing import divide_examples
from archcli.data.faults import Faults
from archcli.data.features.multilabel import count_labels
from archcli.data.features.text import index_texts
from archcli.data.fingerprint import make_fingerprint
from archcli.data.inputs import find_leaves, find_paddings, fit_inputs, read_inputs
from archcli.data.opening import open_examples, read_groups
from archcli.data.splits import PART_NAMES, Indices, PartName
from archcli.data.table import Raw
from archcli.data.targets import (
    fit_shifted_targets,
    fit_targets,
    inputs_as_targets,
    read_targets,
    shift_inputs,
    shift_targets,
)
from archcli.errors import DataError, Problem
from archcli.recipe.facts import Facts, TargetFacts
from archcli.recipe.feature_problems import settle_columns
from archcli.recipe.headers import column_error, find_column_problems
from archcli.recipe.recipe import Data


@dataclass(frozen=True)
class Part:
    """The examples of one part.

    Attributes:
        inputs: Raw, by the names of the tensors that the saved model takes (`InputFacts.leaves`): numbers, `(examples,
            *shape)`, float32; texts, `(examples, 1)`, objects. A shift is what the model takes.
        targets: Raw, by the names of the recipe: class numbers, `(examples, *shape)`, int32, -1 where there is no
            label; 1 for each label that an example has, else 0, `(examples, labels)`, int32; or numbers, `(examples,
            *shape)`, float32, NaN where there are none.
        rows: Where each example stands in the source, from 1, `(examples,)`; a CSV's header and empty lines do not
            count.
    """

    inputs: Mapping[str, Raw]
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
                "group": split.group,
                "time": split.time,
                "folds": split.folds,
                "fold": split.fold,
                "absent_classes": split.absent_classes,
                "seed": split.seed,
            },
            "classes": {
                name: {
                    part_name: dict(zip(target.classes, _count(part.targets[name], target), strict=True))
                    for part_name, part in self.parts.items()
                }
                for name, target in self.facts.targets.items()
                if target.kind in ("category", "multilabel") and target.shift_of is None
            },
            "facts": describe_facts(self.facts),
        }


def load_dataset(data: Data, *, batch_size: int, learned_inputs: Collection[str] = ()) -> Dataset:
    """Read, check and divide the examples of a recipe.

    Args:
        data: The recipe's section; paths in it are absolute.
        batch_size: Examples per step; there must be as many to train on.
        learned_inputs: Inputs of numbers that an output learns: they are targets, too.

    Raises:
        RecipeError: The recipe names columns that the source does not have, stratifies without a category, or shifts
            what has no steps.
        DataError: The source cannot be read, a value cannot be used, there is but one class, a part lacks one, or
            there are too few examples to divide or to train on.
    """
    problems = find_column_problems(data)
    if problems:
        raise column_error(problems, data.source)
    data = settle_columns(data)
    opened = open_examples(data)
    table, groups = opened.table, read_groups(opened, data)
    leaves, faults = find_leaves(data), Faults()
    raw, targets = read_inputs(table, leaves, faults), read_targets(table, data, faults)
    faults.raise_all(table)
    check_class_counts(data, targets)
    divided = divide_examples(data, targets, table.examples, groups=groups, overlap=opened.overlap)
    if opened.order is not None:
        divided = tuple({name: np.sort(opened.order[rows]) for name, rows in parts.items()} for parts in divided)
    absent = tuple(find_absent_from_parts(data, targets, divided))
    indices = divided[(data.split.fold or 1) - 1]
    paddings = find_paddings(table, leaves)
    del opened, table, groups, divided  # what was read of a large file is held once from here on
    training = indices["training"]
    fingerprint = make_fingerprint(raw, targets)
    given = fit_inputs(leaves, raw, training, paddings=paddings)
    targets |= shift_inputs(data, given, raw)
    target_facts = fit_targets(data, targets, given, training)
    given |= fit_shifted_targets(data, target_facts)
    target_facts |= inputs_as_targets(given, learned_inputs)
    target_values = {name: target.values for name, target in targets.items()}
    target_values |= {name: raw[name].astype(np.float32, copy=False) for name in learned_inputs}
    raw |= shift_targets(given, target_facts, target_values)
    facts = Facts({name: given[name] for name in data.inputs}, target_facts, len(training))
    _check_parts(data, facts, batch_size, absent)
    del targets
    parts = {name: _cut_to_inputs(facts, part) for name, part in _take(raw, target_values, indices).items()}
    return Dataset(data, facts, parts, fingerprint)


def _check_parts(data: Data, facts: Facts, batch_size: int, absent: tuple[Problem, ...]) -> None:
    problems = [*find_absent_from_training(data, facts), *absent]
    if facts.training_examples < batch_size:
        message = f"{facts.training_examples} training examples do not fill a batch of {batch_size}"
        hint = f"make the batch smaller: `train.batch_size={facts.training_examples}`"
        problems.append(Problem("too-few-examples", message, data.source.location, hint))
    if problems:
        raise DataError(*problems)


def _count(class_numbers: NDArray[np.generic], target: TargetFacts) -> list[int]:
    if target.kind == "multilabel":
        return list(count_labels(class_numbers))
    numbers = class_numbers.astype(np.int64, copy=False)
    return [int(count) for count in np.bincount(numbers[numbers >= 0], minlength=len(target.classes))]


def _cut_to_inputs(facts: Facts, part: Part) -> Part:
    """Return examples with targets that are shifts of a text no longer than the longest text among these.

    An answer is as long as that, and all examples together may have longer ones.
    """
    targets = dict(part.targets)
    for name, target in facts.targets.items():
        given = facts.inputs[target.shift_of] if target.shift_of is not None else None
        if given is not None and given.kind == "text" and given.shape[0] is None:
            texts = part.inputs[given.name].astype(np.object_)
            targets[name] = targets[name][:, : max(map(len, index_texts(given, texts)))]
    return replace(part, targets=targets)


def _take(
    raw: dict[str, Raw],
    targets: dict[str, NDArray[np.int32] | NDArray[np.float32]],
    indices: Mapping[PartName, Indices],
) -> dict[PartName, Part]:
    """Share out the examples; what is shared out is taken from `raw` and `targets`: all of it is never there twice."""

    def share(values: Any) -> dict[PartName, Any]:
        return {part: values if len(rows) == len(values) else values[rows] for part, rows in indices.items()}

    inputs = {name: share(raw.pop(name)) for name in list(raw)}
    learned = {name: share(targets.pop(name)) for name in list(targets)}
    return {
        part: Part(
            {name: shares[part] for name, shares in inputs.items()},
            {name: shares[part] for name, shares in learned.items()},
            rows + 1,
        )
        for part, rows in indices.items()
    }
