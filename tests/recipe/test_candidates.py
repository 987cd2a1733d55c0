"""Whether a recipe comes of each candidate. What is said of those of which none comes is in `tests/recipes/invalid`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archcli.errors import DataError, RecipeError
from archcli.recipe.checking import load_recipe

if TYPE_CHECKING:
    from tests.recipe.conftest import Write

Find = Callable[[str], list[str]]

RECIPE = """
archcli: 1
data: {source: {csv: a.csv}, inputs: {size: {numeric: [x, y]}}, targets: {kind: category}}
parameters: {width: 8}
model: {layers: [Dense: $width, Dense: {units: 4, name: middle}, Dense: $classes]}
train: {monitor: val_accuracy, metrics: [accuracy]}
"""


@pytest.fixture
def problems(write: Write) -> Find:
    """Give the messages about a recipe that tunes something."""
    write("x,y,kind\n1,2,u\n2,3,v\n", "a.csv")

    def find(space: str) -> list[str]:
        path = write(f"{RECIPE}\ntune: {{space: {{{space}}}}}\n")
        try:
            load_recipe(path)
        except (RecipeError, DataError) as error:
            return [problem.message for problem in error.problems]
        return []

    return find


@pytest.mark.parametrize(
    "space",
    [
        "model.layers.middle.units: {range: [1, 9]}, parameters.width: {range: [1, 9]}",
        "train.loss: {choice: [{CategoricalCrossentropy: {from_logits: true}}, CategoricalHinge]}",
        "model.layers.2.activation: {choice: [softmax, null]}",
        "train.early_stopping: {choice: [null, {patience: 3}]}, train.optimizer.SGD.momentum: {range: [0, 0.9]}",
        "model.layers: {choice: [[Dense: $width, Dense: $classes], [Dense: $width, ReLU, Dense: $classes]]}",
        "data.inputs.size.numeric.columns: {choice: [[x], [y], [x, y]]}",
    ],
)
def test_candidates_that_check_are_fine(space: str, problems: Find) -> None:
    """Any part of a recipe that is trained can be tuned: layers, what is switched off, columns of a file."""
    assert problems(space) == []


@pytest.mark.parametrize(
    ("space", "messages"),
    [
        (
            "data.inputs.size.numeric.columns: {choice: [[x], [z]]}",
            ["`data.inputs.size.numeric.columns` = [z]: `a.csv` has no column `z`"],
        ),
        ("data.source.csv.path: {choice: [a.csv, b.csv]}", ["there is no file `b.csv`"]),
        (
            "model.layers.1.units: {range: [1, 9]}, model.layers.middle.Dense.units: {range: [1, 9]}",
            [
                (
                    "`model.layers.middle.Dense.units` and `model.layers.1.units` are about the same place, "
                    "so that one undoes the other"
                )
            ],
        ),
        (
            "train.loss_weights: {choice: [{kind: -1}]}",
            ["`train.loss_weights` = {kind: -1}: `kind` of `loss_weights` wants a number from 0, found `-1`"],
        ),
    ],
)
def test_candidates_that_do_not_check_are_named(
    space: str, messages: list[str], problems: Find, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what they are; also where only the header of a file tells."""
    monkeypatch.chdir(tmp_path)

    assert problems(space) == messages


def test_problems_of_the_recipe_itself_are_said_once(write: Write) -> None:
    """Not again for each candidate; what is wrong with a candidate is said beside them."""
    write("x,y,kind\n1,2,u\n2,3,v\n", "a.csv")
    wrong = RECIPE.replace("train: {", "train: {epochs: 0, ")

    with pytest.raises(RecipeError) as refused:
        load_recipe(write(wrong + "tune: {space: {parameters.width: {choice: [1, 2, 3, 0]}}}"))

    assert [problem.message for problem in refused.value.problems] == [
        "`epochs` wants a whole number from 1, found `0`",
        "`parameters.width` = 0: `units` of `Dense`, given by `$width`, wants a whole number from 1, found `0`",
    ]
