"""How far scores would vary with other examples: percentile intervals by the bootstrap.

B. Efron, R. Tibshirani, "An introduction to the bootstrap" (1993), chapter 13. What is drawn again is a whole example,
as a sequence with all its steps is, since its labels are not independent of each other.

Every score here is a function of sums over examples, so that a resample is one row of counts times the examples' sums,
and a thousand resamples are a product of two matrices.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.scoring.blocks import blocks
from archcli.scoring.classification import class_probabilities, surprises
from archcli.scoring.labels import sequence_rights
from archcli.scoring.multilabel import told_labels

RESAMPLES: Final = 1000
LEVEL: Final = 0.95
SEED: Final = 0

FEWEST: Final = 10
"""Examples from which there are intervals: of fewer too many resamples are alike."""

MOST_UNITS: Final = 10_000
"""More examples are put into so many random groups of equal size, and groups are drawn: their sums vary as much."""

MOST_CLASSES: Final = 200
"""More classes would take seconds: then there are no intervals of scores that are means over classes."""

_ROUNDING: Final = 1e-15
_DRAWN_AT_ONCE: Final = 1_000_000

Interval = tuple[float, float]
_Floats = NDArray[np.float64]


def class_intervals(truth: NDArray[Any], outputs: NDArray[np.float32], classes: int) -> dict[str, Interval]:
    """Return the intervals of the scores of classes.

    Args:
        truth: Class numbers, `(examples, *places)`; -1 where there is no label.
        outputs: The model's answers, `(examples, *places, scores)`.
        classes: How many classes there are.

    Returns:
        Lowest and highest by name: `accuracy`, `log_loss`; `balanced_accuracy` and `f1_macro` where there are not too
        many classes; `sequence_accuracy` of labels at steps. Empty where there are too few examples.
    """
    if len(truth) < FEWEST:
        return {}
    units = _units(len(truth))
    sums = _Sums(int(units.max()) + 1)
    for block in blocks(outputs):
        _add_classes(sums, units[block], truth[block], class_probabilities(outputs[block]), classes)
    drawn = sums.resampled()
    found = {"accuracy": _over(drawn["right"], drawn["count"]), "log_loss": _over(drawn["surprise"], drawn["count"])}
    if classes <= MOST_CLASSES:
        right, there, given = drawn["right each"], drawn["there"], drawn["given"]
        found["balanced_accuracy"] = _mean(_over(right, there))
        found["f1_macro"] = _mean(np.where(there > 0, _over(2 * right, there + given), np.nan))
    if truth.ndim == 2:
        found["sequence_accuracy"] = _over(drawn["whole"], drawn["sequences"])
    return _intervals({name: values.reshape(-1) for name, values in found.items()})


def _add_classes(
    sums: _Sums, units: NDArray[np.int64], truth: NDArray[Any], chances: NDArray[np.float64], classes: int
) -> None:
    """Add up what the scores of some examples are made of; as for `class_intervals`, but of probabilities."""
    is_there = truth >= 0
    owners = units[np.nonzero(is_there)[0]]
    labels, told_all = truth[is_there].astype(np.int64), chances.argmax(axis=-1)
    told = told_all[is_there]
    is_right = told == labels
    sums.add("count", owners)
    sums.add("right", owners, is_right)
    sums.add("surprise", owners, surprises(labels, chances[is_there]))
    if truth.ndim == 2:
        whole = is_there.any(axis=1)
        sums.add("sequences", units[whole])
        sums.add("whole", units[whole], sequence_rights(truth, told_all)[whole])
    if classes <= MOST_CLASSES:
        sums.add_each("right each", owners[is_right], labels[is_right], classes)
        sums.add_each("there", owners, labels, classes)
        sums.add_each("given", owners, told, classes)


def label_intervals(truth: NDArray[Any], outputs: NDArray[np.float32]) -> dict[str, Interval]:
    """Return the intervals of `f1_micro`, `f1_macro`, `subset_accuracy` and `hamming_loss`.

    Args:
        truth: 1 for each label that an example has, else 0, `(examples, labels)`.
        outputs: The model's answers, `(examples, labels)`.
    """
    labels = truth.shape[1]
    if len(truth) < FEWEST or labels > MOST_CLASSES:
        return {}
    units = _units(len(truth))
    sums = _Sums(int(units.max()) + 1)
    for block in blocks(outputs):
        of, expected, told = units[block], truth[block] > 0, told_labels(outputs[block])
        sums.add("count", of)
        sums.add("whole", of, (expected == told).all(axis=1))
        sums.add("wrong", of, (expected != told).mean(axis=1))
        for name, flags in (("right", expected & told), ("there", expected), ("given", told)):
            examples, numbers = np.nonzero(flags)
            sums.add_each(name, of[examples], numbers, labels)
    drawn = sums.resampled()
    right, counted = 2 * drawn["right"], drawn["there"] + drawn["given"]
    found = {
        "f1_micro": _over(right.sum(axis=1), counted.sum(axis=1)),
        "f1_macro": _mean(_over(right, counted)),
        "subset_accuracy": _over(drawn["whole"], drawn["count"]),
        "hamming_loss": _over(drawn["wrong"], drawn["count"]),
    }
    return _intervals({name: values.reshape(-1) for name, values in found.items()})


def number_intervals(truth: NDArray[Any], outputs: NDArray[Any], owners: NDArray[np.int64]) -> dict[str, Interval]:
    """Return the intervals of `r2`, `mae`, `rmse`, and of `mape` where no true number is 0.

    Args:
        truth: `(rows, columns)`, of an example one row or several.
        outputs: The same of the model's answers.
        owners: The example of each row, `(rows,)`, from 0.
    """
    examples = int(owners.max()) + 1 if len(owners) else 0
    if examples < FEWEST:
        return {}
    units, columns = _units(examples), truth.shape[1]
    middle = truth.mean(axis=0, dtype=np.float64)
    has_shares = bool((truth != 0).all())
    sums, squares = _Sums(int(units.max()) + 1), np.zeros(columns)
    for block in blocks(truth):
        of, expected = units[owners[block]], truth[block].astype(np.float64)
        error = outputs[block].astype(np.float64) - expected
        sums.add("count", of)
        sums.add("off", of, np.abs(error).mean(axis=1))
        sums.add("missed", of, np.square(error).mean(axis=1))
        if has_shares:
            sums.add("share", of, (np.abs(error) / np.abs(expected)).mean(axis=1))
        if columns <= MOST_CLASSES:
            centred = expected - middle  # sums of squares lose digits far from 0
            squares += np.square(expected).sum(axis=0)
            for name, values in (("squares", np.square(error)), ("sum", centred), ("spread", np.square(centred))):
                sums.add_columns(name, of, values)
    drawn = sums.resampled()
    count = drawn["count"]
    found = {"mae": _over(drawn["off"], count), "rmse": np.sqrt(_over(drawn["missed"], count))}
    if has_shares:
        found["mape"] = _over(drawn["share"], count)
    if columns <= MOST_CLASSES:
        spread = drawn["spread"] - _over(np.square(drawn["sum"]), np.broadcast_to(count, drawn["sum"].shape))
        least = _ROUNDING * squares  # below it nothing changes: all is explained, or nothing
        shares = np.where(drawn["squares"] == 0, 1.0, 0.0)
        np.divide(spread - drawn["squares"], spread, out=shares, where=spread > least)
        found["r2"] = shares.mean(axis=1)
    return _intervals({name: values.reshape(-1) for name, values in found.items()})


class _Sums:
    """Sums over the examples of each unit that is drawn, by name; what is added under a name is added to it."""

    def __init__(self, units: int) -> None:
        self._units = units
        self._columns: dict[str, _Floats] = {}

    def add(self, name: str, owners: NDArray[np.int64], values: NDArray[Any] | None = None) -> None:
        """Add up a number for each of what the units own; None: count."""
        self._add(name, np.bincount(owners, values, self._units)[:, np.newaxis])

    def add_each(self, name: str, owners: NDArray[np.int64], kinds: NDArray[np.int64], count: int) -> None:
        """Count what the units own by its kind, 0 to `count`."""
        cells = np.bincount(owners * count + kinds, minlength=self._units * count)
        self._add(name, cells.reshape(self._units, count))

    def add_columns(self, name: str, owners: NDArray[np.int64], values: _Floats) -> None:
        """Add up rows of numbers, `(rows, columns)`."""
        added = [np.bincount(owners, column, self._units) for column in values.T]
        self._add(name, np.stack(added, axis=1))

    def _add(self, name: str, sums: NDArray[Any]) -> None:
        self._columns[name] = self._columns.get(name, np.zeros(sums.shape)) + sums

    def resampled(self) -> dict[str, _Floats]:
        """Draw as many units as there are, a thousand times; return their sums, `(resamples, columns)`, by name."""
        table = np.concatenate(list(self._columns.values()), axis=1)
        random = np.random.default_rng(SEED)
        totals = np.empty((RESAMPLES, table.shape[1]))
        chunk = min(RESAMPLES, _DRAWN_AT_ONCE // self._units)
        for start in range(0, RESAMPLES, chunk):
            count = min(chunk, RESAMPLES - start)
            drawn = random.integers(0, self._units, (count, self._units), np.int32)
            drawn += np.arange(count, dtype=np.int32)[:, np.newaxis] * np.int32(self._units)
            counts = np.bincount(drawn.ravel(), minlength=count * self._units).reshape(count, self._units)
            totals[start : start + count] = counts.astype(np.float64) @ table
        widths = np.cumsum([column.shape[1] for column in self._columns.values()])
        return dict(zip(self._columns, np.split(totals, widths[:-1], axis=1), strict=True))


def _units(examples: int) -> NDArray[np.int64]:
    """Return what each example is drawn with, `(examples,)`: itself, or one of so many groups."""
    if examples <= MOST_UNITS:
        return np.arange(examples)
    units = np.random.default_rng(SEED).permutation(examples)
    units %= MOST_UNITS
    return units


def _over(part: _Floats, whole: _Floats) -> _Floats:
    """Divide, NaN where there is nothing to divide by."""
    shares: _Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return shares


def _mean(values: _Floats) -> _Floats:
    """Return the mean of each row over what is not NaN; NaN where all of it is."""
    counted = ~np.isnan(values)
    return _over(np.where(counted, values, 0.0).sum(axis=1), counted.sum(axis=1).astype(np.float64))


def _intervals(found: dict[str, _Floats]) -> dict[str, Interval]:
    """Return the percentiles; none of a score that some resamples do not have."""
    tails = (50 * (1 - LEVEL), 50 * (1 + LEVEL))
    intervals: dict[str, Interval] = {}
    for name, values in found.items():
        if np.isfinite(values).all():
            low, high = np.percentile(values, tails)
            intervals[name] = (float(low), float(high))
    return intervals
