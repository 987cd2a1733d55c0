"""From a recipe to everything that training needs: data read, model built, loss and metrics tried."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from archcli.build.compiling import compile_model
from archcli.build.model import build_model
from archcli.build.output import check_output
from archcli.build.serving import build_preprocessing, compose_saved_model
from archcli.data.dataset import Dataset, Part, load_dataset
from archcli.data.encoding import encode_target, weigh_examples
from archcli.engine.evaluation import predict_outputs
from archcli.engine.feeding import Examples
from archcli.engine.seeding import seed_everything
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.recipe.filling import fill_facts
from archcli.recipe.recipe import Recipe

INFERENCE_BATCH = 1024
"""Examples a step where nothing is learned: many, since no gradient is kept."""


@dataclass(frozen=True)
class Prepared:
    """A recipe that is ready to train.

    Attributes:
        recipe: The recipe, with the facts of its data filled in.
        dataset: Its data.
        core: The model without what surrounds it in the saved one: scaled features in, logits or scaled numbers out;
            compiled.
    """

    recipe: Recipe
    dataset: Dataset
    core: keras.Model

    @property
    def input_facts(self) -> InputFacts:
        """The only input."""
        return next(iter(self.dataset.facts.inputs.values()))

    @property
    def target_facts(self) -> TargetFacts:
        """The only target."""
        return next(iter(self.dataset.facts.targets.values()))

    def examples(self, part: Part, *, weighted: bool = False) -> Examples:
        """Turn the raw examples of a part into what the core model takes.

        Args:
            part: Raw examples.
            weighted: Whether they get the class weights of the recipe, as training examples do.

        Raises:
            RecipeError: A class weight is for no class.
        """
        raw, target = part.inputs[self.input_facts.name], part.targets[self.target_facts.name]
        preprocessing = build_preprocessing(self.input_facts)
        features: NDArray[np.float32] = (
            raw if preprocessing is None else predict_outputs(preprocessing, raw, batch_size=INFERENCE_BATCH)
        )
        train = self.recipe.train
        weights = (
            weigh_examples(target, self.target_facts, train.class_weight, train.locations)
            if weighted and train.class_weight is not None
            else None
        )
        return Examples(
            features, encode_target(target, self.target_facts, next(iter(self.recipe.objectives.values()))), weights
        )

    def compose(self) -> keras.Model:
        """Put the saved model together: raw values in; probabilities, or numbers in the target's units, out."""
        return compose_saved_model(
            self.core,
            input_facts=self.input_facts,
            target_facts=self.target_facts,
            objective=next(iter(self.recipe.objectives.values())),
        )


def prepare(recipe: Recipe) -> Prepared:
    """Read the data of a recipe, build its model and try loss and metrics on it.

    Random numbers are seeded first, so that one recipe gives one model.

    Raises:
        RecipeError: A layer, loss or metric does not fit, at its place in the recipe.
        DataError: The data cannot be used.
    """
    dataset = load_dataset(recipe.data, batch_size=recipe.train.batch_size)
    filled = fill_facts(recipe, dataset.facts)
    seed_everything(recipe.train.seed, deterministic=recipe.train.deterministic)
    input_facts = next(iter(dataset.facts.inputs.values()))
    target_facts = next(iter(dataset.facts.targets.values()))
    core = build_model(filled.model, input_facts=input_facts)
    check_output(core, filled.model, next(iter(filled.objectives.values())), target_facts)
    compile_model(core, filled.train, next(iter(filled.objectives.values())), target_facts)
    return Prepared(filled, dataset, core)
