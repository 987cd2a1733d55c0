"""The built-in sets: small real data that need no file and no network, and the inputs and targets that they bring.

What is said here without reading any data is what scikit-learn gives; a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from archcli.recipe.recipe import Value


@dataclass(frozen=True)
class Column:
    """One column of a built-in set.

    Attributes:
        name: Its name.
        shape: Shape of one example; `()` for a number or a label.
        classes: The labels, sorted; empty for numbers.
    """

    name: str
    shape: tuple[int, ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class BuiltInSet:
    """A built-in set, described.

    Attributes:
        name: The name of the source.
        summary: One sentence.
        examples: How many there are.
        columns: What can be named in `columns`.
        inputs: What `data.inputs` is where the recipe does not say: by name, the feature type and its arguments.
        targets: The same for `data.targets`.
    """

    name: str
    summary: str
    examples: int
    columns: tuple[Column, ...]
    inputs: Mapping[str, tuple[str, Mapping[str, Value]]]
    targets: Mapping[str, tuple[str, Mapping[str, Value]]]

    def column(self, name: str) -> Column | None:
        """Return the column called `name`, if there is one."""
        return next((column for column in self.columns if column.name == name), None)


DIGITS_FORMS: Final = ("image", "rows", "pixels")
"""How one picture of `digits` is given; also the name of the input."""

_DIGITS_SHAPES: Final = {"image": (8, 8, 1), "rows": (8, 8), "pixels": (64, 1)}
_IRIS: Final = ("sepal_length", "sepal_width", "petal_length", "petal_width")
_WINE: Final = (
    "alcohol",
    "malic_acid",
    "ash",
    "alcalinity_of_ash",
    "magnesium",
    "total_phenols",
    "flavanoids",
    "nonflavanoid_phenols",
    "proanthocyanins",
    "color_intensity",
    "hue",
    "od280_od315_of_diluted_wines",
    "proline",
)
_CELL: Final = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave_points",
    "symmetry",
    "fractal_dimension",
)
_BREAST_CANCER: Final = (
    *(f"mean_{name}" for name in _CELL),
    *(f"{name}_error" for name in _CELL),
    *(f"worst_{name}" for name in _CELL),
)
_DIABETES: Final = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")


def _measured(name: str, summary: str, examples: int, measured: tuple[str, ...], target: Column) -> BuiltInSet:
    """Describe a table of measurements with one column to be told from all others."""
    numbers: dict[str, Value] = {"columns": target.name, "scale": "standard"}
    return BuiltInSet(
        name,
        summary,
        examples,
        (*(Column(column) for column in measured), target),
        {"measurements": ("numeric", {"columns": measured, "scale": "standard"})},
        {target.name: ("category", {"columns": target.name}) if target.classes else ("number", numbers)},
    )


def _digits(form: str) -> BuiltInSet:
    return BuiltInSet(
        "digits",
        "Written digits, 8 by 8 grey levels from 0 to 16.",
        1797,
        (Column(form, _DIGITS_SHAPES[form]), Column("digit", classes=tuple("0123456789"))),
        {form: ("numeric", {"columns": form, "scale": 0.0625})},
        {"digit": ("category", {"columns": "digit"})},
    )


_SETS: Final[Mapping[str, BuiltInSet]] = {
    described.name: described
    for described in (
        _digits("image"),
        _measured(
            "iris",
            "Three species of iris from four measurements of the flower, in centimetres.",
            150,
            _IRIS,
            Column("species", classes=("setosa", "versicolor", "virginica")),
        ),
        _measured(
            "wine",
            "Three cultivars of wine from thirteen chemical measurements.",
            178,
            _WINE,
            Column("cultivar", classes=("class_0", "class_1", "class_2")),
        ),
        _measured(
            "breast_cancer",
            "Benign or malignant, from thirty measurements of cell nuclei.",
            569,
            _BREAST_CANCER,
            Column("diagnosis", classes=("benign", "malignant")),
        ),
        _measured(
            "diabetes",
            "How far diabetes has progressed after a year, a number, from ten measurements of the patient.",
            442,
            _DIABETES,
            Column("progression"),
        ),
        BuiltInSet(
            "xor",
            "The four rows of exclusive or; split them with validation: 0, test: 0.",
            4,
            (Column("a"), Column("b"), Column("xor", classes=("0", "1"))),
            {"bits": ("numeric", {"columns": ("a", "b")})},
            {"xor": ("category", {"columns": "xor"})},
        ),
    )
}

BUILT_IN: Final = tuple(_SETS)
"""The names of all built-in sets."""


def built_in_set(name: str, arguments: Mapping[str, Value] | None = None) -> BuiltInSet:
    """Return the description of a built-in set.

    Args:
        name: One of `BUILT_IN`.
        arguments: What the recipe says of the source: `as` for digits, one of `DIGITS_FORMS`.
    """
    form = (arguments or {}).get("as")
    return _digits(form) if name == "digits" and isinstance(form, str) else _SETS[name]
