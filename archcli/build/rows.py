"""Metrics for rows of numbers, measured on a model that answers at several places."""

from __future__ import annotations

from typing import Any

import keras


class OnRows(keras.metrics.Metric):  # type: ignore[misc] # Keras publishes no types
    """Lay the answers at all steps or pixels under each other and hand them to another metric, under its name."""

    def __init__(self, metric: keras.metrics.Metric) -> None:
        """Measure `metric` on rows."""
        super().__init__(name=metric.name, dtype=metric.dtype)
        self._metric = metric

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch: truth and answers, `(batch, *places, columns)`, and perhaps `(batch, *places)` weights."""
        rows = (-1, y_pred.shape[-1])
        if sample_weight is not None:
            sample_weight = keras.ops.convert_to_tensor(sample_weight)
            while sample_weight.ndim < y_pred.ndim - 1:  # of whole examples
                sample_weight = keras.ops.expand_dims(sample_weight, -1)
            weights = keras.ops.broadcast_to(sample_weight, keras.ops.shape(y_pred)[:-1])
            sample_weight = keras.ops.reshape(weights, (-1,))
        truth, answers = keras.ops.reshape(y_true, rows), keras.ops.reshape(y_pred, rows)
        self._metric.update_state(truth, answers, sample_weight=sample_weight)

    def result(self) -> Any:
        """Return what the inner metric says."""
        return self._metric.result()

    def reset_state(self) -> None:
        """Start anew."""
        self._metric.reset_state()
