"""What stands for numbers that are not there within a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="archcli")
class FillSteps(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Put a number in place of each that is missing, which is NaN, but for the steps after the end of a sequence.

    A sequence ends with its last step that has a number; all numbers after it are NaN, and stay so.

    Input shape:
        `(batch, steps, features)`.

    Output shape:
        The input's.

    Attributes:
        fill: What is put there: a number for each feature.
    """

    def __init__(self, fill: Sequence[float], **kwargs: Any) -> None:
        """Fill with `fill`."""
        super().__init__(**kwargs)
        self.fill = tuple(float(number) for number in fill)

    def call(self, inputs: Any) -> Any:
        """Return `inputs` with nothing missing before the end of a sequence."""
        fill = keras.ops.convert_to_tensor(self.fill, dtype=inputs.dtype)
        is_missing = keras.ops.isnan(inputs)
        is_there = keras.ops.logical_not(keras.ops.all(is_missing, axis=-1, keepdims=True))
        counted = keras.ops.cast(is_there, "int32")  # (batch, steps, 1)
        before = keras.ops.cumsum(counted, axis=1) - counted
        is_after_end = before >= keras.ops.sum(counted, axis=1, keepdims=True)
        # ONNX's converter chooses by multiplying with 0 and 1, and a NaN remains one, unless it is asked just for that.
        filled = keras.ops.where(is_missing, fill, inputs)
        return keras.ops.where(keras.ops.logical_and(is_after_end, is_missing), float("nan"), filled)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return `input_shape`."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        return {**super().get_config(), "fill": list(self.fill)}
