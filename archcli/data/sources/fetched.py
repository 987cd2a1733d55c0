"""The sets that Keras fetches: it keeps them in `~/.keras/datasets` and checks their SHA-256."""

from __future__ import annotations

import contextlib
import importlib
import io

import numpy as np

from archcli.data.sources.tables import make_table
from archcli.data.table import ArrayTable
from archcli.errors import DataError, Problem
from archcli.recipe.built_in import BuiltInSet


def open_fetched(described: BuiltInSet) -> ArrayTable:
    """Open a set, fetched first where it is not there yet: the training examples, then those of the test.

    Raises:
        DataError: `cannot-fetch`: there is no way to where it comes from, or what came is not what was expected.
    """
    dataset = importlib.import_module(f"keras.datasets.{described.name}")
    pictures, target = described.columns
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # Keras writes its progress there, where answers go
            (first, first_labels), (second, second_labels) = dataset.load_data()
    except Exception as error:  # Keras raises a bare one where it cannot fetch; all others go on
        if type(error) is not Exception and not isinstance(error, (OSError, ValueError)):
            raise
        message = f"`{described.name}` is not on this machine and cannot be fetched: {_reason(error)}"
        hint = "fetch it where there is a network, and copy `~/.keras/datasets` here; `KERAS_HOME` names another folder"
        raise DataError(Problem("cannot-fetch", message, hint=hint)) from error
    shape = tuple(size or 0 for size in pictures.shape)
    return make_table(
        described,
        {
            pictures.name: np.concatenate([first, second]).reshape(-1, *shape),
            target.name: np.concatenate([first_labels, second_labels]).reshape(-1),
        },
    )


def _reason(error: Exception) -> str:
    """Return what Keras says, on one line."""
    text = " ".join(str(error).split())
    return text[:160]
