"""Writes real data as the files a user would have: CSV, NPZ, a folder of images.

The numbers come with mlxtend and statsmodels, so nothing is fetched. Tests and `benchmarks/real_data.py` share them.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

HERE: Final = Path(__file__).parent
"""Where the recipes are."""

CARS: Final = ("cylinders", "displacement", "horsepower", "weight", "acceleration", "model_year", "origin", "name")
"""What is known of a car beside how far it goes."""

AFFAIRS: Final = ("age", "yrs_married", "children", "religious", "educ", "rate_marriage")
"""The columns of Fair's survey that are numbers; the others are the occupations of wife and husband."""

LAST_YEAR_KNOWN: Final = 1920
"""Sunspots of the years after it are foretold."""


def copy_recipe(name: str, folder: Path) -> Path:
    """Put one of the recipes beside this file into a folder, where its data are, and return its path."""
    copy = folder / name
    copy.write_text((HERE / name).read_text(encoding="utf-8"), encoding="utf-8")
    return copy


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table with the names of its columns."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read a table by the names of its columns, by other means than the program's own."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_auto_mpg(folder: Path) -> None:
    """Write `auto-mpg.csv`: 392 cars, what they are and how far they go, the origin by its name."""
    from mlxtend.data import autompg  # noqa: PLC0415 -- it takes a while, which other tests need not wait for

    places = {"1": "america", "2": "europe", "3": "japan"}
    with gzip.open(autompg.DATA_PATH, "rt", encoding="utf-8", newline="") as file:
        cars = [[*row[:6], places[row[6]], *row[7:]] for row in csv.reader(file)]
    write_csv(folder / "auto-mpg.csv", (*CARS, "mpg"), cars)


def read_mnist() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return 5,000 handwritten digits, 500 of each, `(5000, 28, 28)` from 0 to 255, and what they are."""
    from mlxtend.data import mnist_data  # noqa: PLC0415 -- the same

    points, digits = mnist_data()
    return points.reshape(-1, 28, 28).astype(np.uint8), digits.astype(np.int64)


def write_mnist_images(folder: Path, *, each: int = 500) -> None:
    """Write `mnist/`: a folder for each digit, with the first `each` images of it as PNG."""
    images, digits = read_mnist()
    for digit in range(10):
        place = folder / "mnist" / str(digit)
        place.mkdir(parents=True)
        for number, image in enumerate(images[digits == digit][:each]):
            Image.fromarray(image).save(place / f"{number:03}.png")


def read_sunspots() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the years from 1700 to 2008 and their mean number of sunspots."""
    from statsmodels.datasets import sunspots  # noqa: PLC0415 -- the same

    table = sunspots.load_pandas().data
    return table["YEAR"].to_numpy().astype(np.int64), table["SUNACTIVITY"].to_numpy().astype(np.float64)


def write_sunspots(folder: Path) -> None:
    """Write `sunspots.csv`: a year and its number of sunspots in each line, from 1700."""
    years, spots = read_sunspots()
    write_csv(folder / "sunspots.csv", ("year", "spots"), zip(years.tolist(), spots.tolist(), strict=True))


def write_affairs(folder: Path, *, seed: int = 0) -> None:
    """Write `affairs.csv` and `affairs-new.csv`: Fair's survey of 6,366 wives, every fifth held back.

    One cell in ten is emptied, as if the question had not been answered, of all columns but the answer.

    Args:
        folder: Where to.
        seed: Decides which cells are empty.
    """
    from statsmodels.datasets import fair  # noqa: PLC0415 -- the same

    jobs = ("student", "farmer or unskilled", "white-collar", "skilled", "manager", "professional")
    table = fair.load_pandas().data
    draw = np.random.default_rng(seed)
    columns: list[list[str]] = [[f"{number:g}" for number in table[name]] for name in AFFAIRS]
    columns += [[jobs[int(number) - 1] for number in table[name]] for name in ("occupation", "occupation_husb")]
    for column in columns:
        for row in np.flatnonzero(draw.random(len(column)) < 0.1):
            column[int(row)] = ""
    answers = ["yes" if time > 0 else "no" for time in table["affairs"]]
    rows = list(zip(*columns, answers, strict=True))
    header = (*AFFAIRS, "occupation", "husband", "affair")
    write_csv(folder / "affairs.csv", header, [row for number, row in enumerate(rows) if number % 5])
    write_csv(folder / "affairs-new.csv", header, [row for number, row in enumerate(rows) if not number % 5])
