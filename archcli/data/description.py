"""Facts as plain data for a run's `data.json`, and back, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from archcli.errors import Problem, RecipeError
from archcli.recipe.facts import Calendar, Facts, InputFacts, Spectrum, TargetFacts


def describe_facts(facts: Facts) -> dict[str, Any]:
    """Return facts as mappings, lists, texts and numbers only; JSON keeps every digit of the numbers."""
    return {
        "inputs": {name: _plain(asdict(given)) for name, given in facts.inputs.items()},
        "targets": {name: _plain(asdict(target)) for name, target in facts.targets.items()},
        "training_examples": facts.training_examples,
    }


def facts_from_description(description: Mapping[str, Any]) -> Facts:
    """Return the facts of a data set from what `Dataset.describe` gave, as read back from JSON.

    Raises:
        RecipeError: The description is not whole.
    """
    try:
        facts = description["facts"]
        return Facts(
            {name: _input_facts(given) for name, given in facts["inputs"].items()},
            {name: TargetFacts(**_frozen(target)) for name, target in facts["targets"].items()},
            facts["training_examples"],
        )
    except (AttributeError, KeyError, TypeError) as error:
        message = f"the description of the data is not whole: {type(error).__name__} {error}"
        raise RecipeError(Problem("damaged-run", message, hint="train it anew")) from error


def _input_facts(values: Mapping[str, Any]) -> InputFacts:
    parts = tuple(_input_facts(part) for part in values.get("parts", ()))
    calendar, spectrum = values.get("calendar"), values.get("spectrum")
    whole = {
        "parts": parts,
        "calendar": None if calendar is None else Calendar(**_frozen(calendar)),
        "spectrum": None if spectrum is None else Spectrum(**spectrum),
    }
    return InputFacts(**{**_frozen(values), **whole})


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _plain(value)
    return [_plain_value(item) for item in value] if isinstance(value, tuple) else value


def _frozen(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
        for name, value in values.items()
    }
