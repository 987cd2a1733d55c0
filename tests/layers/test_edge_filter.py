"""The edge filters are OpenCV's, and Scharr's is the truest to direction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import keras
import numpy as np
import pytest

from archcli.layers.edge_filter import EdgeFilter

BORDERS = {
    "same": cv2.BORDER_CONSTANT,
    "reflect": cv2.BORDER_REFLECT_101,
    "symmetric": cv2.BORDER_REFLECT,
    "replicate": cv2.BORDER_REPLICATE,
}


def images(*shape: int) -> Any:
    """Return random images, `(2, height, width, channels)`, of whole numbers: sums of them are exact."""
    return np.random.default_rng(0).integers(0, 256, (2, *shape)).astype("float32")


def opencv(kind: str, plane: Any, border: int) -> Any:
    """Return what OpenCV makes of one channel of one image: x and y, `(height, width, 2)`."""
    if kind == "prewitt":
        kernel = np.array([[-1, 0, 1]] * 3, "float32")
        both = [cv2.filter2D(plane, cv2.CV_32F, turned, borderType=border) for turned in (kernel, kernel.T)]
    elif kind == "scharr":
        both = [cv2.Scharr(plane, cv2.CV_32F, *axes, borderType=border) for axes in ((1, 0), (0, 1))]
    else:
        both = [cv2.Sobel(plane, cv2.CV_32F, *axes, ksize=3, borderType=border) for axes in ((1, 0), (0, 1))]
    return np.stack(both, axis=-1)


@pytest.mark.parametrize("padding", ["valid", *BORDERS])
@pytest.mark.parametrize("kind", ["scharr", "sobel", "prewitt"])
def test_it_equals_opencvs(kind: str, padding: str, check_layer: Callable[[Any, Any], Any]) -> None:
    """The derivatives of every channel are OpenCV's, inside and at the border, for each way to treat the border."""
    inputs = images(9, 7, 3)

    output = check_layer(EdgeFilter(kind, padding=padding), inputs)

    planes = [[opencv(kind, image[..., c], BORDERS.get(padding, 4)) for c in range(3)] for image in inputs]
    expected = np.concatenate(np.moveaxis(np.array(planes), 1, 0), axis=-1)
    np.testing.assert_array_equal(output, expected[:, 1:-1, 1:-1] if padding == "valid" else expected)


@pytest.mark.parametrize(("kind", "gain"), [("scharr", 32), ("sobel", 8), ("prewitt", 6)])
def test_a_ramp_gives_the_gain(kind: str, gain: int) -> None:
    """On a ramp that rises by 1 a pixel, x is the gain and y is 0; with unit gain it is 1; turned round, negative."""
    ramp = np.tile(np.arange(5, dtype="float32"), (1, 5, 1))[..., None]

    cases: list[tuple[dict[str, Any], int]] = [({}, gain), ({"unit_gain": True}, 1), ({"flip": True}, -gain)]
    for arguments, expected in cases:
        output = EdgeFilter(kind, **arguments)(ramp)

        np.testing.assert_allclose(output[..., 0], np.full((1, 3, 3), expected), rtol=1e-6)
        np.testing.assert_allclose(output[..., 1], np.zeros((1, 3, 3)), atol=1e-6)


def angle_error(kind: str) -> float:
    """Return the RMS error, in degrees, of the directions along the edge of a disc."""
    axis = np.arange(-40, 41)
    x, y = np.meshgrid(axis, axis)
    radius = np.hypot(x, y)
    disc = 1 / (1 + np.exp((radius - 25) / 1.0))  # an edge about four pixels wide
    found = np.asarray(EdgeFilter(kind, padding="reflect")(disc[None, ..., None].astype("float32")))[0]
    edge = np.abs(radius - 25) < 2
    difference = np.angle(-(found[..., 0] + 1j * found[..., 1]) / (x + 1j * y + (radius == 0)))
    return float(np.degrees(np.sqrt(np.mean(difference[edge] ** 2))))


def test_scharr_is_truest_to_direction() -> None:
    """Along the edge of a disc Scharr is less than 0.1 degrees off, Sobel more than 0.2, Prewitt more than that."""
    scharr, sobel, prewitt = (angle_error(kind) for kind in ("scharr", "sobel", "prewitt"))

    assert scharr < 0.1
    assert 0.2 < sobel < prewitt


def test_the_filters_are_fixed_unless_they_are_to_learn() -> None:
    """By default nothing is trainable; otherwise the kernel is."""
    fixed, learning = EdgeFilter(), EdgeFilter(trainable=True)
    for layer in (fixed, learning):
        layer.build((None, 8, 8, 2))

    assert [w.name for w in fixed.non_trainable_weights] == ["kernel"]
    assert not fixed.trainable_weights
    assert [w.name for w in learning.trainable_weights] == ["kernel"]
    assert learning.kernel.shape == (3, 3, 2, 2)


def test_bytes_are_taken() -> None:
    """An image of bytes gives what the same image of floats gives."""
    inputs = images(5, 5, 1)

    np.testing.assert_array_equal(EdgeFilter()(inputs.astype("uint8")), EdgeFilter()(inputs))


def test_a_network_learns_behind_fixed_filters() -> None:
    """The gradient passes through the filters; they stay as they are."""
    before_it, filters = keras.layers.Conv2D(2, 3), EdgeFilter()
    layers = [keras.Input((8, 8, 1)), before_it, filters, keras.layers.Flatten(), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile("sgd", "mse", jit_compile=True)
    learning, fixed = np.array(before_it.kernel), np.array(filters.kernel)

    model.train_on_batch(images(8, 8, 1) / 2550, np.ones((2, 1), "float32"))

    assert (np.array(before_it.kernel) != learning).any()
    np.testing.assert_array_equal(filters.kernel, fixed)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "canny"}, "`kind` is one of scharr, sobel, prewitt. Received: kind=canny"),
        (
            {"padding": "wrap"},
            "`padding` is one of valid, same, reflect, symmetric, replicate. Received: padding=wrap",
        ),
    ],
)
def test_other_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    """The message says what there may be."""
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 # the whole message is compared below
        EdgeFilter(**arguments)

    assert str(refusal.value) == message


def test_an_image_too_small_is_refused() -> None:
    """Without padding a filter of 3 by 3 needs as many pixels."""
    message = r"^`padding: valid` needs images of at least 3 by 3 pixels\. Received: 2 by 9$"

    with pytest.raises(ValueError, match=message):
        EdgeFilter().build((None, 2, 9, 1))
