"""`openvino`: for OpenVINO, on Intel's processors; any number of examples, sequences of any length."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.export.extras import Extra
from archcli.export.format import NUMBERS, Format, Order, cannot_carry
from archcli.export.shipment import Arrays, Shipment
from archcli.export.snippets import as_dict, examples, tell

FILE: Final = "model.xml"
OPTIONS: Final = {"INFERENCE_PRECISION_HINT": "f32"}
"""Without this it computes in half precision where the processor is faster so."""
NOTES: Final = "archcli"
"""Under what the runtime info has the names of the labels."""
EXTRA: Final = Extra("openvino", "converts models to OpenVINO and runs them", ("openvino",), runtime="openvino")


def _write(shipment: Shipment, order: Order) -> None:
    import openvino  # noqa: PLC0415 -- an extra

    with tempfile.TemporaryDirectory() as folder:
        shipment.save(Path(folder))
        try:
            # Not `openvino.convert_model`, which does the same and tells its makers of it.
            model = openvino.Core().read_model(folder)
        except RuntimeError as error:
            raise cannot_carry("openvino", str(error)) from None
        _name_tensors(model, shipment)
        for name, text in order.notes.items():
            model.set_rt_info(text, [NOTES, name])
        openvino.save_model(model, order.folder / FILE, compress_to_fp16=False)


def _name_tensors(model: Any, shipment: Shipment) -> None:
    """Leave each tensor one name: ours."""
    for ports, names in ((model.inputs, [taken.name for taken in shipment.inputs]), (model.outputs, shipment.outputs)):
        for port in ports:
            name = next(name for name in names if name in port.get_names())
            port.get_tensor().set_names({name})


def _open(folder: Path, shipment: Shipment) -> Any:
    import openvino  # noqa: PLC0415 -- an extra

    try:
        model = openvino.Core().compile_model(folder / FILE, "CPU", OPTIONS)
    except RuntimeError as error:
        raise cannot_carry("openvino", str(error)) from None

    def run(inputs: Arrays) -> Mapping[str, NDArray[Any]]:
        answers = model(dict(inputs))
        return {name: np.array(answers[name]) for name in shipment.outputs}

    return run


def _snippet(folder: Path, shipment: Shipment, sizes: Mapping[str, tuple[int, ...]]) -> str:
    given = as_dict(examples(shipment, sizes))
    lines = [
        "import numpy, openvino",
        f'model = openvino.Core().compile_model({str(folder / FILE)!r}, "CPU", {OPTIONS})',
        f"answers = model({given})",
        f"answers = {{name: answers[name] for name in {list(shipment.outputs)}}}",
        *tell(shipment, folder),
    ]
    return "\n".join(lines)


FORMAT: Final = Format(
    name="openvino",
    file=FILE,
    carries=NUMBERS,
    write=_write,
    open=_open,
    snippet=_snippet,
    runtime="openvino",
    extra=EXTRA,
)
