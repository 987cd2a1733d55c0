"""Time `archcli train`, `predict` and `evaluate` on a large table beside Arrow, which does nothing but read it.

    python benchmarks/tables.py                       # five million rows, about 400 MB
    python benchmarks/tables.py --rows 300000 --form parquet
    python benchmarks/tables.py --classes 20          # one of twenty classes is learned, and not a number

The table has eight columns of numbers, one of twenty words and a number, or a class, to be learned. Every line is a
process of its own, so that its peak of resident memory (`VmHWM`) is its own too; children that draw pictures are not
counted. Reading alone is `pyarrow.csv.read_csv`, or `parquet.read_table`, with all columns as numbers or dictionaries.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

WORDS = [f"quarter {letter}" for letter in "abcdefghijklmnopqrst"]
ROWS_AT_ONCE = 250_000
PRICES = range(2000, 6000)
"""Most prices lie here; bands of equal width divide them."""

RECIPE = """\
archcli: 1
data:
  source: {{{form}: {{path: {path}}}}}
  inputs:
    x: [numeric: {{columns: [x0, x1, x2, x3, x4, x5, x6, x7], scale: standard}}, category: quarter]
  targets: {{price: {target}}}
  split: {{validation: 0.05, test: 0.05}}
model:
  layers: [Dense: {{units: 32, activation: relu}}, {last}]
train: {{epochs: 1, batch_size: 8192}}
"""
PEAK = 'next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))'


@dataclass(frozen=True)
class Cost:
    """What a process took; CPU time is that of all its threads."""

    seconds: float
    cpu_seconds: float
    peak_mb: int


def write_table(path: Path, rows: int, *, classes: int) -> None:
    """Write the table, the same for the same number of rows; with `classes` the price is one of so many bands."""
    chance = np.random.default_rng(0)
    price_type = pa.string() if classes else pa.float64()
    schema = pa.schema([*((f"x{i}", pa.float64()) for i in range(8)), ("quarter", pa.string()), ("price", price_type)])
    write = csv.CSVWriter(path, schema) if path.suffix == ".csv" else parquet.ParquetWriter(path, schema)
    with write as file:
        for start in range(0, rows, ROWS_AT_ONCE):
            count = min(ROWS_AT_ONCE, rows - start)
            numbers = chance.normal(100, 50, (count, 8)).round(3)
            quarter = chance.integers(0, len(WORDS), count)
            price = (numbers @ np.arange(1, 9) + 40 * quarter + chance.normal(0, 10, count)).round(2)
            if classes:
                bands = np.array([f"band {number}" for number in range(classes)], np.object_)
                price = bands[((price - PRICES.start) * classes / len(PRICES)).astype(int).clip(0, classes - 1)]
            words = np.array(WORDS, np.object_)[quarter]
            file.write_table(pa.Table.from_arrays([*numbers.T.copy(), words, price], schema=schema))


def run(code: str) -> Cost:
    """Run Python in a process of its own, which prints its seconds and its peak of memory in the end."""
    ending = f"\nimport json\nprint(json.dumps([time.perf_counter() - began, time.process_time() - used, {PEAK}]))"
    done = subprocess.run([sys.executable, "-c", code + ending], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return Cost(*json.loads(done.stdout.splitlines()[-1]))


def read_alone(path: Path) -> Cost:
    """Read with Arrow and do nothing else."""
    read = f"parquet.read_table({str(path)!r}, read_dictionary=['quarter'])"
    if path.suffix == ".csv":
        types = "{'quarter': pa.dictionary(pa.int32(), pa.string())}"
        read = f"csv.read_csv({str(path)!r}, convert_options=csv.ConvertOptions(column_types={types}))"
    start = "import time\nimport pyarrow as pa\nfrom pyarrow import csv, parquet\n"
    return run(f"{start}began, used = time.perf_counter(), time.process_time()\n{read}")


def read_data(recipe: Path) -> Cost:
    """Read, check, scale and divide, as `train` does before it builds a model."""
    code = """\
        import time
        from pathlib import Path
        from archcli.data.dataset import load_dataset
        from archcli.recipe.checking import load_recipe
        recipe = load_recipe(Path({path!r}))
        import pyarrow.csv, pyarrow.compute
        began, used = time.perf_counter(), time.process_time()
        load_dataset(recipe.data, batch_size=1)
    """
    return run(textwrap.dedent(code).format(path=str(recipe)).strip())


def run_command(*arguments: str) -> Cost:
    """Run a command of archcli's, start-up and everything included."""
    code = f"""\
        import time
        began, used = time.perf_counter(), time.process_time()
        import sys
        from archcli.cli.app import main
        sys.argv = ["archcli", *{list(arguments)!r}]
        try:
            status = main()
        except SystemExit as ended:
            status = ended.code
        if status:
            sys.exit(status)
    """
    return run(textwrap.dedent(code).strip())


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description="Time archcli on a large table beside Arrow.")
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--form", choices=["csv", "parquet"], default="csv")
    parser.add_argument("--classes", type=int, default=0, help="learn one of so many classes, not a number")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table, recipe, runs = folder / f"table.{given.form}", folder / "large.yaml", folder / "runs"
        write_table(table, given.rows, classes=given.classes)
        target, last = (
            ("category", f"Dense: {given.classes}") if given.classes else ("{number: {scale: standard}}", "Dense: 1")
        )
        recipe.write_text(RECIPE.format(form=given.form, path=table, target=target, last=last), encoding="utf-8")
        out = sys.stdout
        out.write(f"{given.rows} rows, {table.stat().st_size >> 20} MB\n\n")
        out.write("| what | seconds | CPU | rows/s | peak MB |\n|---|---|---|---|---|\n")
        steps: dict[str, Callable[[], Cost]] = {
            "Arrow, reading alone": lambda: read_alone(table),
            "archcli, reading alone": lambda: read_data(recipe),
            "archcli train": lambda: run_command("train", str(recipe), "--runs", str(runs)),
            "archcli predict": lambda: run_command(
                "predict", "large", str(table), "--runs", str(runs), "--output", str(folder / "answers.csv")
            ),
            "archcli evaluate": lambda: run_command("evaluate", "large", str(table), "--runs", str(runs)),
        }
        for what, measure in steps.items():
            cost = measure()
            rate = f"{given.rows / cost.seconds:,.0f}"
            out.write(f"| {what} | {cost.seconds:.1f} | {cost.cpu_seconds:.1f} | {rate} | {cost.peak_mb} |\n")
            out.flush()
            time.sleep(1)


if __name__ == "__main__":
    main()
