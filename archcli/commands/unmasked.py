"""Sequences that differ in length, in a model that would read their padding."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from archcli.build.masking import find_reader_of_padding
from archcli.build.model import Built
from archcli.data.dataset import Dataset
from archcli.data.features.text import index_texts
from archcli.data.table import Raw
from archcli.errors import DataError, Location, Problem
from archcli.recipe.facts import InputFacts
from archcli.recipe.recipe import Model


def check_lengths(built: Built, model: Model, dataset: Dataset) -> None:
    """See that a model is told what is padding, where sequences differ in length.

    Otherwise the answer to a short sequence would depend on how long the others are that it is answered with.

    Args:
        built: The model.
        model: The recipe's layers that it was built from.
        dataset: The examples.

    Raises:
        DataError: `unmasked-padding`, for all inputs at once.
    """
    problems: list[Problem] = []
    for name, facts in dataset.facts.inputs.items():
        if facts.padding is None or facts.shape[:1] != (None,) or facts.kind == "shift":
            continue
        reader = find_reader_of_padding(built.core, name)
        if reader is None:
            continue
        origin = built.origins.get(id(reader))
        lengths = {part: _lengths(facts, examples.inputs) for part, examples in dataset.parts.items()}
        rows = np.concatenate([dataset.parts[part].rows for part in lengths])
        counts = np.concatenate(list(lengths.values()))
        if counts.min() < counts.max():
            place = model.body.location if origin is None else origin.location
            called = type(reader).__name__ if origin is None else origin.name
            problems.append(_problem(facts, rows, counts, dataset, called, place))
    if problems:
        raise DataError(*problems)


def _lengths(facts: InputFacts, raw: Mapping[str, Raw]) -> NDArray[np.int64]:
    """Count the steps of each example, `(examples,)`."""
    values = raw[facts.name]
    if facts.kind == "text":
        return np.array([len(text) for text in index_texts(facts, values.astype(np.object_))], np.int64)
    numbers = values.astype(np.float32, copy=False)
    padding = np.isnan(numbers) if facts.raw_padding is None else numbers == np.float32(facts.raw_padding)
    is_there = ~padding.reshape(*numbers.shape[:2], -1).all(axis=-1)  # (examples, steps)
    counted: NDArray[np.int64] = np.where(is_there, np.arange(1, numbers.shape[1] + 1), 0).max(axis=1)
    return counted


def _problem(
    facts: InputFacts,
    rows: NDArray[np.int64],
    counts: NDArray[np.int64],
    dataset: Dataset,
    called: str,
    place: Location,
) -> Problem:
    source = dataset.data.source
    noun = "example" if source.arguments.get("id") is None else "sequence"
    columns = ", ".join(f"`{column}`" for column in facts.columns)
    shortest, longest = int(counts.argmin()), int(counts.argmax())
    message = (
        f"`{facts.name}` ({columns}) has {_steps(int(counts[shortest]))} in {noun} {rows[shortest]} and "
        f"{counts[longest]} in {noun} {rows[longest]}, and `{called}` would read what fills up the short ones"
    )
    hint = "write `Masking: $padding` before it"
    if facts.kind == "text":
        hint = "write `mask_zero: true` in the `Embedding`, or make all as long by `output_sequence_length`"
    return Problem("unmasked-padding", message, place, hint)


def _steps(count: int) -> str:
    return f"{count} step{'s' * (count != 1)}"
