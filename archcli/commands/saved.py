"""A trained run, opened again: its model and what the data told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import keras

import archcli.layers  # noqa: F401 -- a saved model needs our layers registered
from archcli.commands.scored import Scored
from archcli.data.description import facts_from_description
from archcli.errors import Problem, RecipeError
from archcli.recipe.checking import check_nodes, read_nodes
from archcli.recipe.facts import Facts
from archcli.recipe.recipe import Recipe
from archcli.runs.directory import Run, open_run


@dataclass(frozen=True)
class SavedRun:
    """A trained run.

    Attributes:
        run: Its directory.
        recipe: Its resolved recipe.
        facts: What its data told.
        model: The saved model: raw values in, probabilities or numbers out.
    """

    run: Run
    recipe: Recipe
    facts: Facts
    model: keras.Model

    @property
    def scored(self) -> Scored:
        """What the model takes and answers."""
        return Scored.of(self.recipe.model, self.facts)


def open_saved(text: str, runs: Path) -> SavedRun:
    """Open a trained run.

    Args:
        text: What the user calls it.
        runs: The folder of all runs.

    Raises:
        RecipeError: There is no such run, it has no model yet, or it is damaged.
    """
    run = open_run(text, runs)
    if not run.model.is_file():
        hint = f"`archcli resume {text}` trains it to its end"
        raise RecipeError(Problem("no-model", f"the run `{run.name}` has no model yet", hint=hint))
    recipe, problems = check_nodes(read_nodes(run.resolved), default_name=run.recipe_name)
    if recipe is None or problems:
        raise RecipeError(*problems)
    try:
        facts = facts_from_description(json.loads(run.data.read_text(encoding="utf-8")))
        model = keras.saving.load_model(run.model, compile=False)
    except (OSError, ValueError) as error:
        raise RecipeError(
            Problem("damaged-run", f"the run `{run.name}` cannot be opened: {error}", hint="train it anew")
        ) from None
    return SavedRun(run, recipe, facts, model)
