"""Answer new examples with a trained run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from archcli.commands.saved import SavedRun, open_saved
from archcli.commands.scores import BATCH
from archcli.data.rows import Rows, read_rows
from archcli.engine.evaluation import predict_outputs
from archcli.runs.directory import Run
from archcli.runs.writing import write_text
from archcli.scoring.classification import class_probabilities


@dataclass(frozen=True)
class PredictReport:
    """Answers to new examples.

    Attributes:
        run: The run that answered.
        columns: `row`, then the answer (named after the target), then the probability of each class.
        rows: One for each example, in the order of the file; `row` counts from 1.
    """

    run: Run
    columns: tuple[str, ...]
    rows: tuple[tuple[int | float | str, ...], ...]

    def csv_text(self) -> str:
        """Return the answers as CSV with a header."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        return text.getvalue()


def predict(text: str, file: Path, *, runs: Path, output: Path | None = None) -> PredictReport:
    """Answer each example of a file.

    Args:
        text: What the user calls the run.
        file: A CSV with the input columns, or an NPZ with the input arrays: raw values, as the recipe's own.
        runs: The folder of all runs.
        output: A file to write the answers to, as CSV; None: they are only returned.

    Raises:
        RecipeError: There is no such run, or it has no model yet.
        DataError: The file cannot be read, or a value in it cannot be used.
        SetupError: The output cannot be written.
    """
    saved = open_saved(text, runs)
    rows = read_rows(file, saved.facts, saved.recipe.data.source)
    outputs = predict_outputs(saved.model, rows.inputs[saved.input_facts.name], batch_size=BATCH)
    report = PredictReport(saved.run, _columns(saved), tuple(_answers(saved, rows, outputs)))
    if output is not None:
        write_text(output, report.csv_text())
    return report


def _columns(saved: SavedRun) -> tuple[str, ...]:
    target = saved.target_facts
    if target.kind == "category":
        return ("row", target.name, *(f"probability of {name}" for name in target.classes))
    size = int(np.prod(target.shape))
    named = size == len(target.columns)
    if size == 1:
        return ("row", target.name)
    return ("row", *(target.columns if named else (f"{target.name} {index}" for index in range(size))))


def _answers(saved: SavedRun, rows: Rows, outputs: np.ndarray) -> Iterator[tuple[int | float | str, ...]]:
    target = saved.target_facts
    if target.kind == "category":
        probabilities = class_probabilities(outputs)
        for row, shares in zip(rows.rows.tolist(), probabilities, strict=True):
            yield (row, target.classes[int(shares.argmax())], *(round(float(share), 6) for share in shares))
        return
    for row, numbers in zip(rows.rows.tolist(), outputs.reshape(len(outputs), -1), strict=True):
        yield (row, *(float(str(number)) for number in numbers))
