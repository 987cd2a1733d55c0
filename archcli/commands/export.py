"""Ship the model of a trained run in a format that others load."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
import tensorflow as tf

from archcli.commands.saved import SavedRun, open_saved
from archcli.engine.feeding import Arrays, place
from archcli.engine.prediction import predict_outputs
from archcli.errors import Problem, RecipeError, SetupError, TrainingError
from archcli.recipe.facts import InputFacts
from archcli.runs.directory import Run
from archcli.runs.writing import cannot_write, write_text

TOLERANCE: Final = 1e-5
"""Largest difference between the model and what was exported, on the same inputs."""

_PROBES = 16
_OPEN_SIZE = 16


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
    inputs = probe_inputs(saved.facts.inputs)
    expected = predict_outputs(saved.model, inputs, batch_size=_PROBES)
    # Written beside its place and moved there once it is proven, so that a bad export is never found.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
        temporary = Path(folder) / path.name
        form.write(saved, temporary)
        difference = _largest_difference(form.run(temporary, inputs), expected)
        if not difference <= TOLERANCE:
            message = f"the exported model answers differently, by up to {difference:g}; nothing was written"
            raise TrainingError(Problem("export-differs", message))
        temporary.rename(path)
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    example = _example_code(inputs, form.zeros)
    modules = [
        *form.modules,
        *(["tensorflow"] if "tensorflow." in example and "tensorflow" not in form.modules else []),
    ]
    snippet = form.snippet.format(path=path, example=example, modules=", ".join(modules))
    return ExportReport(saved.run, format_name, path, size, difference, snippet)


@dataclass(frozen=True)
class Format:
    """A format: how it is written, run and used.

    Attributes:
        default_name: File or folder below `export/`.
        write: Writes a run's model to a path.
        run: Loads what was written and answers inputs: an array, or several by name.
        modules: What that Python imports.
        zeros: Python that makes an example, with `{shape}` and `{dtype}` to be filled in.
        snippet: Python for the user, with `{modules}`, `{path}` and `{example}` to be filled in.
    """

    default_name: str
    write: Callable[[SavedRun, Path], None]
    run: Callable[[Path, Arrays], Any]
    modules: tuple[str, ...]
    zeros: str
    snippet: str


def _write_keras(saved: SavedRun, path: Path) -> None:
    shutil.copyfile(saved.run.model, path)


def _run_keras(path: Path, inputs: Arrays) -> Any:
    return predict_outputs(keras.saving.load_model(path, compile=False), inputs, batch_size=_PROBES)


def _write_saved_model(saved: SavedRun, path: Path) -> None:
    saved.model.export(path, format="tf_saved_model", verbose=False)
    answers = saved.scored.learned
    for name, target in answers.items():
        if target.classes:
            labels = path / "assets.extra" / (f"{name}_labels.txt" if len(answers) > 1 else "labels.txt")
            labels.parent.mkdir(exist_ok=True)
            write_text(labels, "".join(f"{label}\n" for label in target.classes))


def _run_saved_model(path: Path, inputs: Arrays) -> Any:
    model = tf.saved_model.load(path)  # held: its function does not keep its variables alive
    return keras.tree.map_structure(lambda tensor: tensor.numpy(), model.serve(place(inputs)))


FORMATS: Final = {
    "keras": Format(
        "model.keras",
        _write_keras,
        _run_keras,
        ("archcli.layers", "keras", "numpy"),
        "numpy.zeros({shape}, {dtype!r})",
        'import {modules}\nmodel = keras.saving.load_model("{path}")\nprint(model.predict({example}))',
    ),
    "saved_model": Format(
        "saved_model",
        _write_saved_model,
        _run_saved_model,
        ("tensorflow",),
        "tensorflow.zeros({shape}, {dtype!r})",
        'import tensorflow\nmodel = tensorflow.saved_model.load("{path}")\nprint(model.serve({example}))',
    ),
}
"""Every format, by the name that `--format` takes."""


def probe_inputs(inputs: Mapping[str, InputFacts]) -> Arrays:
    """Make raw inputs like those that a model was trained on, the same every time.

    Args:
        inputs: By name.

    Returns:
        What the saved model takes: an array, or several by name.
    """
    random = np.random.default_rng(0)
    made = {leaf.name: _probe(leaf, random) for facts in inputs.values() for leaf in facts.leaves}
    return next(iter(made.values())) if len(made) == 1 else made


def _probe(facts: InputFacts, random: np.random.Generator) -> np.ndarray:
    shape = tuple(_OPEN_SIZE if size is None else size for size in facts.shape)
    if facts.kind in ("category", "text"):
        words = [*facts.words, "never seen"]
        glue = "" if facts.split == "character" else " "
        count = 1 if facts.kind == "category" else _OPEN_SIZE
        texts = [glue.join(random.choice(words, count)) for _ in range(_PROBES)]
        return np.array(texts, object).reshape(-1, 1)
    if facts.dtype == "int32":
        return random.integers(0, facts.vocabulary or 1, (_PROBES, *shape)).astype(np.int32)
    drawn = random.standard_normal((_PROBES, *shape))
    if facts.scale is not None and facts.offset is not None:
        drawn = (drawn - np.asarray(facts.offset)) / np.asarray(facts.scale)
    return drawn.astype(np.float32)


def _largest_difference(given: Any, expected: Any) -> float:
    pairs = zip(keras.tree.flatten(given), keras.tree.flatten(expected), strict=True)
    return max(float(np.max(np.abs(one - other))) for one, other in pairs)


def _example_code(inputs: Arrays, zeros: str) -> str:
    """Write Python that makes one example of a model's inputs."""
    if isinstance(inputs, Mapping):
        return "{" + ", ".join(f"{name!r}: {_example_code(array, zeros)}" for name, array in inputs.items()) + "}"
    array = np.asarray(inputs)
    if array.dtype == object:
        return f"tensorflow.constant([[{array[0, 0]!r}]])"
    return zeros.format(shape=(1, *array.shape[1:]), dtype=array.dtype.name)
