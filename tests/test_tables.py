"""Tables from end to end: the same rows as CSV, TSV and Parquet, and many rows in little memory."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv
from pyarrow import parquet

if TYPE_CHECKING:
    from tests.conftest import Archcli

WORDS = np.array([f"quarter {letter}" for letter in "abcdefghijklmnopqrst"], object)
RECIPE = """\
archcli: 1
data:
  source: {source}
  inputs:
    table: [numeric: {{columns: [x0, x1, x2, x3, x4, x5, x6, x7], scale: standard, missing: mean}}, category: quarter]
  targets: {{price: {{number: {{scale: standard}}}}}}
  split: {{validation: 0.1, test: 0.1}}
model:
  layers: [Dense: {{units: 8, activation: relu}}, Dense: 1]
train: {{epochs: 1, batch_size: 64}}
"""
PEAK = """
print(next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
READ = """
import sys
from pathlib import Path
from archcli.data.dataset import load_dataset
from archcli.recipe.checking import load_recipe
load_dataset(load_recipe(Path(sys.argv[1])).data, batch_size=1)
"""
TRAIN = """
import sys
import archcli.build.on_demand
from archcli.cli.app import main
archcli.build.on_demand.MOST_BYTES = 1 << 20  # as if there were a hundred times as many rows
try:
    main(["train", sys.argv[1], "train.batch_size=4096", "--quiet", "--runs", sys.argv[1] + ".runs"])
except SystemExit as ended:
    if ended.code:
        raise
"""


def make_table(rows: int) -> pa.Table:
    """Make rows of eight numbers, some of which are missing in the first column, a word and a number."""
    chance = np.random.default_rng(0)
    numbers = chance.normal(100, 50, (rows, 8)).round(3)
    quarter = chance.integers(0, len(WORDS), rows)
    columns = {f"x{column}": numbers[:, column] for column in range(8)}
    price = (numbers @ np.arange(8) + 40.0 * quarter).round(2)
    table = pa.table({**columns, "quarter": pa.array(WORDS[quarter], pa.string()), "price": price})
    gaps = pa.array(numbers[:, 0], mask=chance.random(rows) < 0.01)
    return table.set_column(0, "x0", gaps)


def write_tables(folder: Path, rows: int) -> pa.Table:
    """Write the same rows in every form."""
    table = make_table(rows)
    arrow_csv.write_csv(table, folder / "flats.csv")
    arrow_csv.write_csv(table, folder / "flats.tsv", arrow_csv.WriteOptions(delimiter="\t"))
    parquet.write_table(table, folder / "flats.parquet", row_group_size=100)
    return table


@pytest.mark.slow
def test_every_form_of_a_table_trains_and_answers_alike(archcli: Archcli, tmp_path: Path) -> None:
    """The same run from each, and the same answers to each, whatever was trained on."""
    write_tables(tmp_path, 400)
    history, answers = set(), set()
    for form in ("csv", "tsv", "parquet"):
        source = f"{{{'parquet' if form == 'parquet' else 'csv'}: flats.{form}}}"
        (tmp_path / f"from_{form}.yaml").write_text(RECIPE.format(source=source), encoding="utf-8")

        done = archcli("train", f"from_{form}.yaml", "--runs", "runs", cwd=tmp_path)

        assert done.status == 0, done.err
        (run,) = (tmp_path / "runs" / f"from_{form}").iterdir()
        data = json.loads((run / "data.json").read_text(encoding="utf-8"))
        rows = [json.loads(line) for line in (run / "history.jsonl").read_text(encoding="utf-8").splitlines()]
        history.add((data["fingerprint"], *(row["loss"] for row in rows), *(row["val_loss"] for row in rows)))
    for form in ("csv", "tsv", "parquet"):
        done = archcli("predict", "from_csv", f"flats.{form}", "--runs", "runs", cwd=tmp_path)

        assert done.status == 0, done.err
        answers.add(done.out)
    done = archcli("evaluate", "from_parquet", "flats.tsv", "--runs", "runs", "--json", cwd=tmp_path)
    assert done.status == 0, done.err
    assert len(history) == len(answers) == 1
    assert [row["row"] for row in csv.DictReader(io.StringIO(answers.pop()))] == [str(row) for row in range(1, 401)]


def test_a_parquet_is_checked_before_it_is_read(archcli: Archcli, tmp_path: Path) -> None:
    """Its columns are known to `check`."""
    write_tables(tmp_path, 20)
    (tmp_path / "flats.yaml").write_text(RECIPE.format(source="{parquet: flats.parquet}"), encoding="utf-8")

    right = archcli("check", "flats.yaml", cwd=tmp_path)
    wrong = archcli("check", "flats.yaml", "data.targets.price.number.columns=prise", cwd=tmp_path)

    assert right.status == 0, right.err
    assert wrong.status == 3
    assert "error[column-not-found]: `flats.parquet` has no column `prise`" in wrong.err
    assert "hint: did you mean `price`?" in wrong.err


def test_checking_a_csv_does_not_import_what_reads_it() -> None:
    """Only where a Parquet file is named pyarrow is needed, and where anything is read."""
    code = "import sys, archcli.recipe.checking; print(sorted({'numpy', 'pyarrow', 'keras'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.fixture
def bytes_a_row(tmp_path: Path) -> Callable[[str, int, int], float]:
    """Run code on few rows and on many, each in a process of its own; return by how much memory grows with a row."""

    def peak(code: str, rows: int) -> int:
        arrow_csv.write_csv(make_table(rows), tmp_path / f"flats{rows}.csv")
        recipe = tmp_path / f"large{rows}.yaml"
        recipe.write_text(RECIPE.format(source=f"{{csv: flats{rows}.csv}}"), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", code + PEAK, str(recipe)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
        )
        assert done.returncode == 0, done.stderr
        return int(done.stdout.splitlines()[-1])

    return lambda code, few, many: (peak(code, many) - peak(code, few)) / (many - few)


def test_a_row_is_read_in_little_memory(bytes_a_row: Callable[[str, int, int], float]) -> None:
    """Nine numbers, a word and its place are some 50 bytes; read, divided and fitted they take thrice as many at most.

    As text, a row is 75 bytes, and as Python's own texts more than 500.
    """
    assert bytes_a_row(READ, 200_000, 600_000) < 200


@pytest.mark.slow
def test_a_row_is_trained_on_in_little_memory(bytes_a_row: Callable[[str, int, int], float]) -> None:
    """Prepared, with a word of twenty as twenty numbers, a row is 116 bytes; much of that is never there at once."""
    assert bytes_a_row(TRAIN, 200_000, 1_000_000) < 200
