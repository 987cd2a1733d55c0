"""Built-in sets of pictures, videos and volumes, and of patterns to be recalled."""

from __future__ import annotations

from typing import Final

from archcli.recipe.built_in.described import (
    SEED,
    Arguments,
    Column,
    Content,
    Features,
    examples,
    same,
    setting,
    task,
)
from archcli.recipe.types import Field, Number, Truth, Whole

DIRECTIONS: Final = ("down", "left", "right", "up")
"""Where the bars of `moving_bars` go."""

SHAPES: Final = ("disc", "square", "triangle")
"""What is drawn in `shapes` and `objects`."""

SOLIDS: Final = ("ball", "cube", "shell")
"""What stands in `volumes`."""

OBJECT_SIZE: Final = 16
"""Height and width of the pictures of `objects`, in pixels."""


def _noise(default: float) -> Field:
    return setting("noise", Number(minimum=0), "The deviation of the noise, where what is drawn is up to 1.", default)


def _moving_bars(arguments: Arguments) -> Content:
    size = arguments.whole("size")
    columns = (Column("video", (arguments.whole("frames"), size, size, 1)), Column("direction", classes=DIRECTIONS))
    return Content(arguments.whole("examples"), columns, same("numeric", "video"), same("category", "direction"))


def _noisy_patterns(arguments: Arguments) -> Content:
    units = arguments.whole("units")
    labels = tuple(map(str, range(arguments.whole("patterns"))))
    columns = (Column("noisy", (units,)), Column("clean", (units,)), Column("pattern", classes=labels))
    return Content(arguments.whole("examples"), columns, same("numeric", "noisy"), same("number", "clean"))


def _digit_pairs(arguments: Arguments) -> Content:
    columns = (
        Column("left", (8, 8, 1)),
        Column("right", (8, 8, 1)),
        Column("same", classes=("different", "same")),
    )
    inputs: Features = {name: ("numeric", {"columns": name, "scale": 0.0625}) for name in ("left", "right")}
    return Content(arguments.whole("examples"), columns, inputs, same("category", "same"))


def _shapes(arguments: Arguments) -> Content:
    size = arguments.whole("size")
    classes = ("background", *SHAPES) if arguments.truth("kinds") else ("background", "shape")
    columns = (Column("image", (size, size, 1)), Column("pixels", (size, size), classes))
    return Content(arguments.whole("examples"), columns, same("numeric", "image"), same("category", "pixels"))


def _volumes(arguments: Arguments) -> Content:
    size = arguments.whole("size")
    columns = (Column("volume", (size, size, size, 1)), Column("kind", classes=SOLIDS))
    return Content(arguments.whole("examples"), columns, same("numeric", "volume"), same("category", "kind"))


def _objects(arguments: Arguments) -> Content:
    columns = (
        Column("image", (OBJECT_SIZE, OBJECT_SIZE, 1)),
        Column("distance"),
        Column("light"),
        Column("kind", classes=SHAPES),
        Column("size"),
    )
    inputs: Features = {
        **same("numeric", "image"),
        "table": ("numeric", {"columns": ("distance", "light"), "scale": "standard"}),
    }
    targets: Features = {**same("category", "kind"), "size": ("number", {"columns": "size", "scale": "standard"})}
    return Content(arguments.whole("examples"), columns, inputs, targets)


PICTURES: Final = (
    task(
        "moving_bars",
        "Short videos of a bar on the move: whether it goes up, down, left or right, which no single frame shows.",
        (
            examples(600),
            setting("frames", Whole(minimum=2, maximum=1000), "How many frames a video has.", 8),
            setting("size", Whole(minimum=6, maximum=256), "Height and width of a frame, in pixels.", 12),
            _noise(0.1),
            SEED,
        ),
        _moving_bars,
    ),
    task(
        "noisy_patterns",
        "Patterns of 1 and -1 with some of their units turned round, and the same patterns as they were.",
        (
            setting("patterns", Whole(minimum=2, maximum=100), "How many different patterns there are.", 5),
            setting("units", Whole(minimum=8, maximum=100_000), "How many units a pattern has.", 64),
            setting("noise", Number(minimum=0, below=0.5), "The share of its units that are turned round.", 0.1),
            examples(500),
            SEED,
        ),
        _noisy_patterns,
    ),
    task(
        "digit_pairs",
        "Two written digits of scikit-learn's, and whether they are the same digit; a picture may be in several pairs.",
        (examples(2000), SEED),
        _digit_pairs,
    ),
    task(
        "shapes",
        "Discs, squares and triangles before a noisy background, and what each pixel belongs to.",
        (
            examples(200),
            setting("size", Whole(minimum=16, maximum=1024), "Height and width of a picture, in pixels.", 64),
            setting("kinds", Truth(), "Whether disc, square and triangle are told apart.", default=False),
            _noise(0.1),
            SEED,
        ),
        _shapes,
    ),
    task(
        "volumes",
        "A ball, a cube or a hollow shell somewhere in a small volume: which of them.",
        (
            examples(600),
            setting("size", Whole(minimum=8, maximum=128), "Height, width and depth of a volume, in voxels.", 12),
            _noise(0.1),
            SEED,
        ),
        _volumes,
    ),
    task(
        "objects",
        "A picture of an object, with its distance and the light: what kind it is, which the picture shows, and its "
        "size, which takes the distance too.",
        (examples(1500), _noise(0.05), SEED),
        _objects,
    ),
)
"""All of them."""
