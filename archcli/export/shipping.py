"""A trained model is written in a format, loaded by that format's own runtime, and compared with Keras's answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.engine.feeding import place
from archcli.engine.prediction import predict_outputs
from archcli.errors import Problem, TrainingError
from archcli.export.description import describe_shipment, label_files, labels_of, prepared_inputs
from archcli.export.extras import describe_runtime
from archcli.export.format import Format, Order, Quantize, Runner
from archcli.export.parity import Parity, compare
from archcli.export.sample import Sample
from archcli.export.shipment import Arrays, Shipment, Trained, make_shipment, single
from archcli.export.timing import BATCH, Latency, measure
from archcli.runs.writing import write_json, write_text

PARITY_FILE = "parity.json"
SIGNATURE_FILE = "signature.json"


@dataclass(frozen=True)
class Shipped:
    """A model that was exported and answers the same.

    Attributes:
        shipment: What was written.
        sizes: The shape of each input of the examples, by its name.
        examples: How many examples were compared.
        parities: How the answers of each output differ, by its name.
        size_bytes: Of all files of the model.
        keras_size_bytes: Of the file of Keras's model.
        latency: Of the exported model.
        keras_latency: Of Keras's, by `predict_on_batch`.
        prepared: The inputs that are to be prepared by whoever calls, and as what.
    """

    shipment: Shipment
    sizes: Mapping[str, tuple[int, ...]]
    examples: int
    parities: Mapping[str, Parity]
    size_bytes: int
    keras_size_bytes: int
    latency: Latency
    keras_latency: Latency
    prepared: Mapping[str, str]


def ship(
    trained: Trained,
    form: Format,
    folder: Path,
    *,
    sample: Sample,
    quantize: Quantize | None = None,
    calibration: Arrays | None = None,
) -> Shipped:
    """Write a model into a folder and prove that it answers the same there.

    Beside it are `labels.txt`, `signature.json` and `parity.json`.

    Args:
        trained: The model.
        form: The format.
        folder: Is there, and empty.
        sample: What the answers are compared on.
        quantize: Smaller numbers; None: float32.
        calibration: Raw examples that were trained on, for int8; None: none are needed.

    Raises:
        RecipeError: `cannot-export`: the format has no way to say what the model does.
        TrainingError: `export-differs`.
        SetupError: A file cannot be written.
    """
    # A spectrum has powers of a million to one, which smaller numbers do not hold.
    carried = form.carries if quantize is None else form.carries - {"audio"}
    # Numbers of different sizes would share 256 steps. That they are scaled in the model does not help: the converter
    # folds the scale into the weights.
    shipment = make_shipment(trained, carried, is_even=quantize in ("dynamic", "int8"))
    given, calibrating = _prepare(shipment, sample.raw, calibration)
    sizes = {name: values.shape for name, values in given.items()}
    signature = _sign(shipment, form, sizes)
    form.write(shipment, Order(folder, sizes, quantize, calibrating or given, _note(shipment, signature)))
    shipped = _prove(shipment, form, folder, raw=sample.raw, given=given)
    _check(shipped.parities, quantize)
    for name, text in label_files(shipment).items():
        write_text(folder / name, text)
    write_json(folder / SIGNATURE_FILE, signature)
    write_json(folder / PARITY_FILE, describe_parity(shipped, form, quantize, sample))
    return shipped


def _sign(shipment: Shipment, form: Format, sizes: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    """Describe a shipment, with the sizes that the format fixes."""
    shapes = {
        taken.name: (1, *sizes[taken.name][1:]) if form.is_fixed else (None, *taken.shape) for taken in shipment.inputs
    }
    return describe_shipment(shipment, shapes)


def _note(shipment: Shipment, signature: Mapping[str, Any]) -> dict[str, str]:
    """Return what goes along in the file of the model, as text by name."""
    return {
        "recipe": shipment.trained.name,
        "labels": json.dumps(labels_of(shipment), ensure_ascii=False),
        "signature": json.dumps(signature, ensure_ascii=False),
    }


def _prove(shipment: Shipment, form: Format, folder: Path, *, raw: Arrays, given: Arrays) -> Shipped:
    """Load what was written, answer the examples, and time it beside Keras's model."""
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    trained, runner = shipment.trained, form.open(folder, shipment)
    expected = shipment.name_answers(predict_outputs(trained.model, single(raw), batch_size=BATCH))
    answers = _run(runner, given)
    count = len(next(iter(given.values())))
    keras_answers = trained.model.predict_on_batch
    return Shipped(
        shipment,
        {name: values.shape for name, values in given.items()},
        count,
        {name: compare(answers[name], expected[name], target) for name, target in shipment.outputs.items()},
        size,
        trained.file.stat().st_size,
        measure(lambda examples: runner(_first(given, examples)), examples=count),
        measure(lambda examples: keras_answers(place(single(_first(raw, examples)))), examples=count),
        prepared_inputs(shipment),
    )


def _prepare(
    shipment: Shipment, raw: Arrays, calibration: Arrays | None
) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
    """Prepare the examples, and those for calibration, together, so that their texts get one length."""
    if calibration is None:
        return shipment.prepare(raw), {}
    both = {name: np.concatenate([values, calibration[name]]) for name, values in raw.items()}
    count = len(next(iter(raw.values())))
    prepared = shipment.prepare(both)
    return _first(prepared, count), {name: values[count:] for name, values in prepared.items()}


def _run(runner: Runner, given: Arrays) -> dict[str, NDArray[Any]]:
    """Answer all examples, some at a time."""
    count = len(next(iter(given.values())))
    parts = [
        runner({name: values[start : start + BATCH] for name, values in given.items()})
        for start in range(0, count, BATCH)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _first(arrays: Arrays, count: int) -> dict[str, NDArray[Any]]:
    return {name: values[:count] for name, values in arrays.items()}


def _check(parities: Mapping[str, Parity], quantize: Quantize | None) -> None:
    problems = [
        Problem(
            "export-differs",
            f"the exported model answers differently for `{name}`, {parity.describe(quantize)}; nothing was written",
            hint="train it longer, or quantize less" if quantize else None,
        )
        for name, parity in parities.items()
        if not parity.is_same(quantize)
    ]
    if problems:
        raise TrainingError(*problems)


def describe_parity(shipped: Shipped, form: Format, quantize: Quantize | None, sample: Sample) -> dict[str, Any]:
    """Return what was found, in plain data for `parity.json`."""
    latency, keras = shipped.latency, shipped.keras_latency
    parities = shipped.parities.values()
    agreements = [parity.agreement for parity in parities if parity.agreement is not None]
    return {
        "recipe": shipped.shipment.trained.name,
        "format": form.name,
        "quantize": quantize,
        "runtime": describe_runtime(form.runtime),
        "examples": {"count": shipped.examples, "from": sample.origin, "reason": sample.reason},
        "largest_difference": max(parity.largest_difference for parity in parities),
        "mean_difference": max(parity.mean_difference for parity in parities),
        "agreement": min(agreements, default=None),
        "outputs": {name: asdict(parity) for name, parity in shipped.parities.items()},
        "size_bytes": shipped.size_bytes,
        "keras_size_bytes": shipped.keras_size_bytes,
        "latency_ms": {
            "one": {"exported": latency.one, "keras": keras.one},
            "batch": {"examples": latency.examples, "exported": latency.batch, "keras": keras.batch},
        },
        "prepared_inputs": dict(shipped.prepared),
    }
