"""`shift`: a target some steps late as an input, an input some steps early as a target.

As an input it is what the model could answer itself, so that its own answers can take the place of the truth: for a
text the index of each symbol, one more than its class, where 0 is padding and the mark of the end stands for the start
too; for labels a row of 0 and 1; for numbers the numbers, scaled as they are learned.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from archcli.data.features.category import count_classes
from archcli.data.features.numeric import is_padding
from archcli.data.features.text import FIRST_INDEX, index_texts
from archcli.data.table import Numbers, Raw, TargetValues
from archcli.errors import Location, Problem, RecipeError
from archcli.recipe.built_in import NO_LABEL
from archcli.recipe.facts import InputFacts, TargetFacts, TargetKind
from archcli.recipe.recipe import Named


def fit_shifted_target(name: str, feature: Named, target: TargetFacts) -> InputFacts:
    """Describe an input that is a target some steps late.

    Raises:
        RecipeError: The target has no steps.
    """
    by = feature.arguments.get("by", 1)
    late = by if isinstance(by, int) else 1
    if target.kind == "text":
        return InputFacts(
            name,
            target.shape,
            (),
            dtype="int32",
            vocabulary=len(target.classes),
            padding=0.0,
            kind="shift",
            split=target.split,
            shift_of=target.name,
            shift_by=late,
        )
    is_sequence = len(target.shape) == (1 if target.kind == "category" else 2)
    if not is_sequence:
        message = f"`{name}` is `{target.name}` some steps late, and one example of `{target.name}` has no steps"
        raise RecipeError(Problem("cannot-shift", message, _place(feature), "only a target with a value at each step"))
    shape = (*target.shape, len(target.classes)) if target.kind == "category" else target.shape
    return InputFacts(name, shape, (), kind="shift", shift_of=target.name, shift_by=late)


def shift_target(values: NDArray[np.int32] | NDArray[np.float32], facts: InputFacts, target: TargetFacts) -> Raw:
    """Return a target some steps late, as the model takes it.

    Args:
        values: The raw target, `(examples, steps)` or, numbers, `(examples, steps, columns)`.
        facts: The input that it becomes.
        target: The target.

    Returns:
        `(examples, steps)`, int32, for a text; else `(examples, steps, classes or columns)`, float32.
    """
    late = facts.shift_by
    if target.kind == "text":
        indices = values.astype(np.int32)
        shifted = np.concatenate([np.ones_like(indices[:, :late]), indices[:, :-late]], axis=1)
        shifted[values < 0] = 0
        return shifted
    if target.kind == "category":
        rows = np.eye(len(target.classes) + 1, len(target.classes), dtype=np.float32)
        steps: Numbers = rows[values.astype(np.int64)]  # no label is the last row, which is of zeros
    else:
        steps = scale_target(values.astype(np.float32, copy=False), target)
        steps = np.where(np.isnan(steps), np.float32(0), steps)
    return np.concatenate([np.zeros_like(steps[:, :late]), steps[:, :-late]], axis=1)


def fit_shifted_input(
    name: str, feature: Named, given: InputFacts, target: TargetValues, training: NDArray[np.int64]
) -> TargetFacts:
    """Describe a target that is an input some steps early."""
    kind: TargetKind = "category" if given.kind == "text" else "number"
    return TargetFacts(
        name,
        kind,
        target.values.shape[1:],
        (),
        target.classes,
        count_classes(target, training) if kind == "category" else (),
        padded=bool((target.values < 0).any() if kind == "category" else np.isnan(target.values).any()),
        split=given.split,
        shift_of=given.name,
        shift_by=early(feature),
    )


def shift_input(name: str, given: InputFacts, raw: Raw, *, by: int, place: Location | None = None) -> TargetValues:
    """Return an input some steps early, as a target.

    Args:
        name: The target's name.
        given: The input.
        raw: Its raw values.
        by: How many steps early, from 1.
        place: Where the recipe asks for it.

    Returns:
        Class numbers of the symbols of its vocabulary, `(examples, steps)`; or numbers, `(examples, steps, columns)`.
        Where nothing follows, or a symbol that is not in the vocabulary, there is no label.

    Raises:
        RecipeError: The input has no steps.
    """
    if given.kind == "text":
        indices = index_texts(given, raw.astype(np.object_))
        steps = given.shape[0] or max(map(len, indices), default=1)
        numbers = np.full((len(indices), steps), NO_LABEL, np.int32)
        for row, text in zip(numbers, indices, strict=True):
            following = text[by : by + steps]
            row[: len(following)] = [max(index - FIRST_INDEX, NO_LABEL) for index in following]
        return TargetValues(numbers, given.words)
    if given.kind != "numeric" or len(given.shape) != 2:
        message = f"`{name}` is `{given.name}` some steps early, and one example of `{given.name}` has no steps"
        raise RecipeError(Problem("cannot-shift", message, place, "only a text, or numbers at each step"))
    values = raw.astype(np.float32)
    if given.raw_padding is not None:
        values[is_padding(values, given.raw_padding)] = np.nan
    following_values = np.full_like(values, np.nan)
    following_values[:, : values.shape[1] - by] = values[:, by:]
    return TargetValues(following_values)


def early(feature: Named) -> int:
    """Return by how many steps a target is late: a negative number."""
    by = feature.arguments.get("by", -1)
    return by if isinstance(by, int) else -1


def scale_target(values: Numbers, facts: TargetFacts) -> Numbers:
    """Scale numbers as they are learned."""
    if facts.scale is None or facts.offset is None:
        return values
    offset, scale = np.asarray(facts.offset, np.float32), np.asarray(facts.scale, np.float32)
    scaled: Numbers = ((values - offset) / scale).astype(np.float32)
    return scaled


def _place(feature: Named) -> Location:
    return feature.argument_locations.get("of", feature.location)
