"""The pictures of a run: that they are drawn, what they say, and that they do not change by themselves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib import rcParams
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from sklearn.metrics import mean_absolute_error, r2_score

from archcli.runs.plots import plot_confusion, plot_learning_curves, plot_predictions

if TYPE_CHECKING:
    from pathlib import Path


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


def _rows(losses: list[float]) -> list[dict[str, float]]:
    return [{"epoch": epoch, "loss": loss, "val_loss": loss * 2} for epoch, loss in enumerate(losses, start=1)]


def _size(path: Path) -> tuple[int, int]:
    header = path.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")


def test_learning_curves_show_training_validation_and_the_best_epoch(tmp_path: Path, figures: list[Figure]) -> None:
    """One panel for each quantity, both curves in it, and the best epoch marked."""
    rows = [row | {"accuracy": 0.5} for row in _rows([1.0, 0.5, 0.25])]

    plot_learning_curves(
        tmp_path / "a.png", rows=rows, names=["loss", "accuracy", "unknown"], best_epoch=2, recipe_name="xor"
    )

    (figure,) = figures
    loss, accuracy = figure.axes
    assert figure.get_suptitle() == "xor: learning curves"
    assert [line.get_label() for line in loss.get_lines()] == ["training", "validation", "best epoch (2)"]
    assert [line.get_label() for line in accuracy.get_lines()] == ["training", "best epoch (2)"]
    assert np.array_equal(np.asarray(loss.get_lines()[1].get_ydata()), [2.0, 1.0, 0.5])
    assert loss.get_yscale() == "linear"
    assert _size(tmp_path / "a.png") == (1000, 440)


@pytest.mark.parametrize(
    ("losses", "scale"),
    [
        ([1000.0, 10.0, 1.0], "log"),
        ([3.0, 2.0, 1.0], "linear"),
        ([1000.0, 1.0, 0.0], "linear"),
        ([1000.0, -1.0], "linear"),
        ([1.0, 1e6, math.nan, math.inf], "log"),
        ([0.5], "linear"),
        ([math.nan], "linear"),
    ],
)
def test_losses_over_more_than_two_decades_are_drawn_on_a_log_scale(
    tmp_path: Path, figures: list[Figure], losses: list[float], scale: str
) -> None:
    """Only where every value has a logarithm."""
    plot_learning_curves(tmp_path / "a.png", rows=_rows(losses), names=["loss"], best_epoch=None, recipe_name="xor")

    assert figures[0].axes[0].get_yscale() == scale


def test_a_confusion_matrix_has_counts_and_shares_of_the_true_class(tmp_path: Path, figures: list[Figure]) -> None:
    """Nothing is written in an empty cell, and a true class without examples divides by nothing."""
    counts = np.array([[3, 1, 0], [0, 4, 0], [0, 0, 0]])

    plot_confusion(tmp_path / "a.png", counts=counts, class_names=["a", "b", "c"], recipe_name="xor", part="test")

    axes = figures[0].axes[0]
    assert [text.get_text() for text in axes.texts] == ["3\n75%", "1\n25%", "4\n100%"]
    assert axes.get_title() == "xor\ntest examples by class\n7 of 8 right (87.5%)"
    assert [axes.get_xlabel(), axes.get_ylabel()] == ["predicted class", "true class"]


def test_a_share_that_is_nearly_none_or_nearly_all_says_so(tmp_path: Path, figures: list[Figure]) -> None:
    """Rounding hides neither a mistake nor a hit."""
    counts = np.array([[999, 1], [0, 5]])

    plot_confusion(tmp_path / "a.png", counts=counts, class_names=["a", "b"], recipe_name="xor", part="test")

    assert [text.get_text() for text in figures[0].axes[0].texts] == ["999\n>99%", "1\n<1%", "5\n100%"]


def test_text_in_a_dark_cell_is_light(tmp_path: Path, figures: list[Figure]) -> None:
    """White on dark blue, black on light blue."""
    counts = np.array([[9, 1], [0, 5]])

    plot_confusion(tmp_path / "a.png", counts=counts, class_names=["a", "b"], recipe_name="xor", part="test")

    assert [to_rgba(text.get_color())[:3] for text in figures[0].axes[0].texts] == [(1, 1, 1), (0, 0, 0), (1, 1, 1)]


@pytest.mark.parametrize("classes", [2, 20, 60])
def test_a_confusion_matrix_of_any_size_fits_a_screen(tmp_path: Path, figures: list[Figure], classes: int) -> None:
    """Long names are shortened and a dollar is a dollar; above twenty classes the cells are colours only."""
    names = [f"class $x$ {index} with a name that does not end" for index in range(classes)]

    plot_confusion(
        tmp_path / "a.png",
        counts=np.eye(classes, dtype=np.int64),
        class_names=names,
        recipe_name="a-long-name" * 9,
        part="test",
    )

    axes = figures[0].axes[0]
    assert max(_size(tmp_path / "a.png")) <= 1080
    assert axes.get_yticklabels()[0].get_text() == r"class \$x\$ 0 with a name…"
    assert bool(axes.texts) == (classes <= 20)


def test_predictions_are_scored_in_the_title(tmp_path: Path, figures: list[Figure]) -> None:
    """R2 and mean absolute error are scikit-learn's, to the digits shown."""
    generator = np.random.default_rng(0)
    truth = generator.normal(150, 70, 50)
    predicted = truth + generator.normal(0, 30, 50)

    plot_predictions(
        tmp_path / "a.png", truth=truth, predicted=predicted, target="price", recipe_name="flats", part="test"
    )

    axes = figures[0].axes[0]
    scores = f"R² {r2_score(truth, predicted):.3f}, mean absolute error {mean_absolute_error(truth, predicted):.4g}"
    assert axes.get_title() == f"flats\nprice, 50 test examples\n{scores}"
    assert axes.get_xlim() == axes.get_ylim()
    assert [axes.get_xlabel(), axes.get_ylabel()] == ["true price", "predicted price"]


def test_predictions_that_are_not_finite_are_left_out_and_counted(tmp_path: Path, figures: list[Figure]) -> None:
    """A picture of a diverged model says so, and equal truths have no R2."""
    plot_predictions(
        tmp_path / "a.png",
        truth=np.array([1.0, 2.0, 2.0]),
        predicted=np.array([math.nan, 2.0, 3.0]),
        target="price",
        recipe_name="flats",
        part="test",
    )

    expected = "flats\nprice, 2 test examples, 1 not finite\nR² undefined, mean absolute error 0.5"
    assert figures[0].axes[0].get_title() == expected


def test_predictions_of_nothing_are_an_empty_picture(tmp_path: Path, figures: list[Figure]) -> None:
    """No example left is no error."""
    plot_predictions(
        tmp_path / "a.png", truth=np.zeros(0), predicted=np.zeros(0), target="price", recipe_name="flats", part="test"
    )

    assert figures[0].axes[0].get_title() == "flats\nprice, 0 test examples\nnothing to score"


def test_the_same_numbers_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the time nor the user's own style of Matplotlib is in the picture."""
    plot_learning_curves(tmp_path / "a.png", rows=_rows([2.0, 1.0]), names=["loss"], best_epoch=2, recipe_name="xor")
    monkeypatch.setitem(rcParams, "lines.linewidth", 7.0)
    monkeypatch.setitem(rcParams, "font.size", 20.0)
    plot_learning_curves(tmp_path / "b.png", rows=_rows([2.0, 1.0]), names=["loss"], best_epoch=2, recipe_name="xor")

    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_character_that_no_font_has_is_no_warning(tmp_path: Path) -> None:
    """Class names may be in any script."""
    plot_confusion(
        tmp_path / "a.png",
        counts=np.eye(2, dtype=np.int64),
        class_names=["\U0001f600", "\u0cb3"],
        recipe_name="x",
        part="test",
    )

    assert (tmp_path / "a.png").exists()
