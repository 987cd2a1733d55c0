"""`keras`: the run's own file, loaded again."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from archcli.export.shipping import Shipped
from tests.export.small_models import EVENTS, answers_to_zeros, events, run_snippet, ship_to


@pytest.fixture(scope="module")
def shipped(folder: Path) -> Shipped:
    """A model of every kind of input and three outputs, exported."""
    return ship_to(folder, events(folder), "keras", EVENTS)


def test_the_file_is_the_run_s_own(folder: Path, shipped: Shipped) -> None:
    """Byte for byte; it takes everything raw and answers the same."""
    assert (folder / "keras" / "model.keras").read_bytes() == shipped.shipment.trained.file.read_bytes()
    assert [parity.largest_difference for parity in shipped.parities.values()] == [0, 0, 0]
    assert shipped.prepared == {}


def test_snippet_runs_as_it_is(folder: Path, shipped: Shipped) -> None:
    """It prints what the model answers to zeros, and what that tells, by the files of labels."""
    numbers, tags, sex = run_snippet("keras", folder, shipped)

    told = ast.literal_eval(numbers)
    expected = answers_to_zeros(shipped)
    assert all(np.allclose(told[name], expected[name], rtol=1e-5, atol=1e-5) for name in ("tags", "sex", "price"))
    assert ast.literal_eval(tags) == [
        tag for tag, chance in zip(("crime", "love"), told["tags"], strict=True) if chance >= 0.5
    ]
    assert sex == ("male" if told["sex"][0] >= 0.5 else "female")
