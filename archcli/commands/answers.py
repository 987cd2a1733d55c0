"""The answers of a saved model as columns of a table, in the target's own terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.commands.scored import Scored
from archcli.recipe.facts import END, PADDING, TargetFacts
from archcli.scoring.classification import class_probabilities
from archcli.scoring.multilabel import told_labels

Cell = int | float | str
DECIMALS = 6
"""Of a probability, as it is written."""


@dataclass(frozen=True, eq=False)
class ClassColumn:
    """A class for each example.

    Attributes:
        numbers: Which of the names, `(examples,)`.
        names: Of all classes.
    """

    numbers: NDArray[np.int64]
    names: tuple[str, ...]

    def cells(self) -> list[Cell]:
        """Return a name for each example."""
        return [self.names[number] for number in self.numbers.tolist()]


@dataclass(frozen=True, eq=False)
class NumberColumn:
    """A number for each example, `(examples,)`, which has the digits that its type has."""

    values: NDArray[np.int64] | NDArray[np.float32] | NDArray[np.float64]

    def cells(self) -> list[Cell]:
        """Return a number for each example."""
        if self.values.dtype == np.float32:
            return [_plain(number) for number in self.values]
        numbers: list[Cell] = self.values.tolist()
        return numbers


@dataclass(frozen=True, eq=False)
class TextColumn:
    """A text for each example."""

    texts: list[str]

    def cells(self) -> list[Cell]:
        """Return a text for each example."""
        return list(self.texts)


AnswerColumn = ClassColumn | NumberColumn | TextColumn


def answer_table(answers: Mapping[str, NDArray[Any]], scored: Scored) -> dict[str, AnswerColumn]:
    """Return the columns of a table of answers, by their names.

    One label an example: the class, then the probability of each. Several labels: those more likely than not, joined by
    what stands between them in the data, then the probability of each. A label at each step: one column, the steps
    joined by blanks. A text: the text up to its end. Numbers: a column each, or at several steps one column for each of
    them, the steps joined by blanks.

    Args:
        answers: `(examples, ...)`, by the outputs' names.
        scored: What the model answers.
    """
    table: dict[str, AnswerColumn] = {}
    names = column_names(scored)
    several = len(scored.outputs) > 1
    for output, target in scored.outputs.items():
        name, given = names[output], answers[output]
        if target is None:
            columns = _number_columns(given, name, ())
        elif target.kind == "text":
            columns = {name: _texts(given, target)}
        elif target.kind == "multilabel":
            columns = _label_columns(given, target, name, prefix=f"{name}: " if several else "")
        elif target.classes:
            columns = _class_columns(given, target, name, prefix=f"{name}: " if several else "")
        else:
            columns = _number_columns(given, name, target.columns if name == target.name else ())
        table |= columns
    return table


def column_names(scored: Scored) -> dict[str, str]:
    """Return what the answer of each output is called: as its target, or as the output that is not the first."""
    names: dict[str, str] = {}
    for output, target in scored.outputs.items():
        name = output if target is None else target.name
        names[output] = output if name in names.values() else name
    return names


def _class_columns(answers: NDArray[Any], target: TargetFacts, name: str, *, prefix: str) -> dict[str, AnswerColumn]:
    shares = class_probabilities(answers)
    told = shares.argmax(axis=-1)
    if told.ndim > 1:
        return {name: TextColumn([" ".join(target.classes[number] for number in row.ravel()) for row in told])}
    columns: dict[str, AnswerColumn] = {name: ClassColumn(told, target.classes)}
    return columns | _probabilities(shares, target, prefix)


def _label_columns(answers: NDArray[Any], target: TargetFacts, name: str, *, prefix: str) -> dict[str, AnswerColumn]:
    glue = target.separator or ""
    texts = [glue.join(compress(target.classes, row)) for row in told_labels(answers)]
    columns: dict[str, AnswerColumn] = {name: TextColumn(texts)}
    return columns | _probabilities(answers, target, prefix)


def _probabilities(shares: NDArray[Any], target: TargetFacts, prefix: str) -> dict[str, AnswerColumn]:
    rounded = shares.astype(np.float64).round(DECIMALS)
    return {
        f"{prefix}probability of {label}": NumberColumn(rounded[:, number])
        for number, label in enumerate(target.classes)
    }


def _number_columns(answers: NDArray[Any], name: str, columns: tuple[str, ...]) -> dict[str, AnswerColumn]:
    given = answers.reshape(len(answers), -1) if answers.ndim <= 2 else answers
    count = given.shape[-1]
    names = columns if len(columns) == count > 1 else [f"{name} {index}" for index in range(count)]
    names = [name] if count == 1 else names
    if given.ndim == 2:
        return {one: NumberColumn(given[:, index]) for index, one in enumerate(names)}
    places = given.reshape(len(given), -1, count)
    return {
        one: TextColumn([" ".join(str(_plain(number)) for number in row) for row in places[:, :, index]])
        for index, one in enumerate(names)
    }


def _texts(answers: NDArray[Any], target: TargetFacts) -> TextColumn:
    """Return each text up to its end."""
    glue = " " if target.split == "word" else ""
    told = class_probabilities(answers).argmax(axis=-1)
    return TextColumn([glue.join(_until_end([target.classes[number] for number in row])) for row in told])


def _until_end(symbols: list[str]) -> list[str]:
    said = symbols[: symbols.index(END)] if END in symbols else symbols
    return [symbol for symbol in said if symbol != PADDING]


def _plain(number: np.floating[Any]) -> float:
    """Return a number with the digits that its type has."""
    return float(str(number))
