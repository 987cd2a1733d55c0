"""`onnx`: for ONNX Runtime, on any device; any number of examples, sequences of any length."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from archcli.export.extras import Extra
from archcli.export.format import NUMBERS, Format, Order, cannot_carry
from archcli.export.shipment import Arrays, Shipment
from archcli.export.snippets import as_dict, examples, tell

FILE: Final = "model.onnx"
EXTRA: Final = Extra(
    "onnx", "converts models to ONNX and runs them", ("onnx", "onnxruntime", "tf2onnx"), runtime="onnxruntime"
)


def _write(shipment: Shipment, order: Order) -> None:
    import onnx  # noqa: PLC0415 -- an extra

    path = order.folder / FILE
    _teach_erfc()
    with _hushed():
        try:
            shipment.model.export(str(path), format="onnx", verbose=False, input_signature=shipment.signature())
        except (ValueError, RuntimeError, NotImplementedError, KeyError) as error:  # all that tf2onnx raises
            raise cannot_carry("onnx", str(error)) from None
    model = onnx.load(path)
    try:
        onnx.checker.check_model(model)  # the converter leaves what it does not know as it is
    except onnx.checker.ValidationError as error:
        raise cannot_carry("onnx", str(error)) from None
    onnx.helper.set_model_props(model, dict(order.notes))
    onnx.save(model, path)


def _open(folder: Path, shipment: Shipment) -> Any:
    import onnxruntime  # noqa: PLC0415 -- an extra
    from onnxruntime.capi import onnxruntime_pybind11_state as refusals  # noqa: PLC0415 -- the same

    try:
        session = onnxruntime.InferenceSession(folder / FILE, providers=["CPUExecutionProvider"])
    except (refusals.Fail, refusals.InvalidGraph, refusals.NotImplemented) as error:
        raise cannot_carry("onnx", str(error)) from None
    strange = {one.name for one in session.get_inputs()} - {taken.name for taken in shipment.inputs}
    if strange:
        raise cannot_carry("onnx", f"it made inputs of its own, {', '.join(sorted(strange))}")
    names = list(shipment.outputs)

    def run(inputs: Arrays) -> Mapping[str, NDArray[Any]]:
        return dict(zip(names, session.run(names, dict(inputs)), strict=True))

    return run


def _snippet(folder: Path, shipment: Shipment, sizes: Mapping[str, tuple[int, ...]]) -> str:
    names = list(shipment.outputs)
    given = as_dict(examples(shipment, sizes))
    lines = [
        "import numpy, onnxruntime",
        f"model = onnxruntime.InferenceSession({str(folder / FILE)!r})",
        f"answers = dict(zip({names}, model.run({names}, {given})))",
        *tell(shipment, folder),
    ]
    return "\n".join(lines)


def _teach_erfc() -> None:
    """Tell the converter how `Erfc` is made, of which Keras's exact `gelu` is: `erfc(x) = 1 - erf(x)`."""
    import numpy as np  # noqa: PLC0415 -- with the extra
    from tf2onnx.handler import tf_op  # noqa: PLC0415 -- an extra

    def convert(context: Any, node: Any, **_: Any) -> None:
        one = context.make_const(f"{node.name}_one", np.float32(1).reshape(()))
        error = context.make_node("Erf", node.input)
        context.replace_all_inputs(node.output[0], context.make_node("Sub", [one.output[0], error.output[0]]).output[0])
        context.remove_node(node.name)

    tf_op("Erfc").register_compat_handler(convert, version=9)


@contextmanager
def _hushed() -> Iterator[None]:
    """Let the converter keep what it does to itself; what it cannot do is found in what it wrote."""
    logger = logging.getLogger("tf2onnx")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of Keras's own patch of it
            yield
    finally:
        logger.setLevel(before)


FORMAT: Final = Format(
    name="onnx",
    file=FILE,
    carries=NUMBERS,
    write=_write,
    open=_open,
    snippet=_snippet,
    runtime="onnxruntime",
    extra=EXTRA,
)
