"""What surrounds the trained network when it is saved: raw values in, probabilities or the target's own units out."""

from __future__ import annotations

from typing import Any, Final

import keras

from archcli.build.names import numbered
from archcli.layers import Labels
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.recipe.recipe import Objective

LABELS_NAME: Final = "labels"
"""The layer of a saved model that holds the names of the classes."""


def build_preprocessing(input_facts: InputFacts) -> keras.Model | None:
    """Build what turns raw values into what the network takes, the same layer that the saved model begins with.

    Args:
        input_facts: The input, and the scale fitted on the training examples.

    Returns:
        A model from `(batch, *shape)` to the same, float32; None where raw values go in as they are.
    """
    scaling = _scaling(input_facts, name="scaling")
    if scaling is None:
        return None
    raw = keras.Input(shape=input_facts.shape, name="raw")
    return keras.Model(raw, scaling(raw), name="preprocessing")


def compose_saved_model(
    core: keras.Model, *, input_facts: InputFacts, target_facts: TargetFacts, objective: Objective
) -> keras.Model:
    """Put a model together that takes raw values and answers in the target's terms; it shares the weights of `core`.

    It loads wherever `archcli.layers` has been imported, and needs nothing else of archcli.

    Args:
        core: The trained network: scaled values in; logits, probabilities or scaled numbers out.
        input_facts: The only input; its name is the model's input's.
        target_facts: The only target.
        objective: What the network's output means.

    Returns:
        A model from `(batch, *shape)` to the probability of each class, `(batch, classes)`, or of the second of two
        classes, `(batch, 1)`, with `get_layer("labels").names`; or to numbers, `(batch, columns)`. It is not compiled.
    """
    is_category = target_facts.kind == "category"
    taken = {LABELS_NAME} if is_category else set()
    raw = keras.Input(shape=input_facts.shape, name=_free(input_facts.name, taken))
    scaling = _scaling(input_facts, name=_free("scaling", taken))
    tensor = raw if scaling is None else scaling(raw)
    name = _free(core.name, taken)
    network = core if name == core.name else keras.Model(core.inputs[0], core.outputs[0], name=name)
    tensor = network(tensor)
    if objective.output == "logits":
        activation = "sigmoid" if objective.task == "binary" else "softmax"
        tensor = keras.layers.Activation(activation, name=_free("probabilities", taken), dtype="float32")(tensor)
    if is_category:
        tensor = Labels(target_facts.classes, name=LABELS_NAME)(tensor)
    elif target_facts.scale is not None and target_facts.offset is not None:
        # They were divided by the scale after the offset was taken off.
        units = _rescaling(target_facts.scale, target_facts.offset, name=_free("units", taken))
        tensor = units(tensor)
    return keras.Model(raw, tensor)


def _scaling(input_facts: InputFacts, *, name: str) -> Any:
    """Make the layer that scales raw values; None where they go in as they are."""
    if input_facts.scale is None or input_facts.offset is None:
        return None
    return _rescaling(input_facts.scale, input_facts.offset, name=name)


def _rescaling(scale: tuple[float, ...], offset: tuple[float, ...], *, name: str) -> Any:
    """Make a layer that multiplies by `scale` and adds `offset`: one number, or one for each index of the last axis."""
    return keras.layers.Rescaling(_plain(scale), _plain(offset), name=name, dtype="float32")


def _plain(numbers: tuple[float, ...]) -> float | list[float]:
    """Write one number as itself, several as a list, as the file of a saved model does."""
    return float(numbers[0]) if len(numbers) == 1 else [float(number) for number in numbers]


def _free(name: str, taken: set[str]) -> str:
    """Return `name`, counted on if it is taken, and take it."""
    free = next(text for text in numbered(name) if text not in taken)
    taken.add(free)
    return free
