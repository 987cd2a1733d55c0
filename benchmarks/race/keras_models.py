"""The networks in Keras, which our loop and `fit` train."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from archcli.layers.elman import Elman
from archcli.layers.fully_recurrent import FullyRecurrent
from archcli.layers.jordan import Jordan
from benchmarks.race.cases import CLASSES, LEARNING_RATE, Case, Cell, Cnn, Mlp, Recurrent

RECURRENT: dict[Cell, Any] = {
    "simple_rnn": layers.SimpleRNN,
    "elman": Elman,
    "fully_recurrent": FullyRecurrent,
    "lstm": layers.LSTM,
    "gru": layers.GRU,
}


def make_model(case: Case, **compile_arguments: Any) -> keras.Model:
    """Return the case's network, compiled."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input(case.shape), *_make_layers(case.network)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(LEARNING_RATE), loss, metrics=["accuracy"], **compile_arguments)
    return model


def _make_layers(network: Mlp | Cnn | Recurrent) -> list[Any]:
    answer = layers.Dense(CLASSES)
    if isinstance(network, Mlp):
        made: list[Any] = []
        for units in network.hidden:
            made.append(layers.Dense(units, activation="relu"))
            made += [layers.Dropout(network.dropout)] if network.dropout else []
        return [*made, answer]
    if isinstance(network, Cnn):
        made = []
        for filters in network.filters:
            made += [layers.Conv2D(filters, 3, padding="same", activation="relu"), layers.MaxPooling2D()]
        return [*made, layers.Flatten(), answer]
    if network.cell == "jordan":
        return [Jordan(network.units, CLASSES)]
    layer = RECURRENT[network.cell](network.units)
    return [layers.Bidirectional(layer) if network.bidirectional else layer, answer]
