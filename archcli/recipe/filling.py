"""The data's facts into the recipe: `$classes` becomes a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import cast

from archcli.errors import Problem, RecipeError
from archcli.recipe.facts import Facts
from archcli.recipe.recipe import Chain, Fact, Named, Recipe, Value


def fill_facts(recipe: Recipe, facts: Facts) -> Recipe:
    """Return the recipe with every `$name` that asks for a fact of the data replaced by its value.

    Raises:
        RecipeError: The data have no such fact: `$steps` of examples that are no sequences.
    """
    filler = _Filler(recipe, facts)
    train = recipe.train
    filled = replace(
        recipe,
        model=replace(recipe.model, body=cast("Chain", filler.fill(cast("Chain", recipe.model.body)))),
        train=replace(
            train,
            optimizer=cast("Named", filler.fill(train.optimizer)),
            loss={name: cast("Named", filler.fill(loss)) for name, loss in train.loss.items()},
            metrics={
                name: tuple(cast("Named", filler.fill(metric)) for metric in group)
                for name, group in train.metrics.items()
            },
            callbacks=tuple(cast("Named", filler.fill(callback)) for callback in train.callbacks),
        ),
    )
    if filler.problems:
        raise RecipeError(*filler.problems)
    return filled


class _Filler:
    def __init__(self, recipe: Recipe, facts: Facts) -> None:
        self.problems: list[Problem] = []
        given = next(iter(facts.inputs.values()))
        target = next(iter(facts.targets.values()))
        steps_per_epoch = ceil(facts.training_examples / recipe.train.batch_size)
        self.values: dict[str, int | None] = {
            "classes": len(target.classes) or None,
            "features": given.shape[-1] if given.shape else None,
            "steps": given.shape[0] if len(given.shape) > 1 else None,
            "training_steps": steps_per_epoch * recipe.train.epochs,
        }

    def fill(self, value: Value) -> Value:
        match value:
            case Fact():
                return self._fact(value)
            case Named():
                return replace(value, arguments={name: self.fill(item) for name, item in value.arguments.items()})
            case Chain():
                layers = tuple(cast("Named | Chain", self.fill(layer)) for layer in value.layers)
                return replace(value, layers=layers)
            case tuple():
                return tuple(self.fill(item) for item in value)
            case Mapping():
                return {name: self.fill(item) for name, item in value.items()}
            case _:
                return value

    def _fact(self, fact: Fact) -> Value:
        number = self.values[fact.name]
        if number is None:
            message = f"`${fact.name}` asks for what these data do not have"
            hint = "`$steps` is for sequences, `(steps, features)`" if fact.name == "steps" else None
            self.problems.append(Problem("unknown-reference", message, fact.location, hint))
        return number
