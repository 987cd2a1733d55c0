"""Layers as plain data, and parts that several architectures are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from archcli.recipe.architectures.architecture import Contradiction, PlainLayer, Settings, Surroundings
from archcli.recipe.types import Signature

_POOLS: Final = {"mean": "GlobalAveragePooling1D", "max": "GlobalMaxPooling1D"}


def layer(name: str, arguments: Mapping[str, Any], unless: Mapping[str, Any] | None = None) -> PlainLayer:
    """Return a layer in long form, without the arguments that are `unless` says anyway: Keras's defaults."""
    return {name: {key: item for key, item in arguments.items() if unless is None or unless.get(key, ...) != item}}


def adam(learning_rate: float) -> dict[str, Any]:
    """Return training by Adam at another rate than Keras's 0.001."""
    return {"optimizer": {"Adam": {"learning_rate": learning_rate}}}


def clipped(learning_rate: float = 3e-3) -> dict[str, Any]:
    """Return the training of what has loops: clipped by the norm of the whole gradient (Pascanu et al. 2013).

    Clipped, it stands a higher rate than Keras's 0.001, at which gated layers have not learned in the usual 20 epochs.
    """
    return {"optimizer": {"Adam": {"learning_rate": learning_rate, "global_clipnorm": 1.0}}}


def output_units(surroundings: Surroundings) -> str:
    """Return how many numbers an answer has: one score per class, or the target's numbers."""
    return "$horizon" if surroundings.kind == "number" else "$classes"


def output_activation(surroundings: Surroundings) -> str:
    """Return the activation of the answer: probabilities of classes, together or each by itself, or numbers."""
    return {"category": "softmax", "multilabel": "sigmoid", "number": "linear"}[surroundings.kind]


def output_layer(surroundings: Surroundings, regularizer: Mapping[str, Any] | None = None) -> PlainLayer:
    """Return the layer that answers."""
    found = {"units": output_units(surroundings), "activation": output_activation(surroundings)}
    return layer("Dense", {**found, "kernel_regularizer": regularizer}, {"kernel_regularizer": None})


def regularizer(settings: Settings) -> PlainLayer | None:
    """Return the penalty on a kernel that `l1` and `l2` ask for, or None."""
    l1, l2 = settings["l1"], settings["l2"]
    if l1 == 0 and l2 == 0:
        return None
    if l1 == 0:
        return {"L2": {"l2": l2}}
    return {"L1": {"l1": l1}} if l2 == 0 else {"L1L2": {"l1": l1, "l2": l2}}


def hidden_layer(name: str, arguments: Mapping[str, Any], settings: Settings) -> list[PlainLayer]:
    """Return a dense or convolutional layer with the penalty, normalisation and activation of `settings`."""
    penalised = {**arguments, "kernel_regularizer": regularizer(settings)}
    unless = {"kernel_regularizer": None, "activation": "linear", "padding": "valid"}
    activation = {"activation": settings["activation"]}
    if not settings["batch_norm"]:
        return [layer(name, {**penalised, **activation}, unless)]
    normalised = [layer(name, {**penalised, "use_bias": False}, unless), layer("BatchNormalization", {})]
    return normalised if settings["activation"] == "linear" else [*normalised, layer("Activation", activation)]


def dropout(share: Any) -> list[PlainLayer]:
    """Return the layer that drops a share of its inputs; none for 0."""
    return [] if share == 0 else [layer("Dropout", {"rate": share})]


def chosen_read(settings: Settings, surroundings: Surroundings) -> str:
    """Return which steps are read: as set, or every step where the target has an answer for each."""
    read = settings["read"]
    return str(read) if read is not None else "every_step" if surroundings.per_step else "last"


def pool_steps(read: str) -> list[PlainLayer]:
    """Return the layer that makes one answer of all steps; none where that is not asked."""
    return [layer(_POOLS[read], {})] if read in _POOLS else []


def mask_padding(surroundings: Surroundings) -> list[PlainLayer]:
    """Return the layer that hides the padding of sequences of several lengths; none where all are of one."""
    return [layer("Masking", {"mask_value": "$padding"})] if surroundings.padded else []


def one_input(found: Signature, surroundings: Surroundings) -> list[Contradiction]:
    """Find more inputs than the one that an architecture takes."""
    count = len(surroundings.inputs)
    if count == 1:
        return []
    names = ", ".join(f"`{name}`" for name in surroundings.inputs)
    message = f"`{found.name}` takes one input, found {count}: {names}"
    hint = "keep one in `data.inputs`, or write the model as `nodes:`"
    return [Contradiction("architecture-does-not-fit", message, None, hint)]


def answers_once(found: Signature, surroundings: Surroundings) -> list[Contradiction]:
    """Find a target with an answer for each step where the architecture gives a single one."""
    if not surroundings.per_step:
        return []
    message = f"`{found.name}` answers once per example, and the target `{surroundings.target}` has an answer per step"
    hint = "take one that reads step by step, such as `gru`"
    return [Contradiction("architecture-does-not-fit", message, None, hint)]


def fitting_read(settings: Settings, surroundings: Surroundings) -> list[Contradiction]:
    """Find a reading that gives fewer answers than the target has, or more, or that would read padding."""
    read, target = settings["read"], surroundings.target
    if read == "max" and surroundings.padded:
        # Unlike the mean of Keras, its greatest knows no mask.
        message = "`read: max` takes the greatest of all steps, and would take that of the padding of short sequences"
        return [Contradiction("settings-contradict", message, "read", "write `read: last`, or `read: mean`")]
    if read is None or surroundings.per_step is None or (read == "every_step") == surroundings.per_step:
        return []
    gives, has = ("per step", "per example") if read == "every_step" else ("per example", "per step")
    message = f"`read: {read}` gives an answer {gives}, and the target `{target}` has one {has}"
    return [Contradiction("architecture-does-not-fit", message, "read", "leave `read` out: it follows from the target")]


def without_effect(setting: str, why: str, hint: str) -> Contradiction:
    """Say that a setting is written and can change nothing; `why` is the rest of the sentence."""
    return Contradiction("setting-without-effect", f"`{setting}` changes nothing: {why}", setting, hint)
