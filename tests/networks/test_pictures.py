"""Networks for pictures that no one planned for, each compared with the same network in plain Keras."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from archcli.commands.preparing import Prepared

PrepareNetwork = Callable[..., Prepared]
CompareNetworks = Callable[..., None]


@pytest.fixture
def pictures(tmp_path: Path) -> str:
    """An override: random coloured pictures, 32 x 32, of ten kinds."""
    numbers = np.random.default_rng(0)
    path = tmp_path / "pictures.npz"
    np.savez(path, image=numbers.normal(size=(100, 32, 32, 3)).astype("float32"), kind=np.arange(100) % 10)
    return f"data.source.npz.path={path}"


def test_resnet20_is_that_of_plain_keras(
    pictures: str, prepare_network: PrepareNetwork, compare_networks: CompareNetworks
) -> None:
    """ResNet-20 with 1x1 shortcuts has 272,474 weights to train; its augmentation is at rest outside training."""
    prepared = prepare_network("resnet20", pictures)

    compare_networks(prepared, plain_resnet20())

    assert sum(int(np.prod(weight.shape)) for weight in prepared.core.trainable_weights) == 272_474


def plain_resnet20() -> keras.Model:
    """Write ResNet-20 as in its paper, without augmentation."""

    def convolved(x: Any, filters: int, size: int = 3, strides: int = 1) -> Any:
        x = layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    given = keras.Input((32, 32, 3))
    x = layers.ReLU()(convolved(given, 16))
    for filters in (16, 32, 64):
        for number in range(3):
            strides = 2 if filters > 16 and number == 0 else 1
            short = x if strides == 1 else convolved(x, filters, size=1, strides=2)
            change = convolved(layers.ReLU()(convolved(x, filters, strides=strides)), filters)
            x = layers.ReLU()(layers.Add()([short, change]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(given, layers.Dense(10, activation="softmax")(x))


def test_unet_is_that_of_plain_keras(
    tmp_path: Path, prepare_network: PrepareNetwork, compare_networks: CompareNetworks
) -> None:
    """U-Net for one channel and two classes has 31,030,658 weights."""
    numbers = np.random.default_rng(0)
    image, pixels = numbers.normal(size=(12, 16, 16, 1)).astype("float32"), numbers.integers(0, 2, (12, 16, 16))
    np.savez(tmp_path / "pictures.npz", image=image, pixels=pixels)
    overrides = [f"data.source.npz.path={tmp_path / 'pictures.npz'}", "train.batch_size=1"]

    prepared = prepare_network("unet", *overrides)

    assert prepared.core.count_params() == 31_030_658
    compare_networks(prepared, plain_unet(), examples=1)


def plain_unet() -> keras.Model:
    """Write U-Net with borders padded."""

    def double(x: Any, filters: int) -> Any:
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        return x

    given = keras.Input((16, 16, 1))
    x, skips = double(given, 64), []
    for filters in (128, 256, 512, 1024):
        skips.append(x)
        x = double(layers.MaxPooling2D(2)(x), filters)
    for filters, skip in zip((512, 256, 128, 64), reversed(skips), strict=True):
        x = layers.Conv2DTranspose(filters, 2, strides=2)(x)
        x = double(layers.Concatenate()([skip, x]), filters)
    return keras.Model(given, layers.Conv2D(2, 1, activation="softmax")(x))


def test_inception_is_that_of_plain_keras(
    pictures: str, prepare_network: PrepareNetwork, compare_networks: CompareNetworks
) -> None:
    """The module 3a of GoogLeNet has 163,696 weights and gives 256 channels."""
    prepared = prepare_network("inception", pictures)
    module = prepared.core.get_layer("inception")

    assert module.count_params() == 163_696
    assert module.output.shape == (None, 32, 32, 256)
    compare_networks(prepared, plain_inception())


def plain_inception() -> keras.Model:
    """Write 192 channels, the module 3a, and an answer."""

    def convolved(x: Any, filters: int, size: int = 1) -> Any:
        return layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    given = keras.Input((32, 32, 3))
    x = convolved(given, 192, 3)
    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    parts = [
        convolved(x, 64),
        convolved(convolved(x, 96), 128, 3),
        convolved(convolved(x, 16), 32, 5),
        convolved(pooled, 32),
    ]
    x = layers.GlobalAveragePooling2D()(layers.Concatenate()(parts))
    return keras.Model(given, layers.Dense(10, activation="softmax")(x))


def test_densenet_is_that_of_plain_keras(
    pictures: str, prepare_network: PrepareNetwork, compare_networks: CompareNetworks
) -> None:
    """Dense blocks hand on what they are given: 24 + 4 x 12 channels, halved, + 2 x 6."""
    prepared = prepare_network("densenet", pictures)

    compare_networks(prepared, plain_densenet())

    widths = [layer.output.shape[-1] for layer in prepared.core.layers if layer.name.startswith("thicken")]
    assert widths == [36, 48, 60, 72, 42, 48]


def plain_densenet() -> keras.Model:
    """Write two dense blocks with a transition."""

    def fired(x: Any) -> Any:
        return layers.ReLU()(layers.BatchNormalization()(x))

    given = keras.Input((32, 32, 3))
    x = layers.Conv2D(24, 3, padding="same", use_bias=False)(given)
    for growth, count in ((12, 4), (6, 2)):
        for _ in range(count):
            new = layers.Conv2D(48, 1, use_bias=False)(fired(x))
            new = layers.Conv2D(growth, 3, padding="same", use_bias=False)(fired(new))
            x = layers.Concatenate()([x, new])
        if growth == 12:
            x = layers.AveragePooling2D(2)(layers.Conv2D(36, 1, use_bias=False)(fired(x)))
    x = layers.GlobalAveragePooling2D()(fired(x))
    return keras.Model(given, layers.Dense(10)(x))


def test_squeeze_and_excite_is_that_of_plain_keras(
    pictures: str, prepare_network: PrepareNetwork, compare_networks: CompareNetworks
) -> None:
    """Channels are weighed by a block inside a block; `Multiply` stretches the weights over the picture."""
    prepared = prepare_network("squeeze-and-excite", pictures)

    compare_networks(prepared, plain_squeeze_and_excite())


def plain_squeeze_and_excite() -> keras.Model:
    """Write two inverted residuals whose channels are weighed."""

    def swished(x: Any) -> Any:
        return layers.Activation("hard_swish")(layers.BatchNormalization()(x))

    given = keras.Input((32, 32, 3))
    x = layers.Conv2D(8, 3, strides=2, padding="same")(given)
    for _ in range(2):
        wide = swished(layers.Conv2D(24, 1, use_bias=False)(x))
        wide = swished(layers.DepthwiseConv2D(3, padding="same", use_bias=False)(wide))
        weight = layers.Dense(4, activation="relu")(layers.GlobalAveragePooling2D()(wide))
        weight = layers.Reshape((1, 1, 24))(layers.Dense(24, activation="hard_sigmoid")(weight))
        change = layers.Conv2D(8, 1, use_bias=False)(layers.Multiply()([wide, weight]))
        x = layers.Add()([x, layers.BatchNormalization()(change)])
    x = layers.GlobalMaxPooling2D()(layers.SeparableConv2D(16, 3)(x))
    return keras.Model(given, layers.Dense(10)(x))


def test_mixer_is_that_of_plain_keras(prepare_network: PrepareNetwork, compare_networks: CompareNetworks) -> None:
    """Dense layers across patches and along channels, three times: patches, Permute, and two residuals a block."""
    prepared = prepare_network("mixer")

    compare_networks(prepared, plain_mixer())


def plain_mixer() -> keras.Model:
    """Write an MLP-Mixer of three blocks for 16 patches of 24 channels."""
    given = keras.Input((8, 8, 1))
    x = layers.Reshape((16, 24))(layers.Conv2D(24, 2, strides=2)(given))
    for _ in range(3):
        across = layers.Permute((2, 1))(layers.LayerNormalization()(x))
        across = layers.Dense(16)(layers.Dense(8, activation="gelu")(across))
        x = layers.Add()([x, layers.Permute((2, 1))(across)])
        along = layers.Dense(32, activation="gelu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(24)(along)])
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))
    return keras.Model(given, layers.Dense(10)(x))
