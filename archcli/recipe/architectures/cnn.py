"""Convolutions and pooling, then dense layers (LeCun et al. 1998)."""

from __future__ import annotations

from typing import Any, Final

from archcli.recipe.architectures.architecture import (
    Architecture,
    Contradiction,
    Expansion,
    PlainLayer,
    Settings,
    Surroundings,
)
from archcli.recipe.architectures.parts import (
    answers_once,
    dropout,
    hidden_layer,
    layer,
    one_input,
    output_layer,
    regularizer,
    without_effect,
)
from archcli.recipe.architectures.settings import (
    BATCH_NORM,
    L1,
    L2,
    ONE_OR_EACH,
    SHARE,
    UNITS,
    activation,
    signature,
)
from archcli.recipe.types import Either, Field, ListOf, Null, Text, Whole

_AMOUNT: Final = Whole(minimum=0)
_POOLS: Final = {"max": "MaxPooling", "average": "AveragePooling", "average_trainable": "TrainableAveragePooling"}

SIGNATURE: Final = signature(
    "cnn",
    "Convolutions, each with pooling behind it, then dense layers; for series, pictures or volumes.",
    Field("dims", Whole(1, 3), "Axes that the filters move along: 1 for series, 2 for pictures, 3 for volumes.", 2),
    Field("filters", ONE_OR_EACH, "Filters of each convolution, from the input on.", [32, 64]),
    Field(
        "kernel",
        Either((UNITS, ListOf(ONE_OR_EACH, minimum_length=1))),
        "Size of the filters: one for all, or one for each convolution, which may be a list with a size for each axis.",
        3,
    ),
    activation("relu", "Activation of the convolutions and hidden dense layers."),
    Field(
        "padding",
        Either((Text(("valid", "same")), _AMOUNT, ListOf(Either((_AMOUNT, ListOf(_AMOUNT, minimum_length=2)))))),
        "Zeros around the input of each convolution: none, as many as keep the size, or how many: on all sides, or for "
        "each axis, where `[before, after]` tells the two sides apart.",
        "same",
    ),
    Field(
        "pool",
        Either((Text(tuple(_POOLS)), Null())),
        "What is kept of each window; `average_trainable`: the average, with a learned gain and bias, through a "
        "sigmoid, as in LeNet-5; null: no pooling.",
        "max",
    ),
    Field("pool_size", ONE_OR_EACH, "Size of a window: one for all axes, or one for each.", inferred="2"),
    Field(
        "pool_strides",
        ONE_OR_EACH,
        "How far apart windows begin; less than their size: they overlap.",
        inferred="pool_size",
    ),
    Field(
        "edges",
        Either((Text(("sobel", "scharr", "prewitt")), Null())),
        "Fixed filters in front, which give the slope of each picture along both axes.",
    ),
    Field("dense", Either((UNITS, ListOf(UNITS))), "Units of each dense layer between convolutions and answer.", [64]),
    Field("dropout", SHARE, "Share that is dropped in training in front of each dense layer.", 0.0),
    L1,
    L2,
    BATCH_NORM,
    first="filters",
)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _contradictions(settings: Settings, surroundings: Surroundings) -> list[Contradiction]:
    return [
        *one_input(SIGNATURE, surroundings),
        *answers_once(SIGNATURE, surroundings),
        *_kernel_contradictions(settings),
        *_padding_contradictions(settings),
        *_pool_contradictions(settings),
        *_edge_contradictions(settings),
    ]


def _wrong_count(setting: str, what: str, count: int, dims: int) -> Contradiction:
    axes = "axis" if dims == 1 else "axes"
    message = f"{what} has {count} {'entry' if count == 1 else 'entries'}, and `dims: {dims}` has {dims} {axes}"
    return Contradiction("settings-contradict", message, setting, "write one number, or one entry for each axis")


def _kernel_contradictions(settings: Settings) -> list[Contradiction]:
    kernel, dims, layers = settings["kernel"], settings["dims"], len(_as_list(settings["filters"]))
    if not isinstance(kernel, list):
        return []
    if len(kernel) != layers:
        message = f"`kernel` has {len(kernel)} sizes, and `filters` makes {layers} convolutions"
        hint = "write one size for all, or one for each"
        return [Contradiction("settings-contradict", message, "kernel", hint)]
    sizes = [size for size in kernel if isinstance(size, list) and len(size) != dims]
    return [_wrong_count("kernel", "a size in `kernel`", len(size), dims) for size in sizes[:1]]


def _padding_contradictions(settings: Settings) -> list[Contradiction]:
    padding, dims = settings["padding"], settings["dims"]
    if not isinstance(padding, list):
        return []
    if len(padding) != dims:
        return [_wrong_count("padding", "`padding`", len(padding), dims)]
    if any(isinstance(axis, list) and len(axis) != 2 for axis in padding):
        message = "an axis of `padding` has two sides, found another number of amounts"
        return [Contradiction("settings-contradict", message, "padding", "write `[before, after]` for each axis")]
    return []


def _pool_contradictions(settings: Settings) -> list[Contradiction]:
    sizes = {name: settings[name] for name in ("pool_size", "pool_strides") if settings[name] is not None}
    if settings["pool"] is None:
        return [without_effect(name, "`pool: null` pools nothing", "leave it out, or pool") for name in sizes]
    dims = settings["dims"]
    wrong = {name: size for name, size in sizes.items() if isinstance(size, list) and len(size) != dims}
    return [_wrong_count(name, f"`{name}`", len(size), dims) for name, size in wrong.items()]


def _edge_contradictions(settings: Settings) -> list[Contradiction]:
    if settings["edges"] is None or settings["dims"] == 2:
        return []
    message = f"`edges` are found in pictures, `dims: 2`, found `dims: {settings['dims']}`"
    return [Contradiction("settings-contradict", message, "edges", "leave `edges` out")]


def _expand(settings: Settings, surroundings: Surroundings) -> Expansion:
    filters = _as_list(settings["filters"])
    kernel = settings["kernel"]
    kernels = kernel if isinstance(kernel, list) else [kernel] * len(filters)
    layers: list[PlainLayer] = []
    if settings["edges"] is not None:
        # Slopes of pixel values, not 32 times as much, and of as many pixels, without a false edge around the picture.
        arguments = {"kind": settings["edges"], "unit_gain": True, "padding": "reflect"}
        layers.append(layer("EdgeFilter", arguments))
    for count, size in zip(filters, kernels, strict=True):
        layers += [*_convolution(count, size, settings), *_pooling(settings)]
    layers.append(layer("Flatten", {}))
    for units in _as_list(settings["dense"]):
        layers += [*dropout(settings["dropout"]), *hidden_layer("Dense", {"units": units}, settings)]
    answer = output_layer(surroundings, regularizer(settings))
    return Expansion({"layers": [*layers, *dropout(settings["dropout"]), answer]})


def _convolution(count: int, size: int | list[int], settings: Settings) -> list[PlainLayer]:
    dims, padding = settings["dims"], settings["padding"]
    is_named = isinstance(padding, str)
    arguments = {"filters": count, "kernel_size": size, "padding": padding if is_named else "valid"}
    convolution = hidden_layer(f"Conv{dims}D", arguments, settings)
    if is_named:
        return convolution
    axes = padding if isinstance(padding, list) else [padding] * dims
    sides = [axis if isinstance(axis, list) else [axis, axis] for axis in axes]
    amounts = sides[0] if dims == 1 else sides
    return [layer(f"ZeroPadding{dims}D", {"padding": amounts}), *convolution]


def _pooling(settings: Settings) -> list[PlainLayer]:
    if settings["pool"] is None:
        return []
    size = 2 if settings["pool_size"] is None else settings["pool_size"]
    arguments = {"pool_size": size, "strides": settings["pool_strides"]}
    return [layer(f"{_POOLS[settings['pool']]}{settings['dims']}D", arguments, {"strides": None})]


CNN: Final = Architecture(SIGNATURE, _expand, _contradictions)
