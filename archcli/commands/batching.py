"""`train.batch_size: auto`: the engine's search for a batch size, on the data and the model of a recipe."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import keras

from archcli.data.dataset import Part
from archcli.engine.batch_size import BatchChoice, choose_batch_size, largest_allowed
from archcli.engine.evaluation import evaluation_batch_size
from archcli.engine.memory import free_memory
from archcli.engine.settings import Settings
from archcli.engine.streaming import SHARE_OF_FREE_MEMORY
from archcli.engine.trial import Trial
from archcli.recipe.recipe import Recipe, Train

if TYPE_CHECKING:
    from archcli.commands.preparing import Prepared
    from archcli.engine.feeding import Examples


def train_settings(train: Train) -> Settings:
    """Return how a recipe wants to be trained, as the engine takes it; its batch size is a number already."""
    return Settings(
        epochs=train.epochs,
        batch_size=train.chosen_batch_size,
        seed=train.seed,
        monitor=train.monitor,
        shuffle=train.shuffle,
        early_stopping=train.early_stopping,
        mode=train.compile,
        learning_rule=train.learning_rule,
        window=train.window,
        bucket_by_length=train.bucket_by_length,
    )


def with_batch_size(recipe: Recipe, size: int) -> Recipe:
    """Return a recipe with another batch size."""
    return replace(recipe, train=replace(recipe.train, batch_size=size))


def choose_for(prepared: Prepared) -> BatchChoice:
    """Choose the batch size for a recipe by running steps on some of its examples.

    Args:
        prepared: Its data and its model; the steps change the model, which is of no use afterwards.

    Raises:
        RecipeError: The model cannot learn as asked, or a step does not fit.
        TrainingError: `out-of-memory`: not even one example at a time fits; `step-failed`.
    """
    dataset = prepared.dataset
    size = largest_allowed(len(dataset.training))
    training = prepared.examples(_first(dataset.training, size), weighted=True)
    validation = None
    placed = _count_bytes(training, of=len(dataset.training))
    if dataset.validation is not None:
        validation = prepared.examples(_first(dataset.validation, evaluation_batch_size(size)))
        placed += _count_bytes(validation, of=len(dataset.validation))
    settings = train_settings(prepared.recipe.train)
    trial = Trial(prepared.core, training, validation, settings, examples=len(dataset.training))
    free = free_memory()
    # What takes more is fed in chunks.
    left = None if free is None else free - min(placed, int(free * SHARE_OF_FREE_MEMORY))
    return choose_batch_size(trial.measure, examples=len(dataset.training), free=left)


def _first(part: Part, count: int) -> Part:
    """Return the first `count` examples of a part, or all where there are fewer."""
    inputs = {name: values[:count] for name, values in part.inputs.items()}
    return Part(inputs, {name: values[:count] for name, values in part.targets.items()}, part.rows[:count])


def _count_bytes(some: Examples, *, of: int) -> int:
    """Return what all examples of a part take on the device, told from some of them."""
    parts = (some.inputs, some.targets, () if some.sample_weight is None else some.sample_weight)
    total = sum(int(array.nbytes) for array in keras.tree.flatten(parts))
    return total * of // some.count
