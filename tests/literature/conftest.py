"""What the tests of the literature share: a recipe, trained as `archcli train` trains it, in this process."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from archcli.commands.answering import run_saved
from archcli.commands.preparing import Prepared
from archcli.commands.running import make_ready
from archcli.commands.scored import Scored
from archcli.commands.scores import score_part
from archcli.data.dataset import Part
from archcli.engine.progress import SilentProgress
from archcli.engine.training import Outcome, train_model
from archcli.recipe.checking import load_recipe
from archcli.recipe.gallery import find_recipe

Array = NDArray[Any]

MostSeeds = Callable[[Callable[[int], bool]], bool]
"""Says whether a check holds for most of three seeds."""


@dataclass(frozen=True)
class Trained:
    """A recipe that was trained.

    Attributes:
        prepared: The recipe, its data, and its model with the weights of the best epoch.
        outcome: What came of the training.
        model: What would be saved: raw values in, probabilities or numbers out.
    """

    prepared: Prepared
    outcome: Outcome
    model: keras.Model

    @property
    def part(self) -> Part:
        """The raw examples that scores are of: the test part, or what is nearest to it."""
        dataset = self.prepared.dataset
        return dataset.parts[dataset.evaluated_on]

    @property
    def scores(self) -> Mapping[str, float]:
        """The scores that `archcli train` would show."""
        part = self.part
        return score_part(self.model, part.inputs, part.targets, self._scored, part="test").scores

    def answer(self, inputs: Mapping[str, Array] | None = None) -> Array:
        """Return the first output for raw inputs; by default those of `part`."""
        given = self.part.inputs if inputs is None else inputs
        answers = run_saved(self.model, given, self._scored)
        return next(iter(answers.values()))

    @property
    def truth(self) -> Array:
        """The raw targets of `part`."""
        return np.asarray(next(iter(self.part.targets.values())))

    @property
    def _scored(self) -> Scored:
        return Scored.of(self.prepared.recipe.model, self.prepared.dataset.facts)


class Train(Protocol):
    """Trains a shipped recipe with overrides such as `train.epochs=5`."""

    def __call__(self, name: str, *overrides: str) -> Trained:
        """Train the recipe called `name`."""


@pytest.fixture
def train(tmp_path: Path) -> Train:
    """What `archcli train` does, without the run directory."""
    numbers = itertools.count()

    def run(name: str, *overrides: str) -> Trained:
        keras.backend.clear_session()
        ready = make_ready(load_recipe(find_recipe(name), overrides))
        outcome = train_model(
            ready.prepared.core,
            ready.training,
            ready.validation,
            ready.settings,
            callbacks=ready.callbacks,
            checkpoints=tmp_path / str(next(numbers)),
            progress=SilentProgress(),
            resume=False,
        )
        return Trained(ready.prepared, outcome, ready.prepared.compose())

    return run


@pytest.fixture
def most_seeds() -> MostSeeds:
    """Whether a check holds for most of three seeds; the third is asked only where the first two do not agree."""

    def ask(check: Callable[[int], bool]) -> bool:
        first, second = check(0), check(1)
        return first if first == second else check(2)

    return ask
