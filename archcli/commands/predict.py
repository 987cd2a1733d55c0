"""Answer new examples with a trained run."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from archcli.commands.answering import answer
from archcli.commands.answers import answer_table
from archcli.commands.saved import open_saved
from archcli.data.rows import read_rows
from archcli.runs.directory import Run
from archcli.runs.writing import write_text


@dataclass(frozen=True)
class PredictReport:
    """Answers to new examples.

    Attributes:
        run: The run that answered.
        columns: `row`, then for each output its answer, named after its target, and for one label an example the
            probability of each class. Several labels an example are one column, joined as in the data, with the
            probability of each. Answers at several steps are one column, the steps joined by blanks; a text is the
            text.
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
    table = answer_table(answer(saved.model, rows.inputs, saved.scored), saved.scored)
    numbered = zip(rows.rows.tolist(), zip(*table.values(), strict=True), strict=True)
    report = PredictReport(saved.run, ("row", *table), tuple((row, *answers) for row, answers in numbered))
    if output is not None:
        write_text(output, report.csv_text())
    return report
