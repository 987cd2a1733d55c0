"""The pictures of a run, as PNG: learning curves, confusion matrix, predicted against true."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np  # noqa: TID253 -- only a command that has trained or evaluated imports this module

from archcli.runs.pages import BLUE, MARK_COLOUR, VERMILION, draw_dots, headline, page, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_MOST_PANELS = 12
_MOST_CLASSES_WITH_TEXT = 20
_LETTER_INCHES = 0.085
_DECADES_FOR_LOG = 2.0


def plot_learning_curves(
    path: Path, *, rows: Sequence[Mapping[str, float]], names: Sequence[str], best_epoch: int | None, recipe_name: str
) -> None:
    """Draw what was logged against the epochs, training and validation, a panel for each quantity.

    Args:
        path: The PNG.
        rows: One for each epoch: `epoch`, then what was logged, by name; NaN is left out of the curve.
        names: What to draw, without `val_`: `loss` first, then the main metrics; at most the first twelve are drawn.
        best_epoch: Marked where it is given.
        recipe_name: For the title.

    Raises:
        DataError, SetupError: `cannot-write`: the disk is full, or anything else is wrong.
    """
    drawn = [name for name in names if any(name in row or f"val_{name}" in row for row in rows)][:_MOST_PANELS]
    columns = min(len(drawn), 2) or 1
    lines = math.ceil(len(drawn) / columns) or 1
    with page(path, width=10.0 if columns == 2 else 8.0, height=1.0 + 3.4 * lines) as figure:
        figure.suptitle(f"{headline(recipe_name)}: learning curves")
        legend: dict[str, Artist] = {}
        for index, name in enumerate(drawn):
            axes = figure.add_subplot(lines, columns, index + 1)
            _draw_curves(axes, rows=rows, name=name, best_epoch=best_epoch)
            legend |= {str(artist.get_label()): artist for artist in axes.get_lines()}
        figure.legend(legend.values(), legend.keys(), loc="outside lower center", ncols=3, frameon=False)


def plot_confusion(
    path: Path, *, counts: NDArray[np.int64], class_names: Sequence[str], recipe_name: str, part: str
) -> None:
    """Draw how many examples of each true class were given each class.

    Args:
        path: The PNG.
        counts: `(classes, classes)`, rows the true class, columns the predicted one.
        class_names: As many; for more than 20 the cells have no text.
        recipe_name: For the title.
        part: `test`, `validation` or `training`, for the title.

    Raises:
        DataError, SetupError: `cannot-write`: the disk is full, or anything else is wrong.
    """
    classes = len(class_names)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    right = int(np.trace(counts))
    examples = int(counts.sum())
    labels = [shortened(name) for name in class_names]
    longest = _LETTER_INCHES * max(map(len, labels), default=0)
    with_text = classes <= _MOST_CLASSES_WITH_TEXT
    beside = longest + (0.6 if with_text else 1.4)
    grid = min(10.0 - beside, max(3.4, 0.7 * classes))
    share = f" ({right / examples:.1%})" if examples else ""
    with page(path, width=grid + beside, height=grid + longest + 1.2) as figure:
        axes = figure.add_subplot()
        image = axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
        axes.set_title(f"{headline(recipe_name)}\n{part} examples by class\n{right} of {examples} right{share}")
        axes.set_xlabel("predicted class")
        axes.set_ylabel("true class")
        _label_classes(axes, labels, upright=longest > 0.9 * grid / classes)
        if with_text:
            _write_cells(axes, counts=counts, shares=shares)
        else:
            figure.colorbar(image, ax=axes, label="share of the true class", shrink=0.8)


def plot_predictions(
    path: Path,
    *,
    truth: NDArray[np.float64],
    predicted: NDArray[np.float64],
    target: str,
    recipe_name: str,
    part: str,
) -> None:
    """Draw the predicted value of each example against the true one, with the diagonal on which both are equal.

    Args:
        path: The PNG.
        truth: `(examples,)`, in the target's own unit; a pair that is not finite is left out and counted in the title.
        predicted: `(examples,)`, the same.
        target: Name of the target.
        recipe_name: For the title.
        part: `test`, `validation` or `training`, for the title.

    Raises:
        DataError, SetupError: `cannot-write`: the disk is full, or anything else is wrong.
    """
    finite = np.isfinite(truth) & np.isfinite(predicted)
    left_out = int(truth.size - finite.sum())
    truth, predicted = truth[finite], predicted[finite]
    scores = _regression_scores(truth, predicted)
    note = f", {left_out} not finite" if left_out else ""
    with page(path, width=7.0, height=7.4) as figure:
        axes = figure.add_subplot()
        draw_dots(axes, truth, predicted)
        if truth.size:
            _draw_diagonal(axes, truth=truth, predicted=predicted)
        axes.set_title(f"{headline(recipe_name)}\n{shortened(target)}, {truth.size} {part} examples{note}\n{scores}")
        axes.set_xlabel(f"true {shortened(target)}")
        axes.set_ylabel(f"predicted {shortened(target)}")
        axes.grid(visible=True, alpha=0.25)


def _draw_curves(axes: Axes, *, rows: Sequence[Mapping[str, float]], name: str, best_epoch: int | None) -> None:
    from matplotlib.ticker import MaxNLocator

    epochs = np.array([row["epoch"] for row in rows])
    shown = []
    for key, label, colour, style in (
        (name, "training", BLUE, "-"),
        (f"val_{name}", "validation", VERMILION, "--"),
    ):
        values = np.array([row.get(key, math.nan) for row in rows], dtype=float)
        if not np.isfinite(values).any():
            continue
        marker = "o" if len(rows) <= 20 else None
        axes.plot(epochs, values, style, color=colour, label=label, linewidth=1.8, marker=marker, markersize=4)
        shown.append(values[np.isfinite(values)])
    values = np.concatenate(shown) if shown else np.zeros(0)
    if values.size and values.min() > 0 and math.log10(values.max() / values.min()) > _DECADES_FOR_LOG:
        axes.set_yscale("log")
    if best_epoch is not None:
        axes.axvline(best_epoch, color=MARK_COLOUR, linewidth=1, linestyle=":", label=f"best epoch ({best_epoch})")
    axes.set_title(name)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(visible=True, alpha=0.25)
    if rows:
        axes.set_xlim(epochs[0] - 0.02 * len(rows) - 0.5, epochs[-1] + 0.02 * len(rows) + 0.5)


def _label_classes(axes: Axes, labels: Sequence[str], *, upright: bool) -> None:
    step = math.ceil(len(labels) / 40)
    ticks = range(0, len(labels), step)
    size = 10 if len(labels) <= 12 else 8 if len(labels) <= _MOST_CLASSES_WITH_TEXT else 7
    axes.set_xticks(ticks, [labels[tick] for tick in ticks], fontsize=size, rotation=90 if upright else 0)
    axes.set_yticks(ticks, [labels[tick] for tick in ticks], fontsize=size)


def _write_cells(axes: Axes, *, counts: NDArray[np.int64], shares: NDArray[np.float64]) -> None:
    size = 11 if len(counts) <= 6 else 9 if len(counts) <= 12 else 7
    for true_class, predicted_class in np.ndindex(counts.shape):
        count, share = int(counts[true_class, predicted_class]), float(shares[true_class, predicted_class])
        if count:
            colour = "white" if share > 0.5 else "black"
            text = axes.text(predicted_class, true_class, f"{count}\n{_share_text(share)}", fontsize=size, color=colour)
            text.set(horizontalalignment="center", verticalalignment="center", in_layout=False)


def _draw_diagonal(axes: Axes, *, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> None:
    """Draw the diagonal and give both axes the same span, so that it stands at 45 degrees."""
    low = float(min(truth.min(), predicted.min()))
    high = float(max(truth.max(), predicted.max()))
    margin = 0.04 * (high - low) or abs(high) * 0.04 or 1.0
    span = (low - margin, high + margin)
    axes.plot(span, span, color=MARK_COLOUR, linewidth=1, linestyle="--", label="predicted = true", zorder=3)
    axes.set_xlim(*span)
    axes.set_ylim(*span)
    axes.set_aspect("equal")
    axes.legend(frameon=False, loc="upper left")


def _regression_scores(truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> str:
    if not truth.size:
        return "nothing to score"
    error = predicted - truth
    spread = float(np.sum((truth - truth.mean()) ** 2))
    r2 = f"{1 - float(np.sum(error**2)) / spread:.3f}" if spread > 0 else "undefined"
    return f"R² {r2}, mean absolute error {np.mean(np.abs(error)):.4g}"


def _share_text(share: float) -> str:
    """Return a share in whole per cent that says neither none nor all where it is neither."""
    if 0 < share < 0.01:
        return "<1%"
    return ">99%" if 0.99 < share < 1 else f"{share:.0%}"
