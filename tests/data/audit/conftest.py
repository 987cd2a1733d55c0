"""What the tests of audits share: one column, made of the values of each part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from archcli.data.audit.finding import Finding
from archcli.data.audit.naming import RowNames
from archcli.data.audit.variables import Variable, number_texts

NAMES = RowNames("row")


@pytest.fixture
def column() -> Callable[..., Variable]:
    """Make a column; texts become categories, and empty ones are missing."""

    def make(
        training: Any,
        *,
        name: str = "a",
        role: str = "input",
        kind: str = "numeric",
        lengths: Mapping[str, Sequence[int]] | None = None,
        **parts: Any,
    ) -> Variable:
        given: dict[Any, Any] = {"training": training, **parts}
        if kind == "text":
            numbered, words = number_texts({part: np.array(values, np.object_) for part, values in given.items()})
            counted: Any = None
            if lengths is not None:
                counted = {part: np.array(values) for part, values in lengths.items()}
            return Variable(name, name, "input", "text", "texts", (None,), numbered, words, counted)
        if isinstance(training[0], str):
            numbered, words = number_texts({part: np.array(values, np.object_) for part, values in given.items()})
            return Variable(name, name, role, "category", "classes", (), numbered, words)  # type: ignore[arg-type]
        numbers = {part: np.array(values, np.float32) for part, values in given.items()}
        shape = numbers["training"].shape[1:]
        counted = None if lengths is None else {part: np.array(values) for part, values in lengths.items()}
        return Variable(name, name, role, kind, "numbers", shape, numbers, lengths=counted)  # type: ignore[arg-type]

    return make


@pytest.fixture
def rows() -> Callable[[Variable], dict[Any, Any]]:
    """Say where the examples stand: those of training first, then the others, from row 1 on."""

    def number(variable: Variable) -> dict[Any, Any]:
        numbered, start = {}, 1
        for part, values in variable.parts.items():
            numbered[part] = np.arange(start, start + len(values))
            start += len(values)
        return numbered

    return number


@pytest.fixture
def told() -> Callable[..., list[tuple[str, str]]]:
    """Return the codes and messages of what was found."""

    def tell(findings: Any) -> list[tuple[str, str]]:
        listed: list[Finding] = list(findings)
        return [(found.problem.code, found.problem.message) for found in listed]

    return tell
