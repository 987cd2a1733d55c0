"""A SavedModel becomes a LiteRT file. In a process of its own where numbers get smaller: there the converter may abort.

`python -m archcli.export.litert_conversion FOLDER` reads `saved_model/`, `order.json` and `examples.npz` in the folder
and writes `model.tflite` there; where it cannot, it writes why on standard error and ends with status 1.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import tensorflow as tf
from tensorflow.lite.python.convert import ConverterError

from archcli.engine.quiet import native_log_dropped
from archcli.errors import RecipeError
from archcli.export.format import Quantize, cannot_carry
from archcli.export.shipment import Arrays

SAVED_MODEL: Final = "saved_model"
FILE: Final = "model.tflite"
_ORDER: Final = "order.json"
_EXAMPLES: Final = "examples.npz"


def convert(folder: Path, *, quantize: Quantize | None, examples: Arrays) -> None:
    """Convert the SavedModel in a folder; `model.tflite` is then beside it.

    Args:
        folder: Has `saved_model/`, which takes one example of fixed sizes.
        quantize: Smaller numbers; None: float32.
        examples: What it takes, `(examples, *shape)`, by name: for int8 what shows how large numbers get. The first is
            tried.

    Raises:
        RecipeError: `cannot-export`.
    """
    if quantize is None:
        (folder / FILE).write_bytes(_convert(folder, None, examples))
        return
    np.savez(folder / _EXAMPLES, allow_pickle=False, **examples)
    (folder / _ORDER).write_text(json.dumps(quantize), encoding="utf-8")
    command = [sys.executable, "-m", "archcli.export.litert_conversion", str(folder)]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1"}  # the device's memory is this process's
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 -- our own
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        raise cannot_carry("litert", f"what converts it to {quantize} was ended by {name}", quantize=quantize)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise cannot_carry("litert", lines[-1] if lines else "", quantize=quantize)


def _convert(folder: Path, quantize: Quantize | None, examples: Arrays) -> bytes:
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder / SAVED_MODEL))
    converter.unfold_batchmatmul = True  # folded, products of fixed sizes get shapes that do not fit
    if quantize is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if quantize == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if quantize == "int8":
        converter.representative_dataset = lambda: _one_by_one(examples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]
    try:
        with native_log_dropped():
            model: bytes = converter.convert()
    except (ConverterError, RuntimeError, ValueError) as error:
        missing = sorted(set(re.findall(r"'tf\.(\w+)' op is neither", str(error))))
        reason = f"it has no operation {', '.join(missing)}" if missing else str(error)
        raise cannot_carry("litert", reason) from None
    return model


def _one_by_one(examples: Arrays) -> Iterator[dict[str, Any]]:
    for index in range(len(next(iter(examples.values())))):
        yield {name: values[index : index + 1] for name, values in examples.items()}


def _serve(folder: Path) -> None:
    """Convert as told by the files in a folder, and try the result, which may end this process."""
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 -- an extra

    quantize: Quantize = json.loads((folder / _ORDER).read_text(encoding="utf-8"))
    with np.load(folder / _EXAMPLES) as read:
        examples = dict(read)
    model = _convert(folder, quantize, examples)
    Interpreter(model_content=model).get_signature_runner()(**next(_one_by_one(examples)))
    (folder / FILE).write_bytes(model)


if __name__ == "__main__":
    try:
        _serve(Path(sys.argv[1]))
    except RecipeError as error:
        sys.stderr.write(str(error).partition(": ")[2])  # the other process says the rest
        sys.exit(1)
