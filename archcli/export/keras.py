"""`keras`: the run's own model, for programs that have Keras and `archcli.layers`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import keras
from numpy.typing import NDArray

from archcli.engine.feeding import place
from archcli.export.format import AS_TRAINED, Format, Order
from archcli.export.shipment import Arrays, Shipment, single
from archcli.export.snippets import as_dict, examples, tell

FILE: Final = "model.keras"


def _write(shipment: Shipment, order: Order) -> None:
    shutil.copyfile(shipment.trained.file, order.folder / FILE)


def _open(folder: Path, shipment: Shipment) -> Any:
    model = keras.saving.load_model(folder / FILE, compile=False)

    def run(inputs: Arrays) -> Mapping[str, NDArray[Any]]:
        return shipment.name_answers(model.predict_on_batch(place(single(inputs))))

    return run


def _snippet(folder: Path, shipment: Shipment, sizes: Mapping[str, tuple[int, ...]]) -> str:
    given = examples(shipment, sizes)
    taken = next(iter(given.values())) if len(given) == 1 else as_dict(given)
    answers = f"model.predict({taken}, verbose=0)"
    if len(shipment.outputs) == 1:
        answers = as_dict({next(iter(shipment.outputs)): answers})
    lines = [
        "import archcli.layers, keras, numpy" + ", tensorflow" * ("tensorflow." in taken),
        f"model = keras.saving.load_model({str(folder / FILE)!r})",
        f"answers = {answers}",
        *tell(shipment, folder),
    ]
    return "\n".join(lines)


FORMAT: Final = Format(
    name="keras", file=FILE, carries=AS_TRAINED, write=_write, open=_open, snippet=_snippet, runtime="keras"
)
