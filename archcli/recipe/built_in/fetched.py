"""The sets that are fetched once and kept where Keras keeps them: pictures, and texts (IMDB, Reuters)."""

from __future__ import annotations

from typing import Final

from archcli.recipe.built_in.described import Arguments, BuiltIn, Column, Content, task

_CLOTHES: Final = (
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle_boot",
)
_TOPICS: Final = (
    "cocoa",
    "grain",
    "veg-oil",
    "earn",
    "acq",
    "wheat",
    "copper",
    "housing",
    "money-supply",
    "coffee",
    "sugar",
    "trade",
    "reserves",
    "ship",
    "cotton",
    "carcass",
    "crude",
    "nat-gas",
    "cpi",
    "money-fx",
    "interest",
    "gnp",
    "meal-feed",
    "alum",
    "oilseed",
    "gold",
    "tin",
    "strategic-metal",
    "livestock",
    "retail",
    "ipi",
    "iron-steel",
    "rubber",
    "heat",
    "jobs",
    "lei",
    "bop",
    "zinc",
    "orange",
    "pet-chem",
    "dlr",
    "gas",
    "silver",
    "wpi",
    "hog",
    "lead",
)
_CIFAR: Final = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def _pictures(name: str, summary: str, examples: int, shape: tuple[int, ...], target: Column) -> BuiltIn:
    """Describe a set of pictures, bytes from 0 to 255, with one class each."""

    def describe(_: Arguments) -> Content:
        return Content(
            examples,
            (Column("image", shape), target),
            {"image": ("numeric", {"columns": "image", "scale": 1 / 255})},
            {target.name: ("category", {"columns": target.name})},
        )

    return task(name, summary, (), describe)


def _texts(name: str, summary: str, examples: int, text: str, target: Column) -> BuiltIn:
    """Describe a set of texts, their words written small, with one class each."""

    def describe(_: Arguments) -> Content:
        return Content(
            examples,
            (Column(text, text=True), target),
            {text: ("text", {"columns": text, "max_tokens": 10_000, "output_sequence_length": 256})},
            {target.name: ("category", {"columns": target.name})},
        )

    return task(name, summary, (), describe)


FETCHED: Final = (
    _pictures(
        "mnist",
        "Written digits, 28 by 28 grey levels; fetched once (11 MB).",
        70_000,
        (28, 28, 1),
        Column("digit", classes=tuple("0123456789")),
    ),
    _pictures(
        "fashion_mnist",
        "Pieces of clothing, 28 by 28 grey levels; fetched once (30 MB).",
        70_000,
        (28, 28, 1),
        Column("kind", classes=_CLOTHES),
    ),
    _pictures(
        "cifar10",
        "Photos of ten kinds of things, 32 by 32 in colour; fetched once (170 MB).",
        60_000,
        (32, 32, 3),
        Column("kind", classes=_CIFAR),
    ),
    _texts(
        "imdb",
        "Reviews of films, for or against; fetched once (19 MB).",
        50_000,
        "review",
        Column("opinion", classes=("negative", "positive")),
    ),
    _texts(
        "reuters",
        "News of Reuters of 1987, on one of 46 topics; fetched once (3 MB).",
        11_228,
        "news",
        Column("topic", classes=_TOPICS),
    ),
)
"""The examples of training come first, those that the authors keep for the test after them."""
