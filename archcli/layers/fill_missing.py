"""What stands for numbers that are not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="archcli")
class FillMissing(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Put a number in place of each that is missing, which is NaN.

    Input shape:
        `(batch, *shape)`.

    Output shape:
        The input's.

    Attributes:
        fill: What is put there: a number for each index of the last axis.
    """

    def __init__(self, fill: Sequence[float], **kwargs: Any) -> None:
        """Fill with `fill`."""
        super().__init__(**kwargs)
        self.fill = tuple(float(number) for number in fill)

    def call(self, inputs: Any) -> Any:
        """Return `inputs` with nothing missing."""
        fill = keras.ops.convert_to_tensor(self.fill, dtype=inputs.dtype)
        return keras.ops.where(keras.ops.isnan(inputs), fill, inputs)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return `input_shape`."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        return {**super().get_config(), "fill": list(self.fill)}
