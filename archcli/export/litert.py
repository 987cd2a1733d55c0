"""`litert`: for telephones and small devices; one example at a time, of fixed sizes, in plain LiteRT operations.

A static signature needs no operations of TensorFlow's own (Flex). Weights and activations may be smaller numbers; what
goes in and comes out stays float32.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

from archcli.engine.quiet import native_log_dropped
from archcli.export.description import label_files
from archcli.export.extras import Extra
from archcli.export.format import NUMBERS, Format, Order, cannot_carry
from archcli.export.litert_conversion import FILE, SAVED_MODEL, convert
from archcli.export.shipment import Arrays, Shipment
from archcli.export.snippets import examples, tell

EXTRA: Final = Extra("litert", "runs models of LiteRT", ("ai_edge_litert",), runtime="ai-edge-litert")


def _write(shipment: Shipment, order: Order) -> None:
    sizes = {name: (1, *shape[1:]) for name, shape in order.sizes.items()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # The converter's integers end its process in the body of a loop.
        with _unrolled(shipment.model) if order.quantize == "int8" else nullcontext():
            shipment.save(folder / SAVED_MODEL, sizes)
        convert(folder, quantize=order.quantize, examples=order.examples)
        (order.folder / FILE).write_bytes((folder / FILE).read_bytes())
    # The way of LiteRT's metadata: an archive after the model, which the runtime does not look at.
    with zipfile.ZipFile(order.folder / FILE, "a") as archive:
        for file, text in {**label_files(shipment), "signature.json": order.notes["signature"]}.items():
            archive.writestr(file, text)


@contextmanager
def _unrolled(model: keras.Model) -> Iterator[None]:
    """Let recurrent layers write out their steps for a while."""
    layers = [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.RNN)]  # noqa: SLF001 -- no public walk reaches nested models and wrapped layers
    before = [layer.unroll for layer in layers]
    for layer in layers:
        layer.unroll = True
    try:
        yield
    finally:
        for layer, unroll in zip(layers, before, strict=True):
            layer.unroll = unroll


def _open(folder: Path, shipment: Shipment) -> Any:
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 -- an extra

    try:
        runner = Interpreter(str(folder / FILE)).get_signature_runner()
        with native_log_dropped():  # where it says how it runs
            runner(**{name: np.zeros(one["shape"], one["dtype"]) for name, one in runner.get_input_details().items()})
    except (RuntimeError, ValueError) as error:
        raise cannot_carry("litert", str(error)) from None

    def run(inputs: Arrays) -> Mapping[str, NDArray[Any]]:
        count = len(next(iter(inputs.values())))
        answers = [
            runner(**{name: values[index : index + 1] for name, values in inputs.items()}) for index in range(count)
        ]
        return {name: np.concatenate([answer[name] for answer in answers]) for name in shipment.outputs}

    return run


def _snippet(folder: Path, shipment: Shipment, sizes: Mapping[str, tuple[int, ...]]) -> str:
    given = ", ".join(f"{name}={one}" for name, one in examples(shipment, sizes).items())
    lines = [
        "import numpy",
        "from ai_edge_litert.interpreter import Interpreter",
        f"model = Interpreter({str(folder / FILE)!r}).get_signature_runner()",
        f"answers = model({given})",
        *tell(shipment, folder),
    ]
    return "\n".join(lines)


FORMAT: Final = Format(
    name="litert",
    file=FILE,
    carries=NUMBERS,
    write=_write,
    open=_open,
    snippet=_snippet,
    runtime="ai-edge-litert",
    extra=EXTRA,
    is_fixed=True,
    quantizes=("float16", "dynamic", "int8"),
)
