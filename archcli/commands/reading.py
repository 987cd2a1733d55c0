"""The data of a recipe, read as training reads them; TensorFlow is needed for its own records alone."""

from __future__ import annotations

import sys
from dataclasses import replace

from archcli.data.dataset import Dataset, load_dataset
from archcli.engine.quiet import start_tensorflow
from archcli.recipe.recipe import Recipe


def read_data(recipe: Recipe, *, batch_size: int, is_trained: bool = False) -> Dataset:
    """Read the data of a recipe; an input that is learned as it is, as an autoencoder does, is a target, too.

    Args:
        recipe: The recipe.
        batch_size: Examples per step; there must be as many to train on.
        is_trained: Whether a run has been trained on them: classes that a part lacks are then no reason to refuse them.

    Raises:
        RecipeError, DataError: The data cannot be used.
    """
    if recipe.data.source.name == "tfrecord" and "tensorflow" not in sys.modules:
        start_tensorflow()  # it writes about the machine where it is imported otherwise
    data, targets = recipe.data, recipe.data.targets
    if is_trained:
        data = replace(data, split=replace(data.split, absent_classes="allow"))
    learned = [name for name, of in targets.items() if of.name == "shift" and of.arguments.get("by") == 0]
    read = {name: of for name, of in targets.items() if name not in learned}
    return load_dataset(replace(data, targets=read), batch_size=batch_size, learned_inputs=learned)
