"""Sequences turned round."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="archcli")
class Reverse(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Turn the order of an axis round; where there is a mask, of the steps that it keeps.

    Of a sequence whose steps `0 .. n-1` are kept, step `t` gets what step `n-1-t` had. What the mask leaves out stays
    where it is, so padding on the right stays on the right, on the left on the left, and the mask holds as it is. Of
    a sequence with a gap, what is kept is turned round and the gap stays in its place.

    What a recurrent layer with `go_backwards` returns of padded sequences is turned round whole, padding included.
    To read sequences from their end and have the outputs in order, write `Reverse`, the recurrent layer without
    `go_backwards`, `Reverse`.

    Input shape:
        Any with the axis; `(batch, steps, features)` for example. A mask, `(batch, steps)`, is of axis 1, and turning
        another axis round leaves it alone.

    Output shape:
        The input's.

    Args:
        axis: The axis to turn round, counted from the batch, which is 0 and stays; from the end if negative.
        **kwargs: Keras's own, such as `name` and `dtype`.

    Raises:
        ValueError: `axis` is 0, or the input does not have it.
    """

    def __init__(self, axis: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if axis == 0:
            raise ValueError("`axis` should be one of an example's, from 1, and not the batch. Received: axis=0")
        self.axis = axis
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Check that the input has the axis."""
        axes = len(input_shape)
        if not (1 <= self.axis < axes or 1 - axes <= self.axis < 0):
            raise ValueError(
                f"`axis` should be one of the input's. Received: axis={self.axis}, input_shape={input_shape}"
            )
        self.built = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Return `inputs` turned round."""
        axis = self.axis % len(inputs.shape)
        if mask is None or axis != 1:
            return ops.flip(inputs, axis=axis)
        places = _turned(ops.cast(mask, "bool"))
        for _ in inputs.shape[2:]:
            places = ops.expand_dims(places, -1)
        return ops.take_along_axis(inputs, ops.broadcast_to(places, ops.shape(inputs)), axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return `input_shape`."""
        return input_shape

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # noqa: ARG002 -- Keras's
        """Return `mask`, which holds as it is."""
        return mask

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        return {**super().get_config(), "axis": self.axis}


def _turned(mask: Any) -> Any:
    """Return for each step where its content comes from, `(batch, steps)`."""
    steps = ops.shape(mask)[1]
    step = ops.arange(steps, dtype="int32")[None, :]  # (1, steps)
    # The kept steps in order, then the others.
    kept = ops.argsort(ops.where(mask, step, step + steps), axis=1)  # (batch, steps)
    count = ops.sum(ops.cast(mask, "int32"), axis=1, keepdims=True)  # (batch, 1)
    rank = ops.cumsum(ops.cast(mask, "int32"), axis=1) - 1
    opposite = ops.where(mask, count - 1 - rank, 0)
    return ops.where(mask, ops.cast(ops.take_along_axis(kept, opposite, axis=1), "int32"), step)
