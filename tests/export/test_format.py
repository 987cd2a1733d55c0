"""What a format is, and what is said where one cannot carry a model."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from archcli.errors import Problem
from archcli.export.format import AS_TRAINED, NUMBERS, Format, Quantize, cannot_carry
from archcli.export.formats import FORMATS
from archcli.recipe.facts import InputKind

HINT = "`--format saved_model` and `--format keras` carry every one"


@pytest.mark.parametrize(
    ("reason", "quantize", "message", "hint"),
    [
        ("\n  no kernel for EIG.  \nsecond line", None, "no kernel for EIG", HINT),
        ("", None, "it does not say why", HINT),
        ("x" * 300, None, "x" * 200, HINT),
        ("no", "int8", "no", f"{HINT}; without `--quantize int8` `litert` may, too"),
    ],
    ids=["several lines", "in silence", "a long one", "smaller numbers"],
)
def test_what_cannot_be_carried_is_one_sentence(
    reason: str, quantize: Quantize | None, message: str, hint: str
) -> None:
    """The first line of what the converter says, without a full stop, and formats that carry every model."""
    error = cannot_carry("litert", reason, quantize=quantize)

    expected = Problem("cannot-export", f"`litert` cannot carry this model: {message}", hint=hint)
    assert error.problems == (expected,)


def test_every_kind_of_input_is_carried_as_trained() -> None:
    """All but what is made of others; texts, categories and dates are more than arithmetic."""
    assert set(get_args(InputKind)) - {"side_by_side"} == AS_TRAINED
    assert {"category", "text", "date"} == AS_TRAINED - NUMBERS


@pytest.mark.parametrize("form", FORMATS.values(), ids=list(FORMATS))
def test_the_model_is_where_the_format_says(form: Format, tmp_path: Path) -> None:
    """A file in the folder, or the folder itself."""
    assert form.model_path(tmp_path) == (tmp_path / form.file if form.file else tmp_path)
