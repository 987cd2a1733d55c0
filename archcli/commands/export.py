"""Ship the model of a trained run in a format that others load."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import keras
import numpy as np
import tensorflow as tf

from archcli.commands.saved import SavedRun, open_saved
from archcli.engine.evaluation import predict_outputs
from archcli.errors import Problem, RecipeError, SetupError, TrainingError
from archcli.runs.directory import Run
from archcli.runs.writing import cannot_write, write_text

TOLERANCE: Final = 1e-5
"""Largest difference between the model and what was exported, on the same inputs."""

_PROBES = 16


@dataclass(frozen=True)
class ExportReport:
    """A model that was exported.

    Attributes:
        run: The run.
        format: `keras` or `saved_model`.
        path: What was written.
        size_bytes: Of all its files.
        largest_difference: Between the answers of the run's model and those of the exported one, loaded again.
        snippet: Python that loads and runs it.
    """

    run: Run
    format: str
    path: Path
    size_bytes: int
    largest_difference: float
    snippet: str


def export(text: str, *, format_name: str, runs: Path, output: Path | None = None) -> ExportReport:
    """Export the model of a run and prove that it still answers the same.

    Args:
        text: What the user calls the run.
        format_name: One of `FORMATS`.
        runs: The folder of all runs.
        output: Where to; None: `export/` in the run directory.

    Raises:
        RecipeError: There is no such run, it has no model yet, or the output is there already.
        SetupError: It cannot be written.
        TrainingError: What was exported answers differently.
    """
    saved = open_saved(text, runs)
    form = FORMATS[format_name]
    path = output or saved.run.path / "export" / form.default_name
    if path.exists():
        hint = "name another place: `--output PATH`"
        raise RecipeError(Problem("file-exists", f"`{path}` is there already, and is not overwritten", hint=hint))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(cannot_write(path.parent, error)) from None
    inputs = _probe_inputs(saved)
    expected = predict_outputs(saved.model, inputs, batch_size=_PROBES)
    # Written beside its place and moved there once it is proven, so that a bad export is never found.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
        temporary = Path(folder) / path.name
        form.write(saved, temporary)
        difference = float(np.max(np.abs(form.run(temporary, inputs) - expected)))
        if not difference <= TOLERANCE:
            message = f"the exported model answers differently, by up to {difference:g}; nothing was written"
            raise TrainingError(Problem("export-differs", message))
        temporary.rename(path)
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    snippet = form.snippet.format(path=path, shape=saved.input_facts.shape)
    return ExportReport(saved.run, format_name, path, size, difference, snippet)


@dataclass(frozen=True)
class Format:
    """A format: how it is written, run and used.

    Attributes:
        default_name: File or folder below `export/`.
        write: Writes a run's model to a path.
        run: Loads what was written and answers inputs.
        snippet: Python for the user, with `{path}` and `{shape}` to be filled in.
    """

    default_name: str
    write: Callable[[SavedRun, Path], None]
    run: Callable[[Path, np.ndarray], np.ndarray]
    snippet: str


def _write_keras(saved: SavedRun, path: Path) -> None:
    shutil.copyfile(saved.run.model, path)


def _run_keras(path: Path, inputs: np.ndarray) -> np.ndarray:
    return predict_outputs(keras.saving.load_model(path, compile=False), inputs, batch_size=_PROBES)  # type: ignore[no-any-return]  # one output


def _write_saved_model(saved: SavedRun, path: Path) -> None:
    saved.model.export(path, format="tf_saved_model", verbose=False)
    if saved.target_facts.classes:
        labels = path / "assets.extra" / "labels.txt"
        labels.parent.mkdir()
        write_text(labels, "".join(f"{name}\n" for name in saved.target_facts.classes))


def _run_saved_model(path: Path, inputs: np.ndarray) -> np.ndarray:
    model = tf.saved_model.load(path)  # held: its function does not keep its variables alive
    return model.serve(tf.constant(inputs)).numpy()  # type: ignore[no-any-return]  # untyped


FORMATS: Final = {
    "keras": Format(
        "model.keras",
        _write_keras,
        _run_keras,
        "import archcli.layers, keras, numpy\n"
        'model = keras.saving.load_model("{path}")\n'
        "print(model.predict(numpy.zeros((1, *{shape}))))",
    ),
    "saved_model": Format(
        "saved_model",
        _write_saved_model,
        _run_saved_model,
        "import tensorflow\n"
        'model = tensorflow.saved_model.load("{path}")\n'
        "print(model.serve(tensorflow.zeros((1, *{shape}))))",
    ),
}
"""Every format, by the name that `--format` takes."""


def _probe_inputs(saved: SavedRun) -> np.ndarray:
    """Make raw inputs of the size of those that the model was trained on, the same every time."""
    facts = saved.input_facts
    drawn = np.random.default_rng(0).standard_normal((_PROBES, *facts.shape))
    if facts.scale is not None and facts.offset is not None:
        drawn = (drawn - np.asarray(facts.offset)) / np.asarray(facts.scale)
    return drawn.astype(np.float32)
