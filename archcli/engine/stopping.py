"""Which epoch was best, and when there is no more use in going on."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from archcli.errors import Problem, RecipeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import keras

    from archcli.recipe.recipe import EarlyStopping

Direction = Literal["min", "max"]


@dataclass
class Best:
    """The best epoch so far: the first with a value that none before had reached.

    Attributes:
        direction: Whether less or more is better.
        epoch: From 1; 0 before the first.
        value: Of the monitored quantity.
    """

    direction: Direction
    epoch: int = 0
    value: float = math.nan

    def is_beaten(self, epoch: int, value: float, *, surely: bool = False) -> bool:
        """Note the `value` of `epoch`, from 1, and return whether it is the best; a NaN never beats a number.

        An epoch that is the best one `surely` is so whatever its value.
        """
        if self.epoch and not surely and not _is_better(value, self.value, self.direction):
            return False
        self.epoch, self.value = epoch, value
        return True


@dataclass
class Patience:
    """Keras's `EarlyStopping`, kept as numbers that a checkpoint can hold.

    Differs from Keras in one thing: a NaN is never the best value, so that a number after it is an improvement.

    Attributes:
        best: The best value since `start_from_epoch`, by more than `min_delta`; None before the first.
        wait: Epochs since then.
        is_over: Whether patience was lost.
    """

    best: float | None = None
    wait: int = 0
    is_over: bool = False

    def lose(self, epoch: int, value: float, rule: EarlyStopping, direction: Direction) -> bool:
        """Take note of an epoch.

        Args:
            epoch: From 1.
            value: Of the monitored quantity.
            rule: When patience is lost.
            direction: Whether less or more is better.

        Returns:
            Whether training is to stop.
        """
        if epoch <= rule.start_from_epoch:
            return False
        margin = abs(rule.min_delta) if direction == "max" else -abs(rule.min_delta)
        self.wait += 1
        if self.best is None or _is_better(value - margin, self.best, direction):
            self.best, self.wait = value, 0
            return False
        self.is_over = self.wait >= rule.patience and epoch > 1
        return self.is_over

    def is_still_over(self, rule: EarlyStopping | None) -> bool:
        """Return whether patience that was lost is lost under `rule` too, which may be another one after a resume."""
        return self.is_over and rule is not None and self.wait >= rule.patience

    def state(self) -> dict[str, Any]:
        """Return what a checkpoint keeps."""
        return asdict(self)


def find_direction(
    model: keras.Model, monitor: str, available: Mapping[str, float], *, has_validation: bool
) -> Direction:
    """Find out whether less or more of the monitored quantity is better, as Keras's callbacks do.

    A loss: less. A metric: as its class says, such as more for `accuracy` and less for `mean_squared_error`.

    Args:
        model: With its metrics built.
        monitor: Name of a metric, perhaps with `val_` before it.
        available: The names that are measured, without `val_`.
        has_validation: Whether they are measured on validation examples too.

    Returns:
        `min` or `max`.

    Raises:
        RecipeError: `unknown-monitor`: nothing of this name is measured; `monitor-without-direction`: Keras does not
            say which way is better.
    """
    name = monitor.removeprefix("val_")
    names = [*available, *(f"val_{known}" for known in available if has_validation)]
    if monitor not in names:
        listed = ", ".join(f"`{known}`" for known in names)
        raise RecipeError(
            Problem(
                "unknown-monitor",
                f"nothing called `{monitor}` is measured, expected one of {listed}",
                hint="give `train.monitor` one of these names",
            )
        )
    if name == "loss" or name.endswith("_loss"):
        return "min"
    for metric in _walk_metrics(model):
        if metric.name == name or name.endswith(f"_{metric.name}"):
            direction = getattr(metric, "_direction", None)
            if direction is not None:
                return "max" if direction == "up" else "min"
    raise RecipeError(
        Problem(
            "monitor-without-direction",
            f"Keras does not say whether more or less of `{monitor}` is better",
            hint="give `train.monitor` a loss or a metric such as `accuracy`",
        )
    )


def _walk_metrics(model: keras.Model) -> list[keras.metrics.Metric]:
    return [part for metric in model.metrics for part in (metric, *getattr(metric, "metrics", ()))]


def _is_better(value: float, reference: float, direction: Direction) -> bool:
    """Compare in single precision, which is what Keras's callbacks do."""
    if math.isnan(reference):
        return not math.isnan(value)
    one, other = np.float32(value), np.float32(reference)
    return bool(one < other) if direction == "min" else bool(one > other)
