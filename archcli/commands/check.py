"""Check a recipe without training it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archcli.recipe.checking import load_recipe
from archcli.recipe.gallery import find_recipe
from archcli.recipe.recipe import Recipe


@dataclass(frozen=True)
class CheckReport:
    """What a checked recipe says.

    Attributes:
        path: Its file.
        recipe: Its values.
    """

    path: Path
    recipe: Recipe


def check(text: str, overrides: Sequence[str] = ()) -> CheckReport:
    """Check a recipe: everything that can be told without reading the data and without building the model.

    Args:
        text: A path, or the name of a shipped recipe.
        overrides: Changes such as `train.epochs=5`.

    Raises:
        RecipeError: All of its problems.
        DataError: A file that it names is not there or cannot be read.
    """
    path = find_recipe(text)
    return CheckReport(path, load_recipe(path, overrides))
