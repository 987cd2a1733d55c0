"""Which layer reads padding: followed through chains, graphs and models inside models."""

from __future__ import annotations

import keras
import pytest

from archcli.build.masking import find_reader_of_padding

CHAINS = {
    "a recurrent layer": ([keras.layers.GRU], "GRU"),
    "one behind layers that change each step alone": ([lambda _: keras.layers.Dense(3), keras.layers.GRU], "GRU"),
    "one in both directions": ([lambda _: keras.layers.Bidirectional(keras.layers.LSTM(2))], "Bidirectional"),
    "one behind a mask": ([lambda _: keras.layers.Masking(), keras.layers.GRU], None),
    "none": ([lambda _: keras.layers.Dense(3)], None),
    "a model inside": ([lambda _: keras.Sequential([keras.layers.GRU(2)])], "GRU"),
    "a model inside that masks": ([lambda _: keras.Sequential([keras.layers.Masking(), keras.layers.GRU(2)])], None),
}


@pytest.mark.parametrize(("makers", "reader"), CHAINS.values(), ids=CHAINS)
def test_first_layer_that_reads_several_steps_is_found(makers: list[type], reader: str | None) -> None:
    """With both of Keras's APIs; a layer that is told what is padding counts as none."""
    layers = [make(2) for make in makers]
    given = keras.Input((None, 3), name="signal")
    tensor = given
    for layer in layers:
        tensor = layer(tensor)
    models = [keras.Model(given, tensor), keras.Sequential([keras.Input((None, 3), name="signal"), *layers])]

    found = [find_reader_of_padding(model, "signal") for model in models]

    assert [None if layer is None else type(layer).__name__ for layer in found] == [reader, reader]


def test_inputs_are_followed_each_by_itself() -> None:
    """One text is masked by its `Embedding`, the other is not; joined, the reader is that of the second."""
    said, heard = keras.Input((None,), name="said"), keras.Input((None,), name="heard")
    masked = keras.layers.Embedding(9, 2, mask_zero=True)(said)
    open_one = keras.layers.Embedding(9, 2)(heard)
    answers = [keras.layers.GRU(2)(masked), keras.layers.GlobalMaxPooling1D(name="pool")(open_one)]
    model = keras.Model({"said": said, "heard": heard}, keras.layers.Concatenate()(answers))

    found = {name: find_reader_of_padding(model, name) for name in ("said", "heard")}

    assert found["said"] is None
    assert found["heard"] is model.get_layer("pool")
