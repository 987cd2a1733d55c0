"""Convolutions, pooling, dense layers."""

from __future__ import annotations

from typing import Any

import pytest

from archcli.recipe.architectures import Surroundings, check_settings, expand

CLASSES = Surroundings(("picture",), {}, "digit", "category")
NUMBERS = Surroundings(("picture",), {}, "angle", "number")


def layers_of(settings: dict[str, Any], surroundings: Surroundings = CLASSES) -> list[Any]:
    """Return the layers of a network with these settings."""
    layers: list[Any] = expand("cnn", settings, surroundings).model["layers"]
    return layers


def test_a_cnn_without_settings() -> None:
    """Two convolutions that keep the size, each with pooling, and a dense layer."""
    assert layers_of({}) == [
        {"Conv2D": {"filters": 32, "kernel_size": 3, "padding": "same", "activation": "relu"}},
        {"MaxPooling2D": {"pool_size": 2}},
        {"Conv2D": {"filters": 64, "kernel_size": 3, "padding": "same", "activation": "relu"}},
        {"MaxPooling2D": {"pool_size": 2}},
        {"Flatten": {}},
        {"Dense": {"units": 64, "activation": "relu"}},
        {"Dense": {"units": "$classes", "activation": "softmax"}},
    ]
    assert expand("cnn", {}, CLASSES).train == {}


def test_a_cnn_with_all_settings() -> None:
    """Edges first, dropout in front of every dense layer, the answer's too, and every kernel penalised."""
    settings = {
        "filters": 8,
        "kernel": 5,
        "activation": "elu",
        "padding": "valid",
        "pool": "average",
        "pool_size": (3, 2),
        "pool_strides": 1,
        "edges": "scharr",
        "dense": 16,
        "dropout": 0.4,
        "l2": 1e-3,
        "batch_norm": True,
    }
    penalty = {"L2": {"l2": 1e-3}}

    assert layers_of(settings, NUMBERS) == [
        {"EdgeFilter": {"kind": "scharr", "unit_gain": True, "padding": "reflect"}},
        {"Conv2D": {"filters": 8, "kernel_size": 5, "kernel_regularizer": penalty, "use_bias": False}},
        {"BatchNormalization": {}},
        {"Activation": {"activation": "elu"}},
        {"AveragePooling2D": {"pool_size": [3, 2], "strides": 1}},
        {"Flatten": {}},
        {"Dropout": {"rate": 0.4}},
        {"Dense": {"units": 16, "kernel_regularizer": penalty, "use_bias": False}},
        {"BatchNormalization": {}},
        {"Activation": {"activation": "elu"}},
        {"Dropout": {"rate": 0.4}},
        {"Dense": {"units": "$horizon", "activation": "linear", "kernel_regularizer": penalty}},
    ]


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_every_layer_has_the_dimensions(dims: int) -> None:
    """Series, pictures and volumes; the trainable average has a layer for each."""
    found = layers_of({"dims": dims, "filters": 4, "padding": 1, "pool": "average_trainable", "dense": ()})

    amounts = [1, 1] if dims == 1 else [[1, 1]] * dims
    assert found == [
        {f"ZeroPadding{dims}D": {"padding": amounts}},
        {f"Conv{dims}D": {"filters": 4, "kernel_size": 3, "activation": "relu"}},
        {f"TrainableAveragePooling{dims}D": {"pool_size": 2}},
        {"Flatten": {}},
        {"Dense": {"units": "$classes", "activation": "softmax"}},
    ]


@pytest.mark.parametrize(
    ("padding", "amounts"),
    [(2, [[2, 2], [2, 2]]), ((1, 2), [[1, 1], [2, 2]]), (((0, 1), 2), [[0, 1], [2, 2]]), (0, [[0, 0], [0, 0]])],
)
def test_padding_may_be_given_side_by_side(padding: object, amounts: list[list[int]]) -> None:
    """One number for all sides, one for each axis, or one for each side; before every convolution."""
    found = layers_of({"padding": padding})

    assert [found[0], found[3]] == [{"ZeroPadding2D": {"padding": amounts}}] * 2
    assert "padding" not in found[1]["Conv2D"]


def test_each_convolution_may_have_a_kernel_of_its_own() -> None:
    """In the order of the filters; a list inside is one size with a number for each axis."""
    found = layers_of({"filters": (4, 8), "kernel": (5, (3, 1)), "pool": None})

    assert [layer["Conv2D"]["kernel_size"] for layer in found[:2]] == [5, [3, 1]]
    assert found[2] == {"Flatten": {}}


ONE_EACH = "write one number, or one entry for each axis"


@pytest.mark.parametrize(
    ("settings", "message", "setting", "hint"),
    [
        (
            {"kernel": (3, 5, 7)},
            "`kernel` has 3 sizes, and `filters` makes 2 convolutions",
            "kernel",
            "write one size for all, or one for each",
        ),
        ({"kernel": (3, (3, 3, 3))}, "a size in `kernel` has 3 entries, and `dims: 2` has 2 axes", "kernel", ONE_EACH),
        ({"padding": (1, 2, 3)}, "`padding` has 3 entries, and `dims: 2` has 2 axes", "padding", ONE_EACH),
        ({"dims": 1, "padding": (1, 2)}, "`padding` has 2 entries, and `dims: 1` has 1 axis", "padding", ONE_EACH),
        (
            {"padding": (1, (1, 2, 3))},
            "an axis of `padding` has two sides, found another number of amounts",
            "padding",
            "write `[before, after]` for each axis",
        ),
        ({"pool_size": (2,)}, "`pool_size` has 1 entry, and `dims: 2` has 2 axes", "pool_size", ONE_EACH),
        ({"dims": 3, "pool_strides": (2, 2)}, "`pool_strides` has 2 entries, and `dims: 3` has 3 axes", None, ONE_EACH),
        (
            {"dims": 1, "edges": "sobel"},
            "`edges` are found in pictures, `dims: 2`, found `dims: 1`",
            "edges",
            "leave `edges` out",
        ),
    ],
)
def test_contradictions(settings: dict[str, Any], message: str, setting: str | None, hint: str) -> None:
    """Lists must have as many entries as there are layers or axes."""
    found = check_settings("cnn", settings, CLASSES)

    assert found == [("settings-contradict", message, setting or "pool_strides", hint)]


@pytest.mark.parametrize("setting", ["pool_size", "pool_strides"])
def test_without_pooling_there_are_no_windows(setting: str) -> None:
    """A setting that can change nothing is a problem."""
    found = check_settings("cnn", {"pool": None, setting: 2}, CLASSES)

    assert found == [
        (
            "setting-without-effect",
            f"`{setting}` changes nothing: `pool: null` pools nothing",
            setting,
            "leave it out, or pool",
        )
    ]
