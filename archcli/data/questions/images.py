"""Images and sounds: one file, or all of their kind in a folder, whatever folders are in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from archcli.data.sources.folder import open_folder
from archcli.data.sources.own_forms import folder_kind
from archcli.data.table import ArrayTable
from archcli.recipe.features import FOLDER_FILE, FOLDER_TEXT


def open_single(path: Path, column: str) -> ArrayTable:
    """Open one image, or one WAV file, as a table of one example."""
    return ArrayTable(path.name, "column", {column: np.array([path.name], np.object_)}, 1, folder=path.parent)


def open_flat(path: Path, column: str, kind: str) -> ArrayTable:
    """Open a folder as a table of files, in the order of their names; neither images nor sounds are read yet.

    Args:
        path: The folder.
        column: What the model calls the column that names a file, or holds a text.
        kind: The type of its input.

    Raises:
        DataError: There are none of the kind.
    """
    listed = open_folder(path, folder_kind({kind}))
    arrays = {FOLDER_FILE: listed.arrays[FOLDER_FILE]}
    arrays[column] = listed.arrays[FOLDER_TEXT if kind == "text" else FOLDER_FILE]
    return ArrayTable(path.name, "column", arrays, listed.examples, folder=path)
