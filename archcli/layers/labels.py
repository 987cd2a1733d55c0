"""The names of the classes, kept inside the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="archcli")
class Labels(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Hand the scores on and remember what they are the scores of.

    Input shape:
        `(batch, classes)`, whether one of them is right or any may be, or `(batch, 1)` with the score of the second of
        two classes.

    Output shape:
        The input's.

    Attributes:
        names: Label of each class, in the order of the scores.
    """

    def __init__(self, names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.names = tuple(names)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return `inputs`."""
        return inputs

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return `input_shape`."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        return {**super().get_config(), "names": list(self.names)}
