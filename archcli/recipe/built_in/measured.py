"""The built-in sets that were measured: small real data that need no file and no network.

What is said here without reading any data is what scikit-learn gives; a test compares.
"""

from __future__ import annotations

from typing import Final

from archcli.recipe.built_in.described import Arguments, BuiltIn, Column, Content, setting, task
from archcli.recipe.recipe import Value
from archcli.recipe.types import Text

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


def _measured(name: str, summary: str, examples: int, measured: tuple[str, ...], target: Column) -> BuiltIn:
    """Describe a table of measurements with one column to be told from all others."""
    numbers: dict[str, Value] = {"columns": target.name, "scale": "standard"}

    def describe(_: Arguments) -> Content:
        return Content(
            examples,
            (*(Column(column) for column in measured), target),
            {"measurements": ("numeric", {"columns": measured, "scale": "standard"})},
            {target.name: ("category", {"columns": target.name}) if target.classes else ("number", numbers)},
        )

    return task(name, summary, (), describe)


def _digits(arguments: Arguments) -> Content:
    form = arguments.text("as")
    return Content(
        1797,
        (Column(form, _DIGITS_SHAPES[form]), Column("digit", classes=tuple("0123456789"))),
        {form: ("numeric", {"columns": form, "scale": 0.0625})},
        {"digit": ("category", {"columns": "digit"})},
    )


MEASURED: Final = (
    task(
        "digits",
        "Written digits, 8 by 8 grey levels from 0 to 16.",
        (
            setting(
                "as",
                Text(DIGITS_FORMS),
                "image: (8, 8, 1), rows: 8 steps of 8 numbers, pixels: 64 steps of one number.",
                "image",
            ),
        ),
        _digits,
        first="as",
    ),
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
)
"""All of them."""
