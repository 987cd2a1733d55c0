"""Input `image`: pictures in files, read when the data are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from archcli.data.faults import CellFault, Faults
from archcli.data.table import Holding, Numbers, Table
from archcli.recipe.facts import InputFacts
from archcli.recipe.features import COLOR_MODES
from archcli.recipe.recipe import Named

_CHANNELS: Final = {"rgb": 3, "rgba": 4, "grayscale": 1}
_MODES: Final = {4: "RGBA", 3: "RGB", 1: "L"}
_DEEP: Final = ("I;16", "I;16B", "I;16L", "I")
"""What Pillow calls pictures of 16 bits a point; converting, it would make all above 255 white."""


@dataclass(frozen=True)
class Picture:
    """A picture that is to be read.

    Attributes:
        name: What a message calls it.
        place: Where it was found, for a message.
        file: Where it is read from.
    """

    name: str
    place: str
    file: Path | BytesIO


def image_shape(feature: Named) -> tuple[int | None, ...]:
    """Return the shape that a recipe gives its images, `(height, width, channels)`."""
    height, width = feature.arguments.get("height"), feature.arguments.get("width")
    channels = _CHANNELS[str(feature.arguments.get("color_mode", COLOR_MODES[0]))]
    return (*(size if isinstance(size, int) else None for size in (height, width)), channels)


def read_images(table: Table, columns: Sequence[str], faults: Faults, *, shape: tuple[int | None, ...]) -> Numbers:
    """Read images, `(examples, height, width, channels)`, from 0 to 255, made as large as `shape` says.

    A picture is turned as its file says it was taken; of several in one file the first is read. Where it is made
    smaller, the points that fall together are averaged. Points of 16 bits are divided by 257.
    """
    height, width, channels = (size or 1 for size in shape)
    column = columns[0]
    pictures = find_pictures(table, column, faults)
    images = np.zeros((len(pictures), height, width, channels), np.float32)
    wrong: list[CellFault] = []
    for row, picture in enumerate(pictures, start=1):
        if picture is None:
            continue
        try:
            images[row - 1] = _read_image(picture.file, height, width, channels)
        except FileNotFoundError:
            message = f"{picture.place}: there is no file `{picture.name}`"
            hint = "names of files are relative to the file that they stand in"
            wrong.append(CellFault("file-not-found", row, column, message, hint))
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError):  # what Pillow makes of a damaged file
            message = f"{picture.place}: `{picture.name}` is no image, or is cut off"
            hint = "save the picture anew, or leave the row out"
            wrong.append(CellFault("not-an-image", row, column, message, hint))
        except Image.DecompressionBombError:
            message = f"{picture.place}: `{picture.name}` has more points than memory may hold"
            hint = "make it smaller before: `convert IN -resize 1024x1024 OUT`"
            wrong.append(CellFault("not-an-image", row, column, message, hint))
    faults.add_cells(column, wrong, count=len(wrong))
    return images


def find_pictures(table: Table, column: str, faults: Faults) -> list[Picture | None]:
    """Return the pictures of a column that names files, or holds them; None where there is none.

    What is missing goes to `faults`.
    """
    if isinstance(table, Holding):
        pieces = table.files(column, faults)
        return [
            Picture(column, f"record {row} of `{table.name}`", BytesIO(piece)) if piece else None
            for row, piece in enumerate(pieces, start=1)
        ]
    return [
        Picture(name, f"row {row} of {table.noun} `{column}`", table.folder / name) if name.strip() else None
        for row, name in enumerate(table.texts(column, faults), start=1)
    ]


def fit_image(name: str, columns: Sequence[str], training: Numbers) -> InputFacts:
    """Describe images; there is nothing to fit."""
    return InputFacts(name, training.shape[1:], tuple(columns), kind="image")


def _read_image(file: Path | BytesIO, height: int, width: int, channels: int) -> Numbers:
    with Image.open(file) as opened:
        turned = ImageOps.exif_transpose(opened)
        if turned.mode in _DEEP:
            turned = Image.fromarray((np.asarray(turned, np.float64) / 257).round().clip(0, 255).astype(np.uint8))
        resized = turned.convert(_MODES[channels]).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(resized, np.float32).reshape(height, width, channels)
