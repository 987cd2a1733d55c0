"""Ship the model of a trained run in a format that others load, and prove that it still answers the same."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archcli.commands.reading import read_data
from archcli.commands.resume import check_same_data
from archcli.commands.saved import SavedRun, open_saved
from archcli.data.dataset import Dataset
from archcli.errors import ArchcliError, Problem, RecipeError
from archcli.export.extras import require
from archcli.export.format import Format, Quantize
from archcli.export.formats import FORMATS
from archcli.export.sample import Sample, make_up, spread_over
from archcli.export.shipment import Arrays, Trained
from archcli.export.shipping import Shipped, describe_parity, ship
from archcli.recipe.checking import load_recipe
from archcli.runs.directory import Run
from archcli.runs.writing import write_error


@dataclass(frozen=True)
class ExportReport:
    """A model that was exported.

    Attributes:
        run: The run.
        format: One of `FORMATS`.
        quantize: Smaller numbers; None: float32.
        path: The folder that was written.
        sample: What the answers were compared on.
        shipped: What was found.
        parity: The same in plain data: what is in `parity.json`; the differences over all outputs are the largest.
        snippet: Python that loads and runs it.
    """

    run: Run
    format: str
    quantize: Quantize | None
    path: Path
    sample: Sample
    shipped: Shipped
    parity: Mapping[str, Any]
    snippet: str


def export(
    text: str, *, format_name: str, runs: Path, output: Path | None = None, quantize: Quantize | None = None
) -> ExportReport:
    """Export the model of a run, run it in its own runtime and compare its answers with those of the run's model.

    They are compared on examples of the recipe's test part, or of its training part where there is none; where the
    data cannot be read again, on made up ones.

    Args:
        text: What the user calls the run.
        format_name: One of `FORMATS`.
        runs: The folder of all runs.
        output: The folder to write; None: one below `export/` in the run directory.
        quantize: Smaller numbers; None: float32.

    Raises:
        RecipeError: There is no such run, it has no model yet, the output is there already, or the format cannot carry
            the model.
        DataError: What int8 needs of the data cannot be read.
        SetupError: An extra is missing, or it cannot be written.
        TrainingError: What was exported answers differently; nothing is left of it.
    """
    form = FORMATS[format_name]
    _check_order(form, quantize)
    saved = open_saved(text, runs)
    path = output or saved.run.path / "export" / "-".join(filter(None, (form.name, quantize)))
    if path.exists():
        hint = "name another folder: `--output FOLDER`"
        raise RecipeError(Problem("file-exists", f"`{path}` is there already, and is not overwritten", hint=hint))
    trained = _trained(saved)
    sample, calibration = _examples(saved, trained, quantize)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written beside its place and moved there once it is proven, so that a bad export is never found.
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as name:
            folder = Path(name) / path.name
            folder.mkdir()
            shipped = ship(trained, form, folder, sample=sample, quantize=quantize, calibration=calibration)
            folder.rename(path)
    except OSError as error:
        raise write_error(path, error) from None
    snippet = form.snippet(path, shipped.shipment, shipped.sizes)
    parity = describe_parity(shipped, form, quantize, sample)
    return ExportReport(saved.run, format_name, quantize, path, sample, shipped, parity, snippet)


def _check_order(form: Format, quantize: Quantize | None) -> None:
    if form.extra is not None:
        require(form.extra)
    if quantize is not None and quantize not in form.quantizes:
        message = f"`{form.name}` is not made with smaller numbers, found `--quantize {quantize}`"
        raise RecipeError(Problem("cannot-quantize", message, hint="`--format litert` is"))


def _trained(saved: SavedRun) -> Trained:
    scored = saved.scored
    return Trained(
        saved.recipe.name, saved.model, scored.inputs, scored.outputs, saved.recipe.objectives, saved.run.model
    )


def _examples(saved: SavedRun, trained: Trained, quantize: Quantize | None) -> tuple[Sample, Arrays | None]:
    """Return what is compared on, and for int8 what was trained on.

    Raises:
        DataError, RecipeError: The data are needed, and cannot be read again.
    """
    try:
        dataset = _read(saved)
    except ArchcliError as error:
        if quantize == "int8":
            raise
        reason = error.problems[0].message
        return Sample(make_up(trained.leaves), "made up", reason), None
    names = [leaf.name for leaf in trained.leaves]
    compared = dataset.training if dataset.test is None else dataset.test
    raw = spread_over({name: compared.inputs[name] for name in names})
    learned = {name: dataset.training.inputs[name] for name in names}
    origin = "training" if dataset.test is None else "test"
    return Sample(raw, origin), spread_over(learned) if quantize == "int8" else None


def _read(saved: SavedRun) -> Dataset:
    dataset = read_data(load_recipe(saved.run.resolved), batch_size=1, is_trained=True)
    check_same_data(saved.run, dataset)
    return dataset
