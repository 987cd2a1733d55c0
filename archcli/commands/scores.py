"""Scores of a saved model on a part of the data: the same numbers for `train` and `evaluate`."""

from __future__ import annotations

from dataclasses import dataclass, field

import keras
import numpy as np
from numpy.typing import NDArray

from archcli.engine.evaluation import predict_outputs
from archcli.recipe.facts import TargetFacts
from archcli.scoring.classification import ClassScores, score_classes
from archcli.scoring.regression import score_numbers

BATCH = 1024


@dataclass(frozen=True)
class PartScores:
    """Scores of one part.

    Attributes:
        part: `training`, `validation`, `test`, or the name of a file.
        examples: How many there are.
        main: Name of the score that a person asks for first.
        scores: All scores by name.
        classes: Each class by itself; empty for numbers.
        confusion: `(classes, classes)`, rows the true class; None for numbers.
        truth: Class numbers `(examples,)` or numbers `(examples, columns)`.
        outputs: The saved model's answers, `(examples, outputs)`.
    """

    part: str
    examples: int
    main: str
    scores: dict[str, float]
    classes: tuple[ClassScores, ...] = ()
    confusion: NDArray[np.int64] | None = field(default=None, compare=False)
    truth: NDArray[np.float32] | NDArray[np.int32] | None = field(default=None, compare=False)
    outputs: NDArray[np.float32] | None = field(default=None, compare=False)


def score_part(
    model: keras.Model,
    inputs: NDArray[np.float32],
    truth: NDArray[np.float32] | NDArray[np.int32],
    target_facts: TargetFacts,
    *,
    part: str,
) -> PartScores:
    """Run a saved model on raw inputs and score its answers.

    Args:
        model: As saved: raw values in, probabilities or numbers out.
        inputs: Raw, `(examples, *shape)`.
        truth: Raw targets.
        target_facts: What the target is.
        part: What the examples are called.
    """
    outputs = predict_outputs(model, inputs, batch_size=BATCH)
    if target_facts.kind == "number":
        scores = score_numbers(truth.astype(np.float32), outputs)
        return PartScores(part, len(inputs), "r2", scores, truth=truth, outputs=outputs)
    told = score_classes(truth.astype(np.int32), outputs, target_facts.classes)
    return PartScores(
        part, len(inputs), "accuracy", told.scores, told.classes, told.confusion, truth=truth, outputs=outputs
    )
