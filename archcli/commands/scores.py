"""Scores of a saved model on a part of the data: the same numbers for `train` and `evaluate`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from archcli.commands.answering import answer, answers_on_demand, fed_back, run_saved
from archcli.commands.scored import Scored
from archcli.recipe.facts import TargetFacts
from archcli.scoring.calibration import Calibration
from archcli.scoring.classification import ClassScores, score_classes, told_classes
from archcli.scoring.labels import known_numbers, labelled_places, sequence_accuracy
from archcli.scoring.multilabel import score_labels
from archcli.scoring.names import CLASS_SCORES, LABEL_SCORES, NUMBER_SCORES, SEQUENCE_SCORES
from archcli.scoring.ranking import Ranking
from archcli.scoring.regression import score_numbers


@dataclass(frozen=True)
class OutputScores:
    """Scores of one output.

    Attributes:
        output: Its name.
        target: What it learns.
        name: What its scores are called after: the target where this is its answer, else the output.
        main: The score that a person asks for first.
        scores: All scores by name; what is not defined is left out.
        notes: What is left out, and why; sentences without a full stop.
        classes: Each class by itself; empty for numbers.
        confusion: `(classes, classes)`, rows the true class; None for numbers, and where several labels may be right.
        rankings: The curves of each class or label; empty for numbers.
        calibration: How often it is right, by how sure it is; None but for classes.
        truth: The whole target, as in `archcli.data.dataset.Part`.
        outputs: The saved model's answers to it, `(examples, ...)`; very many are made anew when some are taken.
    """

    output: str
    target: TargetFacts
    name: str
    main: str
    scores: Mapping[str, float]
    notes: tuple[str, ...] = ()
    classes: tuple[ClassScores, ...] = ()
    confusion: NDArray[np.int64] | None = field(default=None, compare=False)
    rankings: tuple[Ranking | None, ...] = field(default=(), compare=False)
    calibration: Calibration | None = field(default=None, compare=False)
    truth: NDArray[Any] = field(default_factory=lambda: np.zeros(0), compare=False)
    outputs: NDArray[Any] = field(default_factory=lambda: np.zeros(0), compare=False)

    def called(self, score: str) -> str:
        """Return what a score of this output is called among those of all."""
        return f"{self.name}.{score}" if self.name else score


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
        many = answers_on_demand(model, inputs, scored)
        answers: Mapping[str, Any] = run_saved(model, inputs, scored) if many is None else {many.output: many}
        return score_answers(answers, truth, scored, part=part)
    taught = score_answers(run_saved(model, inputs, scored), truth, scored, part=part)
    if not free:
        return taught
    freely = score_answers(answer(model, inputs, scored), truth, scored, part=part)
    read = {facts.shift_of for facts in shifts.values()}
    own = {
        one.called(f"free_{score}"): value
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
        outputs.append(score_output(name, target, called, truth[target.name], answers[name]))
    flat = {one.called(score): value for one in outputs for score, value in one.scores.items()}
    examples = len(next(iter(answers.values())))
    return PartScores(part, examples, outputs[0].called(outputs[0].main), flat, tuple(outputs))


def possible_scores(scored: Scored) -> tuple[str, ...]:
    """Return the names of all scores that a saved model may get, those left out where undefined among them."""
    several = len({target.name for target in scored.learned.values()}) > 1
    read = {facts.shift_of for facts in fed_back(scored).values()}
    names: list[str] = []
    answered: set[str] = set()
    for output, target in scored.learned.items():
        prefix = f"{output}." if target.name in answered else f"{target.name}." if several else ""
        answered.add(target.name)
        scores = _score_names(target)
        names += [f"{prefix}{score}" for score in scores]
        names += [f"{prefix}free_{score}" for score in scores if target.name in read]
    return tuple(names)


def score_output(
    output: str, target: TargetFacts, name: str, truth: NDArray[Any], answers: NDArray[Any]
) -> OutputScores:
    """Score the answers of one output.

    Args:
        output: Its name.
        target: What it learns.
        name: What its scores are called after; empty: they are called as they are.
        truth: The raw target, `(examples, ...)`.
        answers: As the saved model gives them, `(examples, ...)`.
    """
    main = _score_names(target)[0]
    if not target.classes:
        expected, given = known_numbers(truth, answers)
        if not len(expected):
            return _nothing_there(output, target, name, main)
        numbers = score_numbers(expected, given)
        main = main if main in numbers.scores else "mae"
        return OutputScores(output, target, name, main, numbers.scores, numbers.notes, truth=truth, outputs=answers)
    if target.kind == "multilabel":
        told = score_labels(truth, answers, target.classes)
        main = main if main in told.scores else "subset_accuracy"
        return OutputScores(
            *(output, target, name, main, told.scores, told.notes, told.labels),
            rankings=told.rankings,
            truth=truth,
            outputs=answers,
        )
    labels, chances = labelled_places(truth, answers)
    if not len(labels):
        return _nothing_there(output, target, name, main)
    classified = score_classes(labels, chances, target.classes)
    scores = classified.scores
    if truth.ndim == 2:
        whole = sequence_accuracy(truth, told_classes(answers))
        scores |= {} if whole is None else {"sequence_accuracy": whole}
    return OutputScores(
        *(output, target, name, main, scores, classified.notes, classified.classes, classified.confusion),
        rankings=classified.rankings,
        calibration=classified.calibration,
        truth=truth,
        outputs=answers,
    )


def _nothing_there(output: str, target: TargetFacts, name: str, main: str) -> OutputScores:
    return OutputScores(output, target, name, main, {}, (f"no example has a `{target.name}`: there is no score",))


def _score_names(target: TargetFacts) -> tuple[str, ...]:
    """Return the names of the scores of a target, the main one first."""
    if not target.classes:
        return NUMBER_SCORES
    if target.kind == "multilabel":
        return LABEL_SCORES
    return SEQUENCE_SCORES if len(target.shape) == 1 else CLASS_SCORES
