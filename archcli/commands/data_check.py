"""Look through the data of a recipe: counts, figures of each column, and what a person should look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archcli.commands.check import check
from archcli.commands.reading import read_data
from archcli.data.audit.auditing import Audit, audit_dataset
from archcli.recipe.recipe import Data


@dataclass(frozen=True)
class DataReport:
    """What the data of a recipe are.

    Attributes:
        path: The recipe's file.
        recipe: The recipe's name.
        data: The recipe's section that the data were read by.
        audit: What was found.
    """

    path: Path
    recipe: str
    data: Data
    audit: Audit


def check_data(text: str, overrides: Sequence[str] = ()) -> DataReport:
    """Read and divide the data of a recipe as training does, and look through them; no model is built.

    Args:
        text: A path, or the name of a shipped recipe.
        overrides: Changes such as `data.split.seed=1`.

    Raises:
        RecipeError, DataError: As in training.
    """
    checked = check(text, overrides)
    recipe = checked.recipe
    batch_size = recipe.train.batch_size
    dataset = read_data(recipe, batch_size=1 if batch_size == "auto" else batch_size)
    return DataReport(checked.path, recipe.name, dataset.data, audit_dataset(dataset))
