"""A folder of images, sounds or texts, a folder for each class in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from archcli.data.table import ArrayTable
from archcli.errors import DataError, Location, Problem
from archcli.recipe.delimited import shown_path
from archcli.recipe.features import FOLDER_CLASS, FOLDER_FILE, FOLDER_TEXT
from archcli.recipe.headers import read_text

FolderKind = Literal["image", "audio", "text"]
"""What is read of a folder: the type of the input that reads it."""

IMAGE_ENDINGS: Final = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
"""Files that are images, by the ends of their names."""

_ENDINGS: Final[Mapping[FolderKind, tuple[str, ...]]] = {
    "image": IMAGE_ENDINGS,
    "audio": (".wav",),
    "text": (".txt",),
}
_NOUNS: Final[Mapping[FolderKind, str]] = {"image": "images", "audio": "WAV files", "text": "text files"}


def open_folder(path: Path, kind: FolderKind = "image", *, location: Location | None = None) -> ArrayTable:
    """List the images, the WAV files or the texts of a folder, in the order of their names.

    The column `file` is relative to the folder; `class`, the folder inside it, is there if all files are in one; `text`
    is what a text holds. Hidden files and those that are something else by their names do not count.

    Raises:
        DataError: There are none, or a text is no UTF-8.
    """
    files = sorted(
        file.relative_to(path)
        for file in path.rglob("*")
        if file.suffix.lower() in _ENDINGS[kind]
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )
    if not files:
        noun = _NOUNS[kind]
        message = f"`{shown_path(path)}` holds no {noun}, expected a folder for each class with {noun} in it"
        hint = "files that end in " + ", ".join(f"`{ending}`" for ending in _ENDINGS[kind])
        raise DataError(Problem("no-rows", message, location, hint))
    loose = [file for file in files if len(file.parts) == 1]
    labels = [file.parts[0] for file in files if len(file.parts) > 1]
    arrays: dict[str, NDArray[np.generic]] = {FOLDER_FILE: np.array([str(file) for file in files], np.object_)}
    if not loose:
        arrays[FOLDER_CLASS] = np.array(labels)
    if kind == "text":
        arrays[FOLDER_TEXT] = _read_texts([path / file for file in files], location)
    return ArrayTable(path.name, "column", arrays, len(files), location, folder=path)


def _read_texts(files: list[Path], location: Location | None) -> NDArray[np.object_]:
    """Read all texts, and say of all of them together what is wrong; an empty one is an empty text."""
    texts = np.empty(len(files), np.object_)
    problems: list[Problem] = []
    for row, file in enumerate(files):
        texts[row] = ""
        try:
            texts[row] = read_text(file, location=location) if file.stat().st_size else ""
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(*problems[:10])
    return texts
