"""The data's facts into the recipe: `$classes` becomes a number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import ceil
from typing import Any, Final, TypeVar

from archcli.errors import Problem, RecipeError
from archcli.recipe.facts import Facts, InputFacts, TargetFacts
from archcli.recipe.recipe import Block, Chain, Fact, Graph, GraphNode, Named, Recipe
from archcli.recipe.suggestions import did_you_mean

_T = TypeVar("_T")


def _steps(given: InputFacts) -> int | None:
    is_sequence = len(given.shape) > 1 or given.kind == "text" or (given.kind == "shift" and given.dtype == "int32")
    return given.shape[0] if is_sequence and given.shape else None


def _features(given: InputFacts) -> int | None:
    return given.shape[-1] if given.shape and given.dtype == "float32" else None


def _horizon(target: TargetFacts) -> int | None:
    return (target.shape[-1] if target.shape else 1) if target.kind == "number" else None


INPUT_FACTS: Final[Mapping[str, Callable[[InputFacts], float | None]]] = {
    "features": _features,
    "steps": _steps,
    "vocabulary": lambda given: given.vocabulary,
    "padding": lambda given: given.padding,
}
"""What a recipe may ask of an input, and how it is told; None: this input has no such thing."""

TARGET_FACTS: Final[Mapping[str, Callable[[TargetFacts], float | None]]] = {
    "classes": lambda target: len(target.classes) or None,
    "horizon": _horizon,
}
"""What a recipe may ask of a target."""

_HINTS: Final = {
    "classes": "`$classes` is for a target that is a category, a multilabel or a text",
    "horizon": "`$horizon` is for a target of numbers",
    "features": "`$features` is for an input of numbers",
    "steps": "`$steps` is for sequences that are all as long",
    "vocabulary": "`$vocabulary` is for an input of indices: a text, a category, a text some steps late",
    "padding": "`$padding` is for sequences that differ in length",
}


def fill_facts(recipe: Recipe, facts: Facts) -> Recipe:
    """Return the recipe with every `$name` that asks for a fact of the data replaced by its value.

    Raises:
        RecipeError: The data have no such fact, such as `$steps` of examples that are no sequences, or several inputs
            or targets have one and the recipe does not say whose is meant.
        ValueError: `$training_steps` is asked for while the batch size is `auto`.
    """
    filler = _Filler(recipe, facts)
    model, train = recipe.model, recipe.train
    filled = replace(
        recipe,
        model=replace(
            model,
            body=filler.fill(model.body),
            shared={name: filler.fill(layer) for name, layer in model.shared.items()},
        ),
        train=replace(
            train,
            optimizer=filler.fill(train.optimizer),
            loss={name: filler.fill(loss) for name, loss in train.loss.items()},
            metrics={name: tuple(filler.fill(metric) for metric in group) for name, group in train.metrics.items()},
            callbacks=tuple(filler.fill(callback) for callback in train.callbacks),
        ),
    )
    if filler.problems:
        raise RecipeError(*filler.problems)
    return filled


class _Filler:
    def __init__(self, recipe: Recipe, facts: Facts) -> None:
        self.problems: list[Problem] = []
        self.facts = facts
        self.train = recipe.train

    def fill(self, value: _T) -> _T:
        """Return a value, of whatever type, with the facts in it filled in."""
        filled: Any = self._filled(value)
        return filled  # type: ignore[no-any-return]  # only a fact becomes something else, and it stands among values

    def _filled(self, value: Any) -> Any:
        match value:
            case Fact():
                return self._fact(value)
            case Named():
                return replace(value, arguments=self._mapping(value.arguments))
            case Chain():
                return replace(value, layers=self._tuple(value.layers))
            case Block():
                return replace(value, body=self._filled(value.body))
            case Graph():
                return replace(value, nodes=self._tuple(value.nodes))
            case GraphNode():
                arguments = self._mapping(value.arguments)
                return replace(value, layers=self._tuple(value.layers), arguments=arguments)
            case tuple():
                return self._tuple(value)
            case Mapping():
                return self._mapping(value)
            case _:
                return value

    def _tuple(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(self._filled(value) for value in values)

    def _mapping(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._filled(value) for name, value in values.items()}

    def _fact(self, fact: Fact) -> float | None:
        if fact.name == "training_steps":
            steps_per_epoch = ceil(self.facts.training_examples / self.train.chosen_batch_size)
            return steps_per_epoch * self.train.epochs
        told = self._told(fact.name)
        if fact.of is not None:
            if fact.of not in told:
                kind = "input" if fact.name in INPUT_FACTS else "target"
                message = f"`${fact.name}.{fact.of}` asks for the {kind} `{fact.of}`, and there is none"
                self._note(message, fact, did_you_mean(fact.of, told))
                return None
            if told[fact.of] is None:
                message = f"`${fact.name}.{fact.of}` asks for what `{fact.of}` does not have"
                self._note(message, fact, _HINTS[fact.name])
            return told[fact.of]
        having = {name: number for name, number in told.items() if number is not None}
        if not having:
            self._note(f"`${fact.name}` asks for what these data do not have", fact, _HINTS[fact.name])
            return None
        if len(set(having.values())) > 1:
            listed = " or ".join(f"`${fact.name}.{name}`" for name in having)
            self._note(f"`${fact.name}` may be that of {_listed(list(having))}", fact, f"write {listed}")
        return next(iter(having.values()))

    def _told(self, name: str) -> dict[str, float | None]:
        if name in INPUT_FACTS:
            return {of: INPUT_FACTS[name](given) for of, given in self.facts.inputs.items()}
        return {of: TARGET_FACTS[name](target) for of, target in self.facts.targets.items()}

    def _note(self, message: str, fact: Fact, hint: str | None) -> None:
        self.problems.append(Problem("unknown-reference", message, fact.location, hint))


def _listed(names: list[str]) -> str:
    shown = [f"`{name}`" for name in names]
    return ", ".join(shown[:-1]) + f" or {shown[-1]}"
