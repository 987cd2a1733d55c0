"""Raw values to what the network takes, by the same layers when examples are prepared and in the saved model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from archcli.layers.date_parts import DateParts
from archcli.layers.fill_missing import FillMissing
from archcli.layers.fill_steps import FillSteps
from archcli.layers.scale_steps import ScaleSteps
from archcli.layers.spectrogram import Spectrogram
from archcli.recipe.facts import InputFacts

PREPARING_BATCH: Final = 1024
"""Examples that are prepared at once, at least; it bounds memory and changes no number."""

PREPARING_BYTES: Final = 1 << 20
"""What more examples may take that are prepared at once: many small ones are done in fewer calls."""


def raw_inputs(facts: InputFacts) -> dict[str, Any]:
    """Make the tensors that the saved model takes for an input, by name.

    Args:
        facts: The input.

    Returns:
        One `keras.Input` of its name, or one for each part: numbers, `(batch, *shape)`, float32; a category, a text or
        a date, `(batch, 1)`, as text; a sound, `(batch, samples)`; a shift as the network takes it.
    """
    return {leaf.name: _raw_input(leaf) for leaf in facts.leaves}


def preprocess(facts: InputFacts, raw: Mapping[str, Any]) -> Any:
    """Turn the raw tensors of an input into the one that the network takes, `(batch, *facts.shape)`.

    The layers are named after the tensors with a dash, which no name in a recipe has.

    Args:
        facts: The input.
        raw: The tensors of `raw_inputs`, by name; others do not matter.
    """
    prepared = [_prepare_leaf(leaf, raw[leaf.name]) for leaf in facts.leaves]
    if not facts.parts:
        return prepared[0]
    if len(prepared) == 1:
        return prepared[0]
    return keras.layers.Concatenate(name=f"{facts.name}-beside")(prepared)


def build_preprocessing(inputs: Mapping[str, InputFacts]) -> keras.Model | None:
    """Build what turns the raw values of all inputs into what the network takes.

    Args:
        inputs: The inputs, by name.

    Returns:
        A model from raw tensors by name to tensors by the inputs' names; None where all go in as they are.
    """
    if all(goes_in_as_it_is(given) for given in inputs.values()):
        return None
    raw = {name: tensor for given in inputs.values() for name, tensor in raw_inputs(given).items()}
    prepared = {name: preprocess(given, raw) for name, given in inputs.items()}
    return keras.Model(raw, prepared, name="preprocessing")


def prepare_inputs(inputs: Mapping[str, InputFacts], raw: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Prepare examples: compute once what the saved model computes at every call.

    Args:
        inputs: The inputs, by name.
        raw: Their raw values by the names of `raw_inputs`, `(examples, *shape)`; texts are objects. Others do not
            matter.

    Returns:
        What the network takes, `(examples, *shape)`, by the inputs' names. Texts that differ in length are as long as
        the longest of them, padded by 0.
    """
    prepared = {name: raw[name] for name, given in inputs.items() if goes_in_as_it_is(given)}
    model = build_preprocessing({name: given for name, given in inputs.items() if name not in prepared})
    if model is not None:
        prepared |= run_in_batches(model, {name: raw[name] for name in model.input})
    return {name: prepared[name] for name in inputs}


def goes_in_as_it_is(facts: InputFacts) -> bool:
    """Tell whether the network takes the raw values of an input."""
    if facts.kind in ("numeric", "series", "image"):
        return facts.scale is None and facts.fill is None
    return facts.kind == "shift"


def _raw_input(leaf: InputFacts) -> Any:
    if leaf.kind in ("category", "text", "date"):
        return keras.Input(shape=(1,), dtype="string", name=leaf.name)
    if leaf.spectrum is not None:
        return keras.Input(shape=(leaf.spectrum.samples,), dtype=leaf.dtype, name=leaf.name)
    return keras.Input(shape=leaf.shape, dtype=leaf.dtype, name=leaf.name)


def _prepare_leaf(leaf: InputFacts, raw: Any) -> Any:
    match leaf.kind:
        case "numeric" | "series" | "image":
            return _scale(leaf, _fill(leaf, raw))
        case "date":
            return _scale(leaf, _fill(leaf, _tell_parts(leaf, raw)))
        case "audio":
            return _scale(leaf, _tell_spectra(leaf, raw))
        case "sequence":
            steps = ScaleSteps(
                leaf.scale or (1.0,),
                leaf.offset or (0.0,),
                raw_padding=None,
                padding=leaf.padding or 0.0,
                name=f"{leaf.name}-scaling",
                dtype="float32",
            )
            return steps(_fill_steps(leaf, raw))
        case "category":
            index = _look_up(leaf, raw)
            encoding = keras.layers.CategoryEncoding(
                len(leaf.words) + 1, output_mode="one_hot", name=f"{leaf.name}-encoding"
            )
            return encoding(index) if leaf.is_one_hot else index
        case "text":
            cut = keras.layers.TextVectorization(
                vocabulary=list(leaf.words),
                standardize=leaf.standardize,
                split="character" if leaf.split == "character" else "whitespace",
                output_sequence_length=leaf.shape[0],
                name=f"{leaf.name}-vectorization",
            )
            return keras.ops.cast(cut(raw), "int32")
        case _:
            return raw


def _tell_parts(leaf: InputFacts, raw: Any) -> Any:
    parts, cyclic = ((), False) if leaf.calendar is None else (leaf.calendar.parts, leaf.calendar.cyclic)
    return DateParts(parts, cyclic=cyclic, name=f"{leaf.name}-parts", dtype="float32")(raw)


def _tell_spectra(leaf: InputFacts, raw: Any) -> Any:
    spectrum = leaf.spectrum
    if spectrum is None:
        return raw
    layer = Spectrogram(
        sampling_rate=spectrum.sampling_rate,
        frame_length=spectrum.frame_length,
        frame_step=spectrum.frame_step,
        num_mel_bins=spectrum.mel_bins,
        name=f"{leaf.name}-spectra",
        dtype="float32",
    )
    return layer(raw)


def _look_up(leaf: InputFacts, raw: Any) -> Any:
    """Return the index of each category, `(batch, 1)`, int32; a text that is empty is the category that fills."""
    words = list(leaf.words)
    if leaf.fill_word is None:
        return keras.ops.cast(keras.layers.StringLookup(vocabulary=words, name=f"{leaf.name}-lookup")(raw), "int32")
    lookup = keras.layers.StringLookup(vocabulary=[*words, ""], name=f"{leaf.name}-lookup")
    index = keras.ops.cast(lookup(raw), "int32")
    filling = 1 + words.index(leaf.fill_word)
    return keras.ops.where(keras.ops.equal(index, 1 + len(words)), filling, index)


def _fill(leaf: InputFacts, raw: Any) -> Any:
    return raw if leaf.fill is None else FillMissing(leaf.fill, name=f"{leaf.name}-filling", dtype="float32")(raw)


def _fill_steps(leaf: InputFacts, raw: Any) -> Any:
    return raw if leaf.fill is None else FillSteps(leaf.fill, name=f"{leaf.name}-filling", dtype="float32")(raw)


def _scale(leaf: InputFacts, raw: Any) -> Any:
    scale, offset = leaf.scale, leaf.offset
    if scale is None or offset is None:
        return raw
    name = f"{leaf.name}-scaling"
    if leaf.padding is not None and leaf.raw_padding is not None:
        paddings = {"raw_padding": leaf.raw_padding, "padding": leaf.padding}
        return ScaleSteps(scale, offset, **paddings, name=name, dtype="float32")(raw)
    return keras.layers.Rescaling(_plain(scale), _plain(offset), name=name, dtype="float32")(raw)


def _plain(numbers: tuple[float, ...]) -> float | list[float]:
    """Write one number as itself, several as a list, as the file of a saved model does."""
    return float(numbers[0]) if len(numbers) == 1 else [float(number) for number in numbers]


def run_in_batches(model: keras.Model, raw: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Run a model that `build_preprocessing` made on raw examples, a batch at a time.

    Args:
        model: The model; texts that it makes of different lengths are padded by 0 to the longest.
        raw: What it takes, by name, `(examples, *shape)`, at least one.

    Returns:
        What it gives, by name.
    """
    count = len(next(iter(raw.values())))
    size = max(PREPARING_BATCH, PREPARING_BYTES * count // sum(values.nbytes for values in raw.values()))
    whole: dict[str, NDArray[Any]] = {}
    for start in range(0, count, size):
        batch = {name: tf.constant(values[start : start + size]) for name, values in raw.items()}
        for name, tensor in model(batch, training=False).items():
            part = keras.ops.convert_to_numpy(tensor)
            whole[name] = _make_room(whole.get(name), part, count)
            whole[name][start : start + size, : part.shape[1]] = part
    return whole


def _make_room(whole: NDArray[Any] | None, part: NDArray[Any], count: int) -> NDArray[Any]:
    """Return zeros for all examples; where texts are longer than all before, with what is there already."""
    if whole is not None and part.shape[1] <= whole.shape[1]:
        return whole
    wider = np.zeros((count, *part.shape[1:]), part.dtype)
    if whole is not None:
        wider[:, : whole.shape[1]] = whole
    return wider
