"""Scores of a saved model on a part of the data: the same numbers for `train` and `evaluate`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from archcli.commands.answering import answer, fed_back, run_saved
from archcli.commands.scored import Scored, told_classes
from archcli.recipe.facts import TargetFacts
from archcli.scoring.classification import ClassScores, score_classes
from archcli.scoring.labels import known_numbers, labelled_places, sequence_accuracy
from archcli.scoring.multilabel import score_labels
from archcli.scoring.regression import score_numbers


@dataclass(frozen=True)
class OutputScores:
    """Scores of one output.

    Attributes:
        output: Its name.
        target: What it learns.
        name: What its scores are called after: the target where this is its answer, else the output.
        main: The score that a person asks for first.
        scores: All scores by name.
        classes: Each class by itself; empty for numbers.
        confusion: `(classes, classes)`, rows the true class; None for numbers, and where several labels may be right.
        truth: Of the labels or numbers that are there: class numbers, `(labels,)`, or numbers, `(rows, columns)`; None
            where several labels may be right.
        outputs: The saved model's answers to them, `(labels, scores)` or `(rows, columns)`.
    """

    output: str
    target: TargetFacts
    name: str
    main: str
    scores: Mapping[str, float]
    classes: tuple[ClassScores, ...] = ()
    confusion: NDArray[np.int64] | None = field(default=None, compare=False)
    truth: NDArray[Any] | None = field(default=None, compare=False)
    outputs: NDArray[np.float32] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class PartScores:
    """Scores of one part.

    Attributes:
        part: `training`, `validation`, `test`, or the name of a file.
        examples: How many there are.
        main: Name of the score that a person asks for first.
        scores: All scores by name: those of several targets as `kind.accuracy`, those of an output that is not its
            target's answer as `from_past.accuracy`.
        outputs: Each output by itself, the answers to the targets first.
    """

    part: str
    examples: int
    main: str
    scores: dict[str, float]
    outputs: tuple[OutputScores, ...] = ()

    @property
    def first(self) -> OutputScores:
        """The answer to the first target."""
        return self.outputs[0]

    @property
    def answers(self) -> tuple[OutputScores, ...]:
        """The output of each target that is its answer."""
        seen: dict[str, OutputScores] = {}
        for scored in self.outputs:
            seen.setdefault(scored.target.name, scored)
        return tuple(seen.values())


def score_part(
    model: keras.Model,
    inputs: Mapping[str, NDArray[Any]],
    truth: Mapping[str, NDArray[Any]],
    scored: Scored,
    *,
    part: str,
    free: bool = True,
) -> PartScores:
    """Run a saved model on raw inputs and score its answers.

    Args:
        model: As saved: raw values in, probabilities or numbers out.
        inputs: Raw, by the names of the model's inputs.
        truth: Raw targets, by name.
        scored: What the model takes and answers.
        part: What the examples are called.
        free: Whether a model that reads its own answers is scored on these, too, and not only with the truth in their
            place: `free_accuracy` beside `accuracy`.
    """
    shifts = fed_back(scored)
    if not shifts:
        return score_answers(run_saved(model, inputs, scored), truth, scored, part=part)
    taught = score_answers(run_saved(model, inputs, scored), truth, scored, part=part)
    if not free:
        return taught
    freely = score_answers(answer(model, inputs, scored), truth, scored, part=part)
    read = {facts.shift_of for facts in shifts.values()}
    own = {
        _flat(one, f"free_{score}"): value
        for one in freely.outputs
        if one.target.name in read
        for score, value in one.scores.items()
    }
    return replace(taught, scores={**taught.scores, **own})


def score_answers(
    answers: Mapping[str, NDArray[Any]], truth: Mapping[str, NDArray[Any]], scored: Scored, *, part: str
) -> PartScores:
    """Score the answers of a saved model.

    Args:
        answers: By the outputs' names.
        truth: Raw targets, by name.
        scored: What the model takes and answers.
        part: What the examples are called.
    """
    several = len({target.name for target in scored.learned.values()}) > 1
    outputs: list[OutputScores] = []
    answered: set[str] = set()
    for name, target in scored.learned.items():
        if target.name not in truth:
            continue
        called = name if target.name in answered else target.name if several else ""
        answered.add(target.name)
        outputs.append(_score_output(name, target, called, truth[target.name], answers[name]))
    flat = {_flat(one, score): value for one in outputs for score, value in one.scores.items()}
    examples = len(next(iter(answers.values())))
    return PartScores(part, examples, _flat(outputs[0], outputs[0].main), flat, tuple(outputs))


def _flat(scored: OutputScores, score: str) -> str:
    return f"{scored.name}.{score}" if scored.name else score


def _score_output(
    output: str, target: TargetFacts, name: str, truth: NDArray[Any], answers: NDArray[np.float32]
) -> OutputScores:
    if not target.classes:
        expected, given = known_numbers(truth, answers)
        scores = score_numbers(expected.astype(np.float32), given)
        return OutputScores(output, target, name, "r2", scores, truth=expected, outputs=given)
    if target.kind == "multilabel":
        told = score_labels(truth, answers, target.classes)
        return OutputScores(output, target, name, "f1_micro", told.scores, told.labels)
    labels, chances = labelled_places(truth, answers)
    classified = score_classes(labels.astype(np.int32), chances, target.classes)
    scores = classified.scores
    if truth.ndim == 2:
        scores = {**scores, "sequence_accuracy": sequence_accuracy(truth, told_classes(answers))}
    return OutputScores(
        output, target, name, "accuracy", scores, classified.classes, classified.confusion, labels, chances
    )
