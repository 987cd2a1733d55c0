"""The subsampling of LeNet-5: an average that has learned how much it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final

import keras
from keras import ops

PADDINGS: Final = ("valid", "same")


class TrainableAveragePooling(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """What the layers of one, two and three dimensions have in common.

    `y[.., c] = f(gain[c] * mean(window of x[.., c]) + bias[c])`: one gain and one bias for each channel (LeCun, Bottou,
    Bengio and Haffner, 1998, where the window is summed; the mean differs from that by a factor in the gain). `same`
    divides by the number of real pixels in the window.

    Attributes:
        rank: Axes that are pooled.
        gain: The gains, `(channels,)`; trainable.
        bias: The biases, `(channels,)`; trainable.
    """

    rank: ClassVar[int]

    def __init__(
        self,
        pool_size: int | Sequence[int] = 2,
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        activation: Any = "sigmoid",
        gain_initializer: Any = "ones",
        bias_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if padding not in PADDINGS:
            raise ValueError(f"`padding` is one of {', '.join(PADDINGS)}. Received: padding={padding}")
        self.pool_size = _for_each_axis(pool_size, self.rank, name="pool_size")
        self.strides = self.pool_size if strides is None else _for_each_axis(strides, self.rank, name="strides")
        self.padding = padding
        self.activation = keras.activations.get(activation)
        self.gain_initializer = keras.initializers.get(gain_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.input_spec = keras.layers.InputSpec(ndim=self.rank + 2)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make a gain and a bias for each channel."""
        channels = (input_shape[-1],)
        self.gain = self.add_weight(name="gain", shape=channels, initializer=self.gain_initializer)
        self.bias = self.add_weight(name="bias", shape=channels, initializer=self.bias_initializer)

    def call(self, inputs: Any) -> Any:
        """Return the activation of the scaled averages."""
        averages = ops.average_pool(
            inputs, self.pool_size, strides=self.strides, padding=self.padding, data_format="channels_last"
        )
        return self.activation(averages * self.gain + self.bias)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return `floor((n - size) / stride) + 1` of each pooled axis, or `ceil(n / stride)` with `same`."""
        sizes = zip(input_shape[1:-1], self.pool_size, self.strides, strict=True)
        pooled = (_pooled(n, size, stride, padding=self.padding) for n, size, stride in sizes)
        return (input_shape[0], *pooled, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "strides": self.strides,
            "padding": self.padding,
            "activation": keras.activations.serialize(self.activation),
            "gain_initializer": keras.initializers.serialize(self.gain_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
        }


@keras.saving.register_keras_serializable(package="archcli")
class TrainableAveragePooling1D(TrainableAveragePooling):
    """Average windows of a sequence, times a gain, plus a bias, through an activation.

    `y[t, c] = f(gain[c] * mean(window of x[.., c]) + bias[c])`, as `TrainableAveragePooling2D` in one dimension.

    Input shape:
        `(batch, steps, channels)`.

    Output shape:
        `(batch, pooled steps, channels)`.

    Args:
        pool_size: Steps in a window, from 1.
        strides: Steps from one window to the next; None: the windows touch.
        padding: `valid`: whole windows only; `same`: also what is left at the end.
        activation: What the scaled average goes through; None: nothing.
        gain_initializer: First gains.
        bias_initializer: First biases.

    Raises:
        ValueError: A size or a padding is none.
    """

    rank = 1


@keras.saving.register_keras_serializable(package="archcli")
class TrainableAveragePooling2D(TrainableAveragePooling):
    """Average windows of an image, times a gain, plus a bias, through an activation: the subsampling of LeNet-5.

    `y[i, j, c] = f(gain[c] * mean(window of x[.., .., c]) + bias[c])`, with one gain and one bias for each channel
    (LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998). There the
    window is summed: the mean of four pixels differs from their sum by a factor 4 in the gain.

    Input shape:
        `(batch, height, width, channels)`.

    Output shape:
        `(batch, pooled height, pooled width, channels)`.

    Args:
        pool_size: Pixels of a window, from 1: one number, or height and width.
        strides: Pixels from one window to the next, likewise; None: the windows touch.
        padding: `valid`: whole windows only; `same`: also what is left at the bottom and right, divided by the number
            of real pixels.
        activation: What the scaled average goes through; None: nothing.
        gain_initializer: First gains.
        bias_initializer: First biases.

    Raises:
        ValueError: A size or a padding is none.
    """

    rank = 2


@keras.saving.register_keras_serializable(package="archcli")
class TrainableAveragePooling3D(TrainableAveragePooling):
    """Average windows of a volume, times a gain, plus a bias, through an activation.

    `y[i, j, k, c] = f(gain[c] * mean(window of x[.., c]) + bias[c])`, as `TrainableAveragePooling2D` in three
    dimensions.

    Input shape:
        `(batch, depth, height, width, channels)`.

    Output shape:
        `(batch, pooled depth, pooled height, pooled width, channels)`.

    Args:
        pool_size: Voxels of a window, from 1: one number, or depth, height and width.
        strides: Voxels from one window to the next, likewise; None: the windows touch.
        padding: `valid`: whole windows only; `same`: also what is left at the end of each axis.
        activation: What the scaled average goes through; None: nothing.
        gain_initializer: First gains.
        bias_initializer: First biases.

    Raises:
        ValueError: A size or a padding is none.
    """

    rank = 3


def _for_each_axis(sizes: Any, rank: int, *, name: str) -> tuple[int, ...]:
    """Return one size from 1 for each of `rank` axes, of one number or as many."""
    given = (sizes,) * rank if isinstance(sizes, int) else tuple(sizes)
    if len(given) != rank or any(size < 1 for size in given):
        raise ValueError(f"`{name}` is one whole number from 1, or {rank} of them. Received: {name}={sizes}")
    return given


def _pooled(size: int | None, window: int, stride: int, *, padding: str) -> int | None:
    """Return how many windows fit in an axis."""
    if size is None:
        return None
    if padding == "same":
        return -(-size // stride)
    if size < window:
        raise ValueError(f"a window of {window} does not fit in an axis of {size}")
    return (size - window) // stride + 1
