"""The pictures of scores: what they show, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.figure import Figure

from archcli.runs.score_plots import RankingCurve, plot_calibration, plot_horizon, plot_rankings, plot_residuals

if TYPE_CHECKING:
    from pathlib import Path

SAID = {"recipe_name": "flats", "part": "test"}


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that were saved, as they were then."""
    saved: list[Figure] = []
    save = Figure.savefig

    def remember(figure: Figure, *args: object, **kwargs: object) -> None:
        saved.append(figure)
        save(figure, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Figure, "savefig", remember)
    return saved


def _curve(name: str) -> RankingCurve:
    points = np.array([0.5, 1.0])
    return RankingCurve(name, points, points, np.array([1.0, 0.5]), 0.75, 0.625, 0.5)


def test_rankings_have_a_curve_for_each_class_and_their_areas(tmp_path: Path, figures: list[Figure]) -> None:
    """From the corner, with chance beside it; how many are not drawn is said."""
    plot_rankings(tmp_path / "a.png", curves=[_curve("a"), _curve("b")], of=3, **SAID)

    roc, precision = figures[0].axes
    assert figures[0].get_suptitle() == "flats: test examples ranked, the 2 of 3 with the smallest area"
    assert [line.get_label() for line in roc.get_lines()] == ["a: 0.750", "b: 0.750", "chance: 0.500"]
    assert np.array_equal(np.asarray(roc.get_lines()[0].get_xdata()), [0, 0.5, 1])
    assert [line.get_label() for line in precision.get_lines()] == [
        "a: 0.625 (chance 0.500)",
        "b: 0.625 (chance 0.500)",
    ]


def test_calibration_shows_bins_that_have_answers(tmp_path: Path, figures: list[Figure]) -> None:
    """And beneath how many each has."""
    plot_calibration(
        tmp_path / "a.png",
        edges=np.linspace(0, 1, 4),
        counts=np.array([0, 4, 6]),
        confidences=np.array([np.nan, 0.5, 0.9]),
        accuracies=np.array([np.nan, 0.25, 1.0]),
        error=0.16,
        **SAID,
    )

    right, many = figures[0].axes
    assert right.get_title() == "flats\ntest examples, calibration error 0.160"
    assert np.asarray(right.collections[0].get_offsets()).tolist() == [[0.5, 0.25], [0.9, 1.0]]
    assert [bar.get_height() for bar in many.patches] == [0, 4, 6]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("predicted", "said"),
    [
        ([1.0, 2.0, np.nan], "price, 2 test examples\nmean -0.5, deviation 0.5"),
        ([np.nan] * 3, "price, 0 test examples\nnothing to score"),
    ],
)
def test_residuals_are_predicted_less_true(
    tmp_path: Path, figures: list[Figure], predicted: list[float], said: str
) -> None:
    """Too low lies below the line."""
    plot_residuals(
        tmp_path / "a.png", truth=np.array([2.0, 2.0, 3.0]), predicted=np.array(predicted), target="price", **SAID
    )

    assert figures[0].get_suptitle() == f"flats\n{said}"
    assert (tmp_path / "a.png").exists()


def test_the_horizon_has_a_line_for_each_who_answers(tmp_path: Path, figures: list[Figure]) -> None:
    """The model first; from 0, so that a small gain looks small."""
    plot_horizon(tmp_path / "a.png", errors={"model": [1.0, 2.0], "persistence": [2.0, 3.0]}, target="load", **SAID)

    axes = figures[0].axes[0]
    assert [line.get_label() for line in axes.get_lines()] == ["model", "persistence"]
    assert np.array_equal(np.asarray(axes.get_lines()[1].get_xdata()), [1, 2])
    assert axes.get_ylim()[0] == 0
