"""The section `tune`, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcli.recipe.checking import load_recipe
from archcli.recipe.tuning import Choice, Range, Tuning
from archcli.recipe.writing import resolved_data

if TYPE_CHECKING:
    import pytest

    from tests.recipe.conftest import Write

RECIPE = """
archcli: 1
data: {source: iris}
parameters: {width: 8}
model: {layers: [Dense: $width, Dropout: 0.1, Dense: $width, Dense: $classes]}
"""


def test_the_section_is_read(write: Write) -> None:
    """With its defaults; both ends whole is whole numbers, one end that is not makes them numbers."""
    path = write(
        RECIPE
        + """
tune:
  space:
    parameters.width: {range: [4, 64]}
    model.layers.Dropout.rate: {range: [0, 0.5]}
    train.batch_size: {log_range: [8, 64]}
    train.optimizer: {choice: [SGD, {Adam: {learning_rate: {CosineDecay: {initial_learning_rate: 0.1, decay_steps: $training_steps}}}}]}
"""  # noqa: E501 -- one candidate
    )

    tuning = load_recipe(path).tuning

    assert tuning is not None
    assert (tuning.trials, tuning.seed) == (20, 0)
    assert tuning.space[:3] == (
        Range("parameters.width", 4, 64, whole=True),
        Range("model.layers.Dropout.rate", 0, 0.5),
        Range("train.batch_size", 8, 64, whole=True, logarithmic=True),
    )
    decay = {"CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": "$training_steps"}}
    assert tuning.space[3] == Choice("train.optimizer", ("SGD", {"Adam": {"learning_rate": decay}}))


def test_an_end_may_be_a_parameter(write: Write) -> None:
    """What it stands for counts."""
    tune = "tune: {trials: 3, seed: 1, space: {model.layers.0.units: {range: [$width, 64]}}}"

    assert load_recipe(write(RECIPE + tune)).tuning == Tuning(3, 1, (Range("model.layers.0.units", 8, 64, whole=True),))


def test_what_is_tuned_is_no_part_of_a_run(write: Write) -> None:
    """The resolved recipe leaves it out."""
    tuned = load_recipe(write(RECIPE + "tune: {space: {parameters.width: {choice: [1, 2]}}}"))
    plain = load_recipe(write(RECIPE))

    assert resolved_data(tuned) == resolved_data(plain)


def test_files_that_are_tried_are_relative_to_the_recipe(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the command line they would be relative to the folder of the command, so they are made absolute."""
    for name in ("a.csv", "b.csv"):
        write("x,kind\n1,u\n2,v\n", f"below/{name}")
    path = write(
        """
archcli: 1
data: {source: {csv: a.csv}, inputs: {x: numeric}, targets: {kind: category}}
model: {layers: [Dense: $classes]}
tune: {space: {data.source: {choice: [{csv: b.csv}, {csv: {path: a.csv, delimiter: ","}}]}}}
""",
        "below/recipe.yaml",
    )
    monkeypatch.chdir(path.parent.parent)

    tuning = load_recipe(path).tuning

    assert tuning is not None
    folder = path.parent
    values = ({"csv": f"{folder}/b.csv"}, {"csv": {"path": f"{folder}/a.csv", "delimiter": ","}})
    assert tuning.space == (Choice("data.source", values),)
