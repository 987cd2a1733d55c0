"""Export every shipped recipe in every format, and print how far its answers are from Keras's.

    python benchmarks/exports.py                                    # all that need no network, in float32
    python benchmarks/exports.py --formats litert-int8 litert-float16
    python benchmarks/exports.py mlp-wine dates --formats onnx
    python benchmarks/exports.py --keep found                       # goes on with what is not in that folder yet

Each recipe is trained for an epoch and exported, in a process of its own; each export is loaded in its own runtime.
A cell is the largest difference, for smaller numbers the share of equal answers or else the relative error. What a
format cannot carry, or not closely enough, is written out below the table, and below that a line for each format.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from archcli.recipe.gallery import list_gallery

FLOAT32 = ("keras", "saved_model", "onnx", "litert", "openvino")
SMALLER = ("litert-float16", "litert-dynamic", "litert-int8")
FETCHED = {"lenet-5"}


@dataclass(frozen=True)
class Found:
    """What became of a recipe in a format.

    Attributes:
        recipe: The recipe's name.
        form: The format, with the smaller numbers after a dash.
        said: Why it was not exported; None: it was.
        difference: The largest, of all outputs.
        relative_error: The largest, of all outputs.
        agreement: The share of equal answers; None: it has no classes.
        is_prepared: Whether it takes inputs that are prepared outside.
        size: In bytes, over those of Keras's file.
    """

    recipe: str
    form: str
    said: str | None = None
    difference: float = 0.0
    relative_error: float = 0.0
    agreement: float | None = None
    is_prepared: bool = False
    size: float = 0.0

    @property
    def died(self) -> bool:
        """Say whether its process ended without a word of what became of it."""
        return (self.said or "").startswith("died:")

    @property
    def cell(self) -> str:
        """Return what stands in the table."""
        if self.said is not None:
            return "no"
        figure = f"{self.difference:.1e}"
        if self.form in SMALLER:
            off = f"{self.relative_error:.3f}"
            figure = off if self.agreement is None else f"{self.agreement:.1%} ({off})"
        return figure + "*" * self.is_prepared


def export_recipe(name: str, formats: Sequence[str], runs: Path) -> list[Found]:
    """Train a recipe, unless it is trained there, and export it in this process; return what became of each format."""
    from archcli.engine.quiet import start_tensorflow  # noqa: PLC0415 -- before TensorFlow is imported

    start_tensorflow()
    from archcli.commands.export import export  # noqa: PLC0415 -- after that
    from archcli.errors import ArchcliError  # noqa: PLC0415
    from archcli.export.format import Quantize  # noqa: PLC0415

    found = []
    trained = next(runs.glob("*/model.keras"), None)
    run = _train(name, runs) if trained is None else trained.parent
    with tempfile.TemporaryDirectory() as folder:
        for wanted in formats:
            form, _, smaller = wanted.partition("-")
            quantize = cast("Quantize | None", smaller or None)
            output = Path(folder) / wanted
            try:
                parity = export(str(run), format_name=form, runs=runs, quantize=quantize, output=output).parity
            except ArchcliError as error:
                said = "; ".join(f"{problem.code}: {problem.message}" for problem in error.problems)
                found.append(Found(name, wanted, said))
                continue
            found.append(
                Found(
                    name,
                    wanted,
                    difference=parity["largest_difference"],
                    relative_error=max(output["relative_error"] for output in parity["outputs"].values()),
                    agreement=parity["agreement"],
                    is_prepared=bool(parity["prepared_inputs"]),
                    size=parity["size_bytes"] / parity["keras_size_bytes"],
                )
            )
    return found


def _train(name: str, runs: Path) -> Path:
    """Train for an epoch, or, where a recipe has none to choose, as it says."""
    from archcli.cli.app import main as archcli  # noqa: PLC0415 -- after TensorFlow is started

    for overrides in (["train.epochs=1"], []):
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            try:
                archcli(["train", name, *overrides, "--runs", str(runs), "--json", "--quiet"])
            except SystemExit as stopped:
                if not stopped.code:
                    break
    return Path(json.loads(out.getvalue())["run"])


def _measure(name: str, formats: Sequence[str], folder: Path) -> list[Found]:
    command = [sys.executable, __file__, name, "--here", "--keep", str(folder), "--formats", *formats]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        return [Found(name, form, f"died: status {done.returncode}: {last}") for form in formats]
    return [Found(**one) for one in json.loads(lines[-1])]


def _read(file: Path) -> dict[tuple[str, str], Found]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return {(one.recipe, one.form): one for one in (Found(**json.loads(line)) for line in lines)}


def _all(names: Sequence[str], formats: Sequence[str], folder: Path) -> Iterator[list[Found]]:
    """Yield what became of each recipe: what is in the folder, else measured and put there."""
    file = folder / "found.jsonl"
    for name in names:
        kept = _read(file)  # anew each time: several may fill it
        missing = [form for form in formats if (name, form) not in kept]
        new = _measure(name, missing, folder) if missing else []
        with file.open("a", encoding="utf-8") as open_file:
            open_file.writelines(json.dumps(asdict(one)) + "\n" for one in new if not one.died)
        kept.update({(one.recipe, one.form): one for one in new})
        yield [kept[name, form] for form in formats]


def _sum_up(form: str, found: Sequence[Found]) -> str:
    """Say in a line how a format did."""
    done = [one for one in found if one.said is None]
    line = f"- {form}: {len(done)} of {len(found)}"
    if not done:
        return line
    raw = sum(not one.is_prepared for one in done)
    sizes = sorted(one.size for one in done)
    line += f", {raw} of them take raw inputs, size {sizes[len(sizes) // 2]:.2f} of Keras's in the median"
    if form not in SMALLER:
        worst = max(done, key=lambda one: one.difference)
        return f"{line}, largest difference {worst.difference:.1e} (`{worst.recipe}`)"
    classed = [one.agreement for one in done if one.agreement is not None]
    least = f", least agreement {min(classed):.1%} of {len(classed)}" if classed else ""
    return f"{line}{least}, largest relative error {max(one.relative_error for one in done):.3f}"


def _print_tables(names: Sequence[str], formats: Sequence[str], folder: Path) -> None:
    """Print the table as Markdown, then what was said, then a line for each format."""
    out = sys.stdout
    out.write(f"| recipe | {' | '.join(formats)} |\n|{'---|' * (1 + len(formats))}\n")
    found: list[Found] = []
    for row in _all(names, formats, folder):
        found += row
        out.write(f"| `{row[0].recipe}` | {' | '.join(one.cell for one in row)} |\n")
        out.flush()
    out.write("\n*: takes prepared inputs, described in `signature.json`\n\n")
    out.writelines(f"- `{one.recipe}`, {one.form}: {one.said}\n" for one in found if one.said is not None)
    out.write("\n")
    out.writelines(_sum_up(form, [one for one in found if one.form == form]) + "\n" for form in formats)


def main() -> None:
    """Export what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="recipes; none: all that need no network")
    parser.add_argument("--formats", nargs="+", default=FLOAT32, choices=FLOAT32 + SMALLER)
    parser.add_argument("--keep", type=Path, help="a folder of runs and figures; what is in it is not made again")
    parser.add_argument("--here", action="store_true", help="in this process, as JSON")
    given = parser.parse_args()
    if given.here:
        found = export_recipe(given.names[0], given.formats, given.keep / given.names[0])
        sys.stdout.write(json.dumps([asdict(one) for one in found]) + "\n")
        return
    names = given.names or [recipe.name for recipe in list_gallery() if recipe.name not in FETCHED]
    with tempfile.TemporaryDirectory() as folder:
        kept = given.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        _print_tables(names, given.formats, kept)


if __name__ == "__main__":
    main()
