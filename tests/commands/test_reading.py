"""The data of a recipe, for training and of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from archcli.commands.reading import read_data
from archcli.errors import DataError
from archcli.recipe.checking import load_recipe


def test_data_of_a_run_may_lack_a_class_that_training_would_refuse(tmp_path: Path) -> None:
    """It was trained before that was looked at; its scores can still be computed."""
    rows = "".join(f"{row},{'x' if row % 2 or row > 17 else 'y'}\n" for row in range(20))
    (tmp_path / "a.csv").write_text("a,kind\n" + rows)
    (tmp_path / "toy.yaml").write_text(
        "archcli: 1\n"
        "data:\n"
        "  source: {csv: a.csv}\n"
        "  inputs: {a: numeric}\n"
        "  targets: {kind: category}\n"
        "  split: {validation: 0, test: 0.1, time: true}\n"
        "model: {layers: [Dense: $classes]}\n"
    )
    recipe = load_recipe(tmp_path / "toy.yaml")

    with pytest.raises(DataError) as raised:
        read_data(recipe, batch_size=1)
    dataset = read_data(recipe, batch_size=1, is_trained=True)

    assert [problem.code for problem in raised.value.problems] == ["class-absent"]
    assert dataset.describe()["classes"]["kind"]["test"] == {"x": 2, "y": 0}
