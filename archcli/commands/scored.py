"""What a saved model takes and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from archcli.recipe.facts import Facts, InputFacts, TargetFacts
from archcli.recipe.recipe import Model
from archcli.scoring.classification import class_probabilities


@dataclass(frozen=True)
class Scored:
    """What a saved model takes and answers.

    Attributes:
        inputs: By name.
        outputs: What each output learns, by its name; None: it is only written out.
    """

    inputs: Mapping[str, InputFacts]
    outputs: Mapping[str, TargetFacts | None]

    @classmethod
    def of(cls, model: Model, facts: Facts) -> Scored:
        """Describe the saved model of a recipe's model and the facts of its data."""
        targets = facts.targets
        return cls(facts.inputs, {name: None if of is None else targets[of] for name, of in model.outputs.items()})

    @property
    def learned(self) -> Mapping[str, TargetFacts]:
        """What each trained output learns, by its name."""
        return {name: target for name, target in self.outputs.items() if target is not None}


def told_classes(answers: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the class of the largest score, `(examples, *places)`, of `(examples, *places, scores)`."""
    told: NDArray[np.int64] = class_probabilities(answers).argmax(axis=-1)
    return told
