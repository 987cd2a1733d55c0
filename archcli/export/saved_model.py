"""`saved_model`: TensorFlow's own format, for TensorFlow, TensorFlow Serving and what reads it."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from archcli.engine.feeding import place
from archcli.errors import is_full
from archcli.export.description import label_files
from archcli.export.format import AS_TRAINED, Format, Order
from archcli.export.shipment import Arrays, Shipment, single
from archcli.export.snippets import as_dict, examples, tell
from archcli.runs.writing import write_text

ASSETS: Final = "assets.extra"
"""Where TensorFlow Serving looks for files that are no part of the graph."""


def _write(shipment: Shipment, order: Order) -> None:
    try:
        shipment.trained.model.export(order.folder, format="tf_saved_model", verbose=False)
    except tf.errors.ResourceExhaustedError as error:
        if not is_full(error):
            raise
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
    for name, text in label_files(shipment).items():
        (order.folder / ASSETS).mkdir(exist_ok=True)
        write_text(order.folder / ASSETS / name, text)


def _open(folder: Path, shipment: Shipment) -> Any:
    model = tf.saved_model.load(folder)  # held: its function does not keep its variables alive

    def run(inputs: Arrays) -> Mapping[str, NDArray[Any]]:
        answers = model.serve(place(single(inputs)))
        return shipment.name_answers(keras.tree.map_structure(np.asarray, answers))

    return run


def _snippet(folder: Path, shipment: Shipment, sizes: Mapping[str, tuple[int, ...]]) -> str:
    given = {name: one.replace("numpy.zeros", "tensorflow.zeros") for name, one in examples(shipment, sizes).items()}
    taken = next(iter(given.values())) if len(given) == 1 else as_dict(given)
    if len(shipment.outputs) == 1:
        answers = as_dict({next(iter(shipment.outputs)): f"model.serve({taken}).numpy()"})
    else:
        answers = "{name: answer.numpy() for name, answer in model.serve(" + taken + ").items()}"
    lines = [
        "import numpy, tensorflow",
        f"model = tensorflow.saved_model.load({str(folder)!r})",
        f"answers = {answers}",
        *tell(shipment, folder),
    ]
    return "\n".join(lines)


FORMAT: Final = Format(
    name="saved_model",
    file="",
    carries=AS_TRAINED,
    write=_write,
    open=_open,
    snippet=_snippet,
    runtime="tensorflow",
)
