"""What surrounds the trained network when it is saved: raw values in, probabilities or the target's own units out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import keras

from archcli.build.names import Names
from archcli.build.preprocessing import preprocess, raw_inputs
from archcli.layers import Labels
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.recipe.recipe import Objective

LABELS_NAME: Final = "labels"
"""The layer of a saved model that holds the names of the classes; after its output's name where there are several."""

Answers = Mapping[str, TargetFacts | None]
"""What each output of a model answers, by the output's name; None: it is only written out."""


def compose_saved_model(
    network: keras.Model,
    *,
    inputs: Mapping[str, InputFacts],
    outputs: Answers,
    objectives: Mapping[str, Objective],
) -> keras.Model:
    """Put a model together that takes raw values and answers in the target's terms; it shares the network's weights.

    It loads wherever `archcli.layers` has been imported, and needs nothing else of archcli.

    Args:
        network: The trained network: scaled values in; logits, probabilities or scaled numbers out; tensors where there
            is one input or output, dicts by name where there are several.
        inputs: By name; the model's inputs are called so.
        outputs: What the network gives, by name.
        objectives: What each output means that learns a target, by its name.

    Returns:
        A model from `(batch, *shape)` to the probability of each class or label, `(batch, classes)`, or of the second
        of two classes, `(batch, 1)`, with `get_layer("labels").names`; or to numbers, `(batch, columns)`. Several
        inputs are taken, and several outputs given, by name; the labels of an output are then in `<output>_labels`. It
        is not compiled.
    """
    several = len(outputs) > 1
    labels = {name: f"{name}_{LABELS_NAME}" if several else LABELS_NAME for name in outputs}
    raw = {name: tensor for facts in inputs.values() for name, tensor in raw_inputs(facts).items()}
    if len(raw) == 1:
        names = Names(labels.values())
        raw = {name: _called(tensor, names.count(name)) for name, tensor in raw.items()}
    else:  # taken by name: where one is another layer's, that evades
        names = Names(raw)
        labels = {name: names.count(label) for name, label in labels.items()}
    features = {name: preprocess(facts, raw) for name, facts in inputs.items()}
    answers = _run(network, features, names)
    given = answers if several else {next(iter(outputs)): answers}
    answered = {
        name: given[name]
        if target is None
        else _answer(given[name], target, objectives[name], names, labels=labels[name], prefix=f"{name}_" * several)
        for name, target in outputs.items()
    }
    return keras.Model(_single(raw), _single(answered))


def _answer(tensor: Any, target: TargetFacts, objective: Objective, names: Names, *, labels: str, prefix: str) -> Any:
    """Turn what the network gives into the target's terms."""
    if objective.output == "logits":
        activation = "softmax" if objective.task == "classification" else "sigmoid"
        name = names.count(f"{prefix}probabilities")
        tensor = keras.layers.Activation(activation, name=name, dtype="float32")(tensor)
    if target.classes:
        return Labels(target.classes, name=labels)(tensor)
    if target.scale is not None and target.offset is not None:
        # They were divided by the scale after the offset was taken off.
        return _rescaling(target.scale, target.offset, name=names.count(f"{prefix}units"))(tensor)
    return tensor


def _run(network: keras.Model, features: Mapping[str, Any], names: Names) -> Any:
    """Call the network, under another name where its own is taken."""
    name = names.count(network.name)
    if name == network.name:
        return network(_single(features))
    arrives = {key: _called(tensor, f"{key}-prepared") for key, tensor in features.items()}
    renamed = keras.Model(list(arrives.values()), network(_single(arrives)), name=name)
    return renamed(list(features.values()))


def _called(tensor: Any, name: str) -> Any:
    """Make a model's input for what `tensor` takes, under a name."""
    return keras.Input(tensor.shape[1:], dtype=tensor.dtype, name=name)


def _rescaling(scale: tuple[float, ...], offset: tuple[float, ...], *, name: str) -> Any:
    """Make a layer that multiplies by `scale` and adds `offset`: one number, or one for each index of the last axis."""
    return keras.layers.Rescaling(_plain(scale), _plain(offset), name=name, dtype="float32")


def _plain(numbers: tuple[float, ...]) -> float | list[float]:
    """Write one number as itself, several as a list, as the file of a saved model does."""
    return float(numbers[0]) if len(numbers) == 1 else [float(number) for number in numbers]


def _single(tensors: Mapping[str, Any]) -> Any:
    """Return the only one, or all by name."""
    return next(iter(tensors.values())) if len(tensors) == 1 else dict(tensors)
