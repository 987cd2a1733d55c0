"""Which pictures are drawn of which scores, and what they are called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from archcli.commands.assessing import assess
from archcli.commands.picturing import draw_scores
from archcli.commands.scored import Scored
from archcli.commands.scores import score_answers
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.runs.drawing import Drawing

RANDOM = np.random.default_rng(0)
MANY = tuple(f"class {number}" for number in range(12))
KIND = TargetFacts("kind", "category", (), ("kind",), ("a", "b"), (5, 5))
KINDS = TargetFacts("kinds", "category", (), ("kinds",), MANY, (5,) * 12)
SIZES = TargetFacts("size", "number", (6,), tuple("uvwxyz"))
SERIES = TargetFacts("next", "number", (3,), ("load",), is_series=True)


class Drawn:
    """Takes what is to be drawn."""

    def __init__(self) -> None:
        self.given: dict[str, dict[str, Any]] = {}

    def draw(self, plot: Callable[..., None], path: Path, **given: Any) -> None:
        """Keep what a picture is given, by its name."""
        del plot
        self.given[path.name] = given


def drawn(targets: list[TargetFacts]) -> dict[str, dict[str, Any]]:
    """Draw the scores of 40 examples of a file."""
    inputs = {"x": InputFacts("x", (4,), ("x",))}
    truth: dict[str, np.ndarray] = {}
    answers: dict[str, np.ndarray] = {}
    for target in targets:
        if target.classes:
            truth[target.name] = np.arange(40) % len(target.classes)
            answers[target.name] = RANDOM.dirichlet(np.ones(len(target.classes)), 40).astype("float32")
        else:
            truth[target.name] = RANDOM.normal(size=(40, *target.shape))
            answers[target.name] = truth[target.name] + 1
    scored = Scored(inputs, {target.name: target for target in targets})
    pictures = Drawn()
    part = score_answers(answers, truth, scored, part="folder/new.csv")
    draw_scores(assess(part, {}), Path("plots"), "flats", cast("Drawing", pictures))
    return pictures.given


@pytest.mark.parametrize(
    ("target", "names"),
    [
        (KIND, {"confusion_matrix.png", "roc_and_precision_recall.png", "calibration.png"}),
        (SIZES, {f"{what}_{column}.png" for what in ("predictions", "residuals") for column in range(4)}),
        (SERIES, {f"{what}_{step}.png" for what in ("predictions", "residuals") for step in (0, 2)} | {"horizon.png"}),
    ],
)
def test_each_kind_of_target_has_its_own(target: TargetFacts, names: set[str]) -> None:
    """Of many columns the first, of a series the first and the last step."""
    assert set(drawn([target])) == names


def test_several_targets_are_named() -> None:
    """And a file is called by its name, without its folder."""
    given = drawn([KIND, TargetFacts("price", "number", (1,), ("price",))])

    assert set(given) == {
        *("confusion_matrix_kind.png", "roc_and_precision_recall_kind.png", "calibration_kind.png"),
        *("predictions_price.png", "residuals_price.png"),
    }
    assert {one["part"] for one in given.values()} == {"new.csv"}


def test_of_two_classes_one_curve_is_drawn_and_of_many_the_worst() -> None:
    """Two classes have the same curve, mirrored; ten are as many as can be told apart."""
    assert [curve.name for curve in drawn([KIND])["roc_and_precision_recall.png"]["curves"]] == ["b"]
    many = drawn([KINDS])["roc_and_precision_recall.png"]
    areas = [curve.roc_auc for curve in many["curves"]]
    assert (len(areas), many["of"]) == (10, 12)
    assert areas == sorted(areas)
