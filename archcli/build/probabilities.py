"""Metrics for probabilities, measured on a model that gives logits."""

from __future__ import annotations

from typing import Any, Literal

import keras


class OnProbabilities(keras.metrics.Metric):  # type: ignore[misc] # Keras publishes no types
    """Turn logits into probabilities and hand them to another metric, under that metric's name."""

    def __init__(self, metric: keras.metrics.Metric, *, activation: Literal["sigmoid", "softmax"]) -> None:
        """Measure `metric` behind `activation`."""
        super().__init__(name=metric.name, dtype=metric.dtype)
        self._metric = metric
        self._activation = keras.activations.get(activation)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in one batch: truth and logits, `(batch, scores)`, and perhaps the weight of each example."""
        self._metric.update_state(y_true, self._activation(y_pred), sample_weight=sample_weight)

    def result(self) -> Any:
        """Return what the inner metric says."""
        return self._metric.result()

    def reset_state(self) -> None:
        """Start anew."""
        self._metric.reset_state()
