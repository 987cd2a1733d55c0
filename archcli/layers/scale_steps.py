"""Scaling of sequences that are padded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="archcli")
class ScaleSteps(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Multiply by `scale` and add `offset`, as `keras.layers.Rescaling` does, but for the steps that are padding.

    Those are the steps of which all numbers are `raw_padding`, or NaN where that is None; all numbers of them become
    `padding`, which a `Masking` layer can then tell from all others.

    Input shape:
        `(batch, steps, features)`.

    Output shape:
        The input's.

    Attributes:
        scale: One number, or one for each feature.
        offset: One number, or one for each feature.
        raw_padding: What padding is made of when it comes; None: NaN.
        padding: What padding is made of when it goes.
    """

    def __init__(
        self,
        scale: Sequence[float],
        offset: Sequence[float],
        *,
        raw_padding: float | None,
        padding: float,
        **kwargs: Any,
    ) -> None:
        """Scale what is not padding."""
        super().__init__(**kwargs)
        self.scale = tuple(float(number) for number in scale)
        self.offset = tuple(float(number) for number in offset)
        self.raw_padding = None if raw_padding is None else float(raw_padding)
        self.padding = float(padding)

    def call(self, inputs: Any) -> Any:
        """Return scaled steps, `(batch, steps, features)`, and padding."""
        scale = keras.ops.convert_to_tensor(self.scale, dtype=inputs.dtype)
        offset = keras.ops.convert_to_tensor(self.offset, dtype=inputs.dtype)
        if self.raw_padding is not None:
            is_padding = keras.ops.all(keras.ops.equal(inputs, self.raw_padding), axis=-1, keepdims=True)
            return keras.ops.where(is_padding, self.padding, inputs * scale + offset)
        is_missing = keras.ops.isnan(inputs)
        is_padding = keras.ops.all(is_missing, axis=-1, keepdims=True)
        # ONNX's converter chooses by multiplying with 0 and 1, and a NaN remains one, unless it sees what it handles.
        known = keras.ops.where(is_missing, 0.0, inputs)
        scaled = keras.ops.where(is_padding, self.padding, known * scale + offset)
        is_lost = keras.ops.logical_and(is_missing, keras.ops.logical_not(is_padding))
        return keras.ops.where(is_lost, float("nan"), scaled)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return `input_shape`."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        return {
            **super().get_config(),
            "scale": list(self.scale),
            "offset": list(self.offset),
            "raw_padding": self.raw_padding,
            "padding": self.padding,
        }
