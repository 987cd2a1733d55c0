"""The pictures of scores, as PNG: ROC and precision-recall curves, calibration, residuals, error by step ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np  # noqa: TID253 -- only a command that has trained or evaluated imports this module

from archcli.runs.pages import BLUE, COLOURS, MARK_COLOUR, VERMILION, draw_dots, headline, page, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_MOST_BINS = 60
_STYLES = ("-", "--", "-.", ":")


@dataclass(frozen=True)
class RankingCurve:
    """The curves of one class.

    Attributes:
        name: The class.
        false_positives: Across, `(points,)`, 0 to 1.
        true_positives: Up, likewise; the recall.
        precisions: Likewise.
        roc_auc: The area under the first.
        pr_auc: The average precision.
        share: The share of the examples that is of the class: what chance has as precision.
    """

    name: str
    false_positives: NDArray[np.float64]
    true_positives: NDArray[np.float64]
    precisions: NDArray[np.float64]
    roc_auc: float
    pr_auc: float
    share: float


def plot_rankings(path: Path, *, curves: Sequence[RankingCurve], of: int, recipe_name: str, part: str) -> None:
    """Draw true against false positives, and precision against recall, a curve for each class.

    Args:
        path: The PNG.
        curves: As many as there are colours, ten, or fewer.
        of: How many there are in all.
        recipe_name: For the title.
        part: `test`, `validation`, `training`, or a file, for the title.

    Raises:
        DataError, SetupError: `cannot-write`: the disk is full, or anything else is wrong.
    """
    which = "" if len(curves) == of else f", the {len(curves)} of {of} with the smallest area"
    with page(path, width=11.0, height=6.0, margins=(0.07, 0.1, 0.99, 0.89, 0.16)) as figure:
        figure.suptitle(f"{headline(recipe_name)}: {shortened(part)} examples ranked{which}")
        roc, precision = figure.subplots(1, 2)
        for colour, curve in zip(COLOURS, curves, strict=False):
            name = shortened(curve.name)
            across, up = np.append(0.0, curve.false_positives), np.append(0.0, curve.true_positives)
            roc.plot(across, up, color=colour, linewidth=1.8, label=f"{name}: {curve.roc_auc:.3f}")
            first = curve.precisions[:1]
            label = f"{name}: {curve.pr_auc:.3f} (chance {curve.share:.3f})"
            recall, height = np.append(0.0, curve.true_positives), np.concatenate([first, curve.precisions])
            precision.plot(recall, height, color=colour, linewidth=1.8, drawstyle="steps-pre", label=label)
        roc.plot([0, 1], [0, 1], color=MARK_COLOUR, linewidth=1, linestyle=":", label="chance: 0.500")
        _frame(roc, "ROC, area under the curve", across="false positives (share of the others)", up="true positives")
        _frame(precision, "precision and recall, average precision", across="recall", up="precision")
        behind = {"framealpha": 0.75, "edgecolor": "none", "fontsize": 9}
        roc.legend(loc="lower right", **behind)
        is_high = sum(curve.pr_auc for curve in curves) > len(curves) / 2
        precision.legend(loc="lower left" if is_high else "upper right", **behind)


def plot_calibration(
    path: Path,
    *,
    edges: NDArray[np.float64],
    counts: NDArray[np.int64],
    confidences: NDArray[np.float64],
    accuracies: NDArray[np.float64],
    error: float,
    recipe_name: str,
    part: str,
) -> None:
    """Draw how often answers are right against how sure the model is of them, and how many there are of each.

    Args:
        path: The PNG.
        edges: Between which the bins lie, `(bins + 1,)`.
        counts: Examples in each bin, `(bins,)`.
        confidences: Their mean confidence; NaN in an empty bin.
        accuracies: The share of them that is right; likewise.
        error: The expected calibration error, for the title.
        recipe_name: For the title.
        part: For the title.

    Raises:
        DataError, SetupError: `cannot-write`: the disk is full, or anything else is wrong.
    """
    there = counts > 0
    with page(path, width=6.4, height=7.4, margins=(0.13, 0.08, 0.97, 0.92, 0.2)) as figure:
        right, many = figure.subplots(2, 1, height_ratios=(3, 1), sharex=True)
        right.plot([0, 1], [0, 1], color=MARK_COLOUR, linewidth=1, linestyle=":", label="as often right as sure")
        widths = np.diff(edges)
        right.bar(edges[:-1][there], accuracies[there], widths[there], align="edge", color=BLUE, alpha=0.35)
        sizes = 20 + 130 * counts[there] / counts.max()
        right.scatter(confidences[there], accuracies[there], s=sizes, color=BLUE, label="answers, by bin", zorder=3)
        right.set_title(f"{headline(recipe_name)}\n{shortened(part)} examples, calibration error {error:.3f}")
        right.set_ylabel("share that is right")
        right.set_ylim(0, 1.02)
        right.set_xlim(0, 1)
        right.grid(visible=True, alpha=0.25)
        right.legend(frameon=False, loc="upper left")
        many.bar(edges[:-1], counts, widths, align="edge", color=BLUE, edgecolor="white", linewidth=0.5)
        many.set_xlabel("confidence: the probability of the class told")
        many.set_ylabel("answers")
        many.grid(visible=True, axis="y", alpha=0.25)


def plot_residuals(
    path: Path,
    *,
    truth: NDArray[np.float64],
    predicted: NDArray[np.float64],
    target: str,
    recipe_name: str,
    part: str,
) -> None:
    """Draw what each answer is off by, predicted less true, against the answer, and how often.

    Args:
        path: The PNG.
        truth: `(examples,)`, in the target's own unit; a pair that is not finite is left out.
        predicted: `(examples,)`, the same.
        target: Name of the target.
        recipe_name: For the title.
        part: For the title.

    Raises:
        DataError, SetupError: `cannot-write`: the disk is full, or anything else is wrong.
    """
    finite = np.isfinite(truth) & np.isfinite(predicted)
    predicted = predicted[finite]
    residuals = predicted - truth[finite]
    what = f"mean {residuals.mean():.4g}, deviation {residuals.std():.4g}" if residuals.size else "nothing to score"
    with page(path, width=9.0, height=5.4, margins=(0.12, 0.11, 0.98, 0.84, 0.05)) as figure:
        dots, bars = figure.subplots(1, 2, width_ratios=(3, 1), sharey=True)
        draw_dots(dots, predicted, residuals)
        for axes in (dots, bars):
            axes.axhline(0, color=MARK_COLOUR, linewidth=1, linestyle="--")
            axes.grid(visible=True, alpha=0.25)
        if residuals.size:
            bins = int(np.clip(2 * np.sqrt(residuals.size), 10, _MOST_BINS))
            bars.hist(residuals, bins=bins, orientation="horizontal", color=BLUE, alpha=0.7)
        figure.suptitle(
            f"{headline(recipe_name)}\n{shortened(target)}, {residuals.size} {shortened(part)} examples\n{what}"
        )
        dots.set_xlabel(f"predicted {shortened(target)}")
        dots.set_ylabel("residual: predicted - true")
        bars.set_xlabel("examples")


def plot_horizon(
    path: Path, *, errors: Mapping[str, Sequence[float]], target: str, recipe_name: str, part: str
) -> None:
    """Draw the mean absolute error of each step ahead, the model's beside those of the baselines.

    Args:
        path: The PNG.
        errors: By who answers, the model first; one for each step, in the target's own unit.
        target: Name of the target.
        recipe_name: For the title.
        part: For the title.

    Raises:
        DataError, SetupError: `cannot-write`: the disk is full, or anything else is wrong.
    """
    from matplotlib.ticker import MaxNLocator

    colours = (BLUE, VERMILION, *COLOURS[2:])
    with page(path, width=8.0, height=5.0, margins=(0.12, 0.11, 0.98, 0.88, 0.0)) as figure:
        axes = figure.add_subplot()
        for number, (name, values) in enumerate(errors.items()):
            steps = np.arange(1, len(values) + 1)
            style = _STYLES[number % len(_STYLES)]
            marker = "o" if len(values) <= 30 else None
            axes.plot(steps, values, style, color=colours[number], marker=marker, markersize=4, label=name)
        axes.set_title(f"{headline(recipe_name)}\n{shortened(target)}, {shortened(part)} examples, by step ahead")
        axes.set_xlabel("steps ahead")
        axes.set_ylabel(f"mean absolute error of {shortened(target)}")
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.grid(visible=True, alpha=0.25)
        axes.legend(frameon=False)


def _frame(axes: Axes, title: str, *, across: str, up: str) -> None:
    axes.set_title(title)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.02)
    axes.set_aspect("equal")
    axes.grid(visible=True, alpha=0.25)
