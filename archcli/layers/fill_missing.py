"""What stands for values that are not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="archcli")
class FillMissing(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Put something in place of what is missing: of a number that is NaN, of a text that is empty.

    Input shape:
        `(batch, *shape)`: numbers, or texts.

    Output shape:
        The input's.

    Attributes:
        fill: What is put there: a number for each index of the last axis, or a text.
    """

    def __init__(self, fill: Sequence[float] | str, **kwargs: Any) -> None:
        """Fill with `fill`."""
        super().__init__(**kwargs)
        self.fill = fill if isinstance(fill, str) else tuple(float(number) for number in fill)
        self._convert_input_args = not isinstance(fill, str)

    def call(self, inputs: Any) -> Any:
        """Return `inputs` with nothing missing."""
        if isinstance(self.fill, str):
            return tf.where(tf.equal(inputs, ""), self.fill, inputs)  # Keras's own operations know no texts
        fill = keras.ops.convert_to_tensor(self.fill, dtype=inputs.dtype)
        return keras.ops.where(keras.ops.isnan(inputs), fill, inputs)

    def compute_output_spec(self, inputs: Any) -> Any:
        """Return what `inputs` are."""
        return keras.KerasTensor(inputs.shape, inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        return {**super().get_config(), "fill": self.fill if isinstance(self.fill, str) else list(self.fill)}
