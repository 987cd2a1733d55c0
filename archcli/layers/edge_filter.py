"""The classic edge filters as a layer: Sobel, Scharr, Prewitt."""

from __future__ import annotations

from typing import Any, Final

import keras
import numpy as np
from keras import ops

from archcli.layers.pad import pad_axes

SMOOTHING: Final = {"scharr": (3, 10, 3), "sobel": (1, 2, 1), "prewitt": (1, 1, 1)}
"""How each filter weighs the three lines that it takes a derivative along."""

PADDINGS: Final = ("valid", "same", "reflect", "symmetric", "replicate")


@keras.saving.register_keras_serializable(package="archcli")
class EdgeFilter(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Take the derivatives of every channel of an image along x and y.

    With the smoothing `s` of the filter, the kernel of x is `s^T (-1, 0, 1)` and that of y its transpose:

    | kind      | s          | gain on a ramp of slope 1 |
    |-----------|------------|---------------------------|
    | `scharr`  | 3, 10, 3   | 32                        |
    | `sobel`   | 1, 2, 1    | 8                         |
    | `prewitt` | 1, 1, 1    | 6                         |

    Like every convolution of Keras's, and like OpenCV's `Scharr` and `Sobel`, it is a cross-correlation: x grows to
    the right and y downwards, and a rise gives a positive number. Scharr's is the most faithful to direction: five to
    ten times closer than Sobel's up to half of the highest frequency.

    Input shape:
        `(batch, height, width, channels)`.

    Output shape:
        `(batch, height, width, 2 * channels)`: x and y of the first channel, x and y of the second, and so on; with
        `valid`, height and width are less by 2.

    Attributes:
        kernel: `(3, 3, channels, 2)`; trainable only where the layer is.

    Args:
        kind: `scharr`, `sobel` or `prewitt`.
        trainable: Whether the filters, once set, learn.
        unit_gain: Whether to divide by the gain, so that the outputs are derivatives per pixel.
        padding: `valid`: none; `same`: zeros; `reflect`: `c b | a b c`; `symmetric`: `b a | a b c`;
            `replicate`: `a a | a b c`. OpenCV's names of the last four: `BORDER_CONSTANT`, `BORDER_REFLECT_101` (its
            default), `BORDER_REFLECT`, `BORDER_REPLICATE`. Of a border one wide, the last two are the same.
        flip: Whether to turn the kernels by half a turn: a convolution as textbooks have it, which turns the signs.

    Raises:
        ValueError: The kind or the padding is none of these, or the image is too small.
    """

    def __init__(
        self,
        kind: str = "scharr",
        *,
        trainable: bool = False,
        unit_gain: bool = False,
        padding: str = "valid",
        flip: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable=trainable, **kwargs)
        if kind not in SMOOTHING:
            raise ValueError(f"`kind` is one of {', '.join(SMOOTHING)}. Received: kind={kind}")
        if padding not in PADDINGS:
            raise ValueError(f"`padding` is one of {', '.join(PADDINGS)}. Received: padding={padding}")
        self.kind = kind
        self.unit_gain = unit_gain
        self.padding = padding
        self.flip = flip
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the filters."""
        smallest = {"valid": 3, "reflect": 2}.get(self.padding, 1)
        if any(size is not None and size < smallest for size in input_shape[1:3]):
            raise ValueError(
                f"`padding: {self.padding}` needs images of at least {smallest} by {smallest} pixels. "
                f"Received: {input_shape[1]} by {input_shape[2]}"
            )
        kernels = edge_kernels(self.kind, unit_gain=self.unit_gain, flip=self.flip)  # (3, 3, 2)
        repeated = np.repeat(kernels[:, :, None, :], input_shape[-1] or 1, axis=2)
        self.kernel = self.add_weight(
            name="kernel", shape=repeated.shape, initializer=lambda _, dtype: ops.convert_to_tensor(repeated, dtype)
        )

    def call(self, inputs: Any) -> Any:
        """Return the derivatives."""
        inputs = ops.cast(inputs, self.compute_dtype)  # images come as bytes, too
        if self.padding == "same":
            inputs = pad_axes(inputs, ((1, 1), (1, 1), (0, 0)), mode="constant")
        elif self.padding == "reflect":
            inputs = pad_axes(inputs, ((1, 1), (1, 1), (0, 0)), mode="reflect")
        elif self.padding != "valid":
            inputs = pad_axes(inputs, ((1, 1), (1, 1), (0, 0)), mode="symmetric")
        return ops.depthwise_conv(inputs, self.kernel, padding="valid", data_format="channels_last")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the sizes of the image and twice its channels."""
        lost = 2 if self.padding == "valid" else 0
        height, width = (None if size is None else size - lost for size in input_shape[1:3])
        channels = input_shape[3]
        return (input_shape[0], height, width, None if channels is None else 2 * channels)

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        return {
            **super().get_config(),
            "kind": self.kind,
            "unit_gain": self.unit_gain,
            "padding": self.padding,
            "flip": self.flip,
        }


def edge_kernels(kind: str, *, unit_gain: bool = False, flip: bool = False) -> Any:
    """Return the filters of x and y, `(3, 3, 2)`, float32.

    Args:
        kind: `scharr`, `sobel` or `prewitt`.
        unit_gain: Whether a ramp of slope 1 gives 1.
        flip: Whether they are turned by half a turn.
    """
    smoothing = np.array(SMOOTHING[kind], "float32")
    along_x = np.outer(smoothing, (-1, 0, 1)).astype("float32")
    if unit_gain:
        along_x /= 2 * smoothing.sum()
    kernels = np.stack([along_x, along_x.T], axis=-1)
    return kernels[::-1, ::-1].copy() if flip else kernels
