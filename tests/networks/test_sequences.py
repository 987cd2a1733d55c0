"""Networks for sequences that no one planned for, each compared with the same network in plain Keras."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
from keras import layers

from archcli.build.model import build_model
from archcli.commands.preparing import Prepared
from archcli.commands.reading import read_data
from archcli.recipe.checking import load_recipe
from archcli.recipe.filling import fill_facts

PrepareNetwork = Callable[..., Prepared]
CompareNetworks = Callable[..., None]

FEW_DATES = "data.source.dates.examples=1000"
REVIEW = "a film that I would see again and again if it were not so very long"


def test_dates_by_attention_is_that_of_plain_keras(
    prepare_network: PrepareNetwork, compare_networks: CompareNetworks
) -> None:
    """An encoder's state and memory go into a decoder: `memory, state`, `initial_state` and `Attention`."""
    prepared = prepare_network("dates", FEW_DATES)
    written, previous = (prepared.inputs[name].vocabulary or 0 for name in ("written", "previous"))

    compare_networks(prepared, plain_dates(written, previous, classes=13))


def test_dates_by_attention_has_as_many_weights() -> None:
    """41,037: vocabularies of 41 and 13, and as many classes as the decoder hears symbols."""
    recipe = load_recipe(Path(__file__).with_name("dates.yaml"))
    facts = read_data(recipe, batch_size=1).facts

    network = build_model(fill_facts(recipe, facts).model, inputs=facts.inputs).core

    assert network.count_params() == 41_037


def plain_dates(written: int, previous: int, *, classes: int) -> keras.Model:
    """Write an encoder, a decoder and attention between them, for vocabularies of these sizes."""
    inputs = {
        "written": keras.Input((None,), dtype="int32", name="written"),
        "previous": keras.Input((None,), dtype="int32", name="previous"),
    }
    read = layers.Embedding(written, 32, mask_zero=True)(inputs["written"])
    memory, state = layers.GRU(64, return_sequences=True, return_state=True)(read)
    said = layers.Embedding(previous, 32, mask_zero=True)(inputs["previous"])
    decoded = layers.GRU(64, return_sequences=True)(said, initial_state=state)
    context = layers.Attention()([decoded, memory])
    both = layers.Concatenate()([decoded, context])
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(both))


def test_a_stacked_decoder_is_that_of_plain_keras(
    prepare_network: PrepareNetwork, compare_networks: CompareNetworks
) -> None:
    """Five tensors of a `Bidirectional` are named; pairs of them, joined, begin both layers of the decoder."""
    prepared = prepare_network("stacked-decoder", FEW_DATES)
    written, previous = (prepared.inputs[name].vocabulary or 0 for name in ("written", "previous"))

    compare_networks(prepared, plain_stacked_decoder(written, previous))


def plain_stacked_decoder(written: int, previous: int) -> keras.Model:
    """Write an encoder both ways and a decoder of two layers, for vocabularies of these sizes."""
    inputs = {
        "written": keras.Input((None,), dtype="int32", name="written"),
        "previous": keras.Input((None,), dtype="int32", name="previous"),
    }
    read = layers.Embedding(written, 12, mask_zero=True)(inputs["written"])
    encoder = layers.Bidirectional(layers.LSTM(10, return_sequences=True, return_state=True))
    memory, forward_h, forward_c, backward_h, backward_c = encoder(read)
    state = [layers.Concatenate()([forward_h, backward_h]), layers.Concatenate()([forward_c, backward_c])]
    said = layers.Embedding(previous, 12)(inputs["previous"])
    low = layers.LSTM(20, return_sequences=True)(said, initial_state=state)
    high = layers.LSTM(20, return_sequences=True)(low, initial_state=state)
    heard = layers.AdditiveAttention()([high, memory])
    return keras.Model(inputs, layers.Dense(13)(layers.Concatenate()([high, heard])))


def test_a_transformer_encoder_is_that_of_plain_keras(
    tmp_path: Path, prepare_network: PrepareNetwork, compare_networks: CompareNetworks
) -> None:
    """Two encoders listen to the words and not to the padding after them, as Keras's masks say."""
    path = tmp_path / "reviews.csv"
    words = REVIEW.split()
    rows = [f"{' '.join(words[: 3 + number % 12])},{'good' if number % 2 else 'bad'}" for number in range(60)]
    path.write_text("\n".join(["review,mood", *rows]) + "\n", encoding="utf-8")
    prepared = prepare_network("transformer", f"data.source.csv.path={path}")

    compare_networks(prepared, plain_transformer(prepared.inputs["words"].vocabulary or 0), examples=20)


def plain_transformer(vocabulary: int) -> keras.Model:
    """Write two encoders of a Transformer, normalised before each part."""
    given = keras.Input((12,), dtype="int32")
    x = layers.Embedding(vocabulary, 32, mask_zero=True)(given)
    for _ in range(2):
        even = layers.LayerNormalization(epsilon=1e-6)(x)
        x = layers.Add()([x, layers.MultiHeadAttention(4, 8, dropout=0.1)(even, even)])
        thought = layers.Dense(64, activation="gelu")(layers.LayerNormalization(epsilon=1e-6)(x))
        x = layers.Add()([x, layers.Dense(32)(layers.Dropout(0.1)(thought))])
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization(epsilon=1e-6)(x))
    return keras.Model(given, layers.Dense(2, activation="softmax")(x))


def test_a_stack_of_dilated_convolutions_is_that_of_plain_keras(
    prepare_network: PrepareNetwork, compare_networks: CompareNetworks
) -> None:
    """Blocks give two tensors, one for the next block and one for the sum of skips; gates are blocks in blocks."""
    prepared = prepare_network("wavenet")

    compare_networks(prepared, plain_wavenet())


def plain_wavenet() -> keras.Model:
    """Write four gated causal convolutions that see 1, 2, 4 and 8 steps back, after one that sees one."""
    given = keras.Input((30, 1))
    x = layers.Conv1D(8, 2, padding="causal")(given)
    skips = []
    for rate in (1, 2, 4, 8):
        how = {"padding": "causal", "dilation_rate": rate}
        opened = layers.Multiply()(
            [layers.Conv1D(8, 2, activation=activation, **how)(x) for activation in ("tanh", "sigmoid")]
        )
        skips.append(layers.Conv1D(12, 1)(opened))
        if rate < 8:
            x = layers.Add()([x, layers.Conv1D(8, 1)(opened)])
    x = layers.Conv1D(12, 1, activation="relu")(layers.ReLU()(layers.Add()(skips)))
    return keras.Model(given, layers.Conv1D(1, 1)(x))
