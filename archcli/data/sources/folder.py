"""A folder of images, a folder for each class in it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from archcli.data.table import ArrayTable
from archcli.errors import DataError, Location, Problem
from archcli.recipe.delimited import shown_path
from archcli.recipe.features import FOLDER_CLASS, FOLDER_FILE

IMAGE_ENDINGS: Final = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
"""Files that are images, by the ends of their names."""


def open_folder(path: Path, *, location: Location | None = None) -> ArrayTable:
    """List the images of a folder, in the order of their names.

    The column `file` is relative to the folder; `class`, the folder inside it, is there if all images are in one.
    Hidden files and those that are no images by their names do not count.

    Raises:
        DataError: There are no images.
    """
    files = sorted(
        file.relative_to(path)
        for file in path.rglob("*")
        if file.suffix.lower() in IMAGE_ENDINGS
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )
    if not files:
        message = f"`{shown_path(path)}` holds no images, expected a folder for each class with images in it"
        hint = "files that end in " + ", ".join(f"`{ending}`" for ending in IMAGE_ENDINGS)
        raise DataError(Problem("no-rows", message, location, hint))
    loose = [file for file in files if len(file.parts) == 1]
    labels = [file.parts[0] for file in files if len(file.parts) > 1]
    arrays = {FOLDER_FILE: np.array([str(file) for file in files], np.object_)}
    if not loose:
        arrays[FOLDER_CLASS] = np.array(labels)
    return ArrayTable(path.name, "column", arrays, len(files), location, folder=path)
