"""The step activation: a unit fires or it does not."""

from __future__ import annotations

from typing import Any, Final

import keras
from keras import ops

GRADIENTS: Final = ("straight_through", "zero")


@keras.saving.register_keras_serializable(package="archcli")
class Step(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Give 1 where the input is at least 0, else 0 (Heaviside's step).

    `y = 1 if x >= 0 else 0`: a unit whose threshold is in its bias fires when it reaches the threshold (Rosenblatt,
    1958). The derivative is 0 wherever there is one, so nothing before the step would learn; the straight-through
    estimator takes the identity's in its place, `dL/dx = dL/dy` (Bengio, Léonard and Courville, 2013).

    Input shape:
        Any.

    Output shape:
        The input's; 0 or 1, in the layer's compute dtype.

    Args:
        gradient: `straight_through`, or `zero`: the true one.

    Raises:
        ValueError: `gradient` is neither.
    """

    def __init__(self, gradient: str = "straight_through", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if gradient not in GRADIENTS:
            raise ValueError(f"`gradient` is one of {', '.join(GRADIENTS)}. Received: gradient={gradient}")
        self.gradient = gradient
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return 0 or 1 for every number of `inputs`."""
        inputs = ops.cast(inputs, self.compute_dtype)
        fired = ops.cast(inputs >= 0, self.compute_dtype)
        if self.gradient == "zero":
            return ops.stop_gradient(fired)
        return fired + (inputs - ops.stop_gradient(inputs))  # the bracket is 0, and its derivative 1

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return `input_shape`."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        return {**super().get_config(), "gradient": self.gradient}
