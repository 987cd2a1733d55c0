"""From a recipe to everything that training needs: data read, model built, loss and metrics tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from archcli.build.compiling import compile_model
from archcli.build.model import Built, build_model
from archcli.build.on_demand import prepare_sparingly
from archcli.build.output import check_outputs
from archcli.build.serving import compose_saved_model
from archcli.commands.batching import choose_for, with_batch_size
from archcli.commands.reading import read_data
from archcli.commands.unmasked import check_lengths
from archcli.data.dataset import Dataset, Part
from archcli.data.encoding import encode_target, weigh_labels
from archcli.engine.batch_size import BatchChoice, largest_allowed
from archcli.engine.distribution.distribution import ALONE, Distribution
from archcli.engine.feeding import Examples
from archcli.engine.seeding import seed_everything
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.recipe.filling import fill_facts
from archcli.recipe.recipe import Model, Recipe


@dataclass(frozen=True)
class Prepared:
    """A recipe that is ready to train.

    Attributes:
        recipe: The recipe, with the facts of its data filled in, and a number for the batch size.
        dataset: Its data.
        built: Its model without what surrounds it in the saved one: scaled features in, logits or scaled numbers out;
            the core is compiled.
        batch: The batch size and why it is this one, where the recipe leaves it to us; None: it is written.
    """

    recipe: Recipe
    dataset: Dataset
    built: Built
    batch: BatchChoice | None = None

    @property
    def core(self) -> keras.Model:
        """What is trained."""
        return self.built.core

    @property
    def inputs(self) -> Mapping[str, InputFacts]:
        """What goes in, by name."""
        return self.dataset.facts.inputs

    @property
    def learned(self) -> Mapping[str, TargetFacts]:
        """What each trained output learns, by the output's name."""
        return learned_targets(self.recipe.model, self.dataset.facts.targets)

    @property
    def target_facts(self) -> TargetFacts:
        """The first target: what a person asks for first."""
        return next(iter(self.learned.values()))

    def examples(self, part: Part, *, weighted: bool = False) -> Examples:
        """Turn the raw examples of a part into what the core model takes.

        Args:
            part: Raw examples.
            weighted: Whether they get the class weights of the recipe, as training examples do. Labels that are not
                there weigh nothing in either case.

        Raises:
            RecipeError: A class weight is for no class.
        """
        features = prepare_sparingly(self.inputs, part.inputs)
        targets, weights = {}, dict[str, NDArray[np.float32] | None]()
        for name, facts in self.learned.items():
            values = part.targets[facts.name]
            targets[name] = encode_target(values, facts, self.recipe.objectives[name])
            weights[name] = self._weights(values, facts, weighted=weighted)
        return Examples(_single(features), _single(targets), _by_output(weights, len(part)), self._lengths(features))

    def compose(self) -> keras.Model:
        """Put the saved model together: raw values in; probabilities, or numbers in the target's units, out."""
        targets = self.dataset.facts.targets
        outputs = self.recipe.model.outputs
        return compose_saved_model(
            self.built.whole,
            inputs=self.inputs,
            outputs={name: None if target is None else targets[target] for name, target in outputs.items()},
            objectives=self.recipe.objectives,
        )

    def _weights(
        self, values: NDArray[np.int32] | NDArray[np.float32], facts: TargetFacts, *, weighted: bool
    ) -> NDArray[np.float32] | None:
        train = self.recipe.train
        class_weight = train.class_weight if weighted and facts.classes else None
        return weigh_labels(values, facts, class_weight, train.locations)

    def _lengths(self, features: Mapping[str, NDArray[Any]]) -> NDArray[np.int64] | None:
        """Count the steps of each sequence that are not padding, of the first input that has padding."""
        padded = [(facts.padding, features[name]) for name, facts in self.inputs.items() if facts.padding is not None]
        if not padded:
            return None
        padding, values = padded[0]
        steps = values.reshape(*values.shape[:2], -1)
        is_there = (steps != np.asarray(padding, steps.dtype)).any(axis=-1)  # (examples, steps)
        lengths: NDArray[np.int64] = np.where(is_there, np.arange(1, steps.shape[1] + 1), 0).max(axis=1)
        return lengths


def learned_targets(model: Model, targets: Mapping[str, TargetFacts]) -> Mapping[str, TargetFacts]:
    """Return what each trained output of a model learns, by the output's name."""
    return {name: targets[target] for name, target in model.outputs.items() if target is not None}


def prepare(recipe: Recipe, distribution: Distribution = ALONE) -> Prepared:
    """Read the data of a recipe, build its model and try loss and metrics on it.

    Random numbers are seeded first, so that one recipe gives one model. A batch size that is left to us is chosen on a
    model that is then forgotten: what is returned is, to the last bit, what the recipe with the number in it gives.

    Args:
        recipe: The recipe; its batch size is a number where several devices train.
        distribution: Where it is to be trained.

    Raises:
        RecipeError: A layer, loss or metric does not fit, at its place in the recipe.
        DataError: The data cannot be used.
        TrainingError: The batch size is left to us, and no batch fits into memory.
    """
    if recipe.train.batch_size != "auto":
        dataset = read_data(recipe, batch_size=recipe.train.batch_size)
        with distribution.scope():
            return _build(recipe, dataset)
    dataset = read_data(recipe, batch_size=1)
    choice = choose_for(_build(with_batch_size(recipe, largest_allowed(len(dataset.training))), dataset))
    keras.backend.clear_session()  # names of layers begin anew
    return replace(_build(with_batch_size(recipe, choice.size), dataset), batch=choice)


def _build(recipe: Recipe, dataset: Dataset) -> Prepared:
    """Build and compile the model of a recipe whose data are read and whose batch size is a number."""
    filled = fill_facts(recipe, dataset.facts)
    seed_everything(recipe.train.seed, deterministic=recipe.train.deterministic)
    built = build_model(filled.model, inputs=dataset.facts.inputs)
    learned = learned_targets(filled.model, dataset.facts.targets)
    check_outputs(built, filled.model, filled.objectives, learned)
    check_lengths(built, filled.model, dataset)
    compile_model(built, filled.train, filled.objectives, learned)
    return Prepared(filled, dataset, built)


def _single(arrays: Mapping[str, Any]) -> Any:
    """Return the only one, or all by name."""
    return next(iter(arrays.values())) if len(arrays) == 1 else dict(arrays)


def _by_output(weights: Mapping[str, NDArray[np.float32] | None], examples: int) -> Any:
    """Return weights as Keras takes them: for all outputs or for none."""
    if all(weight is None for weight in weights.values()):
        return None
    ones = np.ones(examples, np.float32)
    return _single({name: ones if weight is None else weight for name, weight in weights.items()})
