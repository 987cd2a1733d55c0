"""Networks of several inputs, outputs or uses that no one planned for, compared with the same in plain Keras."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
from keras import layers

from archcli.commands.preparing import Prepared

PrepareNetwork = Callable[..., Prepared]
CompareNetworks = Callable[..., None]


def test_two_towers_are_those_of_plain_keras(
    tmp_path: Path, prepare_network: PrepareNetwork, compare_networks: CompareNetworks
) -> None:
    """Each use of a block has weights of its own, and a vocabulary that the data know."""
    path = tmp_path / "ratings.csv"
    rows = [f"u{number % 7},f{number % 11},{'yes' if number % 3 else 'no'}" for number in range(77)]
    path.write_text("\n".join(["user,film,liked", *rows]) + "\n", encoding="utf-8")

    prepared = prepare_network("two-tower", f"data.source.csv.path={path}")

    compare_networks(prepared, plain_two_towers(users=1 + 7, films=1 + 11))


def plain_two_towers(*, users: int, films: int) -> keras.Model:
    """Write two towers that meet in a cosine, for this many indices."""
    inputs = {name: keras.Input((1,), dtype="int32", name=name) for name in ("user", "film")}
    towers = []
    for tensor, count in zip(inputs.values(), (users, films), strict=True):
        x = layers.Flatten()(layers.Embedding(count, 16)(tensor))
        towers.append(layers.Dense(8)(layers.Dense(32, activation="relu")(x)))
    cosine = layers.Dot(axes=1, normalize=True)(towers)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(cosine))


def test_siamese_is_that_of_plain_keras(prepare_network: PrepareNetwork, compare_networks: CompareNetworks) -> None:
    """A shared chain has one set of weights for both pictures."""
    prepared = prepare_network("siamese")

    compare_networks(prepared, plain_siamese())


def plain_siamese() -> keras.Model:
    """Write one encoder for both pictures, and the difference of what it makes of them."""
    inputs = {name: keras.Input((8, 8, 1), name=name) for name in ("left", "right")}
    convolution, flatten, dense = layers.Conv2D(16, 3, activation="relu"), layers.Flatten(), layers.Dense(32)
    codes = [dense(flatten(convolution(tensor))) for tensor in inputs.values()]
    apart = layers.Subtract()([layers.Maximum()(codes), layers.Minimum()(codes)])
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(apart))


def test_autoencoder_is_that_of_plain_keras(prepare_network: PrepareNetwork, compare_networks: CompareNetworks) -> None:
    """Two outputs learn the input, one by way of both shared halves twice; the weights are there once."""
    prepared = prepare_network("autoencoder")
    plain = plain_autoencoder()

    compare_networks(prepared, keras.Model(plain.input, {name: plain.output[name] for name in ("again", "twice")}))

    examples = prepared.examples(prepared.dataset.parts["training"]).first(4)
    code = prepared.built.whole(examples.inputs)["code"]
    assert (keras.ops.convert_to_numpy(code) == keras.ops.convert_to_numpy(plain(examples.inputs)["code"])).all()


def plain_autoencoder() -> keras.Model:
    """Write an encoder and a decoder, each used twice."""
    given = keras.Input((8, 8, 1))
    encoder = [layers.Flatten(), layers.Dense(32, activation="relu"), layers.Dense(2)]
    decoder = [layers.Dense(32, activation="relu"), layers.Dense(64), layers.Reshape((8, 8, 1))]
    x, tensors = given, []
    for half in (encoder, decoder, encoder, decoder):
        for layer in half:
            x = layer(x)
        tensors.append(x)
    return keras.Model(given, {"again": tensors[1], "twice": tensors[3], "code": tensors[0]})
