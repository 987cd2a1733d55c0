"""What came out of a run: `metrics.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from archcli.runs.writing import write_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archcli.runs.directory import Run


@dataclass(frozen=True)
class RunMetrics:
    """The result of training, for the report, for `runs list` and for a person with `jq`.

    Attributes:
        epochs: How many were trained in all, over every `resume`.
        best_epoch: The epoch whose weights are in `model.keras`, from 1.
        monitor: The logged quantity that decided so.
        best_value: Its value there.
        main: Name of the score that a person asks for first, such as `accuracy` or `r2`.
        scores: Loss and metrics of the best weights, by part (`training`, `validation`, `test`), then by name.
        seconds: Time spent training, over every `resume`.
        parameter_count: Trainable and other weights of the model.
        stopped_early: Whether `early_stopping` ended it.
        confusion: Examples of `evaluated_on` counted by true class (rows) and predicted class, of the first target;
            None where there are no classes.
        notes: What the learning rule has to say of it, sentences without a full stop.
        evaluated_on: The part that the final figures, and all that follows, are of.
        intervals: The 95 % interval, lowest and highest, of those of its scores that have one.
        baselines: Its scores as others get them, by the baseline's name, then by the score's.
        score_notes: Which scores are left out, and why.
        targets: Each target by itself: its classes, confusion, calibration, columns or steps.
        training_means: The means of the numbers that it was trained on, one a column, by target.
    """

    epochs: int
    best_epoch: int
    monitor: str
    best_value: float
    main: str
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    seconds: float = 0.0
    parameter_count: int = 0
    stopped_early: bool = False
    confusion: Sequence[Sequence[int]] | None = None
    notes: Sequence[str] = ()
    evaluated_on: str = "test"
    intervals: Mapping[str, Sequence[float]] = field(default_factory=dict)
    baselines: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    score_notes: Sequence[str] = ()
    targets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    training_means: Mapping[str, Sequence[float]] = field(default_factory=dict)


def write_metrics(run: Run, metrics: RunMetrics) -> None:
    """Write the run's `metrics.json`.

    Raises:
        DataError, SetupError: `cannot-write`: the disk is full, or anything else is wrong.
    """
    write_json(run.metrics, asdict(metrics))


def read_metrics(run: Run) -> RunMetrics | None:
    """Read the run's `metrics.json`; None where there is none yet. What was not finite comes back as NaN."""
    try:
        value: dict[str, Any] = json.loads(run.metrics.read_bytes())
        value["best_value"] = _number(value["best_value"])
        value["scores"] = {
            part: {name: _number(score) for name, score in scores.items()} for part, scores in value["scores"].items()
        }
        return RunMetrics(**value)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
