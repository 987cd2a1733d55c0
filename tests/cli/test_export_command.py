"""`archcli export` from what is typed to what is written, on a small run."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archcli.commands import export as export_module
from archcli.commands.train import train
from archcli.engine.progress import SilentProgress
from archcli.errors import Problem, RecipeError
from archcli.export.format import Order
from archcli.export.formats import FORMATS
from archcli.export.shipment import Shipment

if TYPE_CHECKING:
    from tests.conftest import Archcli


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a perceptron, trained for an epoch."""
    runs = tmp_path_factory.mktemp("runs")
    command = "archcli train perceptron-iris"
    done = train("perceptron-iris", ["train.epochs=1"], runs=runs, command=command, progress=SilentProgress())
    assert done is not None
    return done.run.path


@pytest.fixture
def there(run: Path) -> Iterator[Path]:
    """The run; afterwards nothing is left in it but what was there, nor a half-written export."""
    before = set(run.rglob("*"))
    yield run
    assert set(run.rglob("*")) - before <= {run / "export"}
    assert not list((run / "export").glob("*") if (run / "export").exists() else ())


def replaced(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """Let `saved_model` be another in the table of formats that the command looks into."""
    formats = {**FORMATS, "saved_model": replace(FORMATS["saved_model"], **changed)}
    monkeypatch.setattr(export_module, "FORMATS", formats)


def test_the_page_says_what_was_found_and_what_to_paste(run: Path, archcli: Archcli, tmp_path: Path) -> None:
    """The folder, sizes, what was compared, and lines that run; the next step on standard error."""
    done = archcli("export", run, "--output", tmp_path / "iris")

    assert done.status == 0
    pairs, _, snippet = done.out.partition("\n\n")
    names = [line[:20].rstrip() for line in pairs.splitlines()]
    assert names == [
        "wrote",
        "size",
        "compared on",
        "largest difference",
        "tells the same",
        "one example",
        "30 examples",
    ]
    assert f"wrote               {tmp_path / 'iris'}\n" in done.out
    assert "compared on         30 examples, test\n" in done.out
    assert "tells the same      100.00%\n" in done.out
    assert snippet.startswith("import numpy, tensorflow\n")
    assert done.err == "next: paste these lines into Python\n"


def test_lines_to_paste_are_not_broken_by_a_narrow_terminal(
    run: Path, archcli: Archcli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They must stay Python."""
    monkeypatch.setenv("COLUMNS", "40")

    done = archcli("export", run, "--output", tmp_path / "iris", "--quiet")

    compile(done.out.partition("\n\n")[2], "snippet", "exec")
    assert done.err == ""


def test_as_json_it_is_one_document(run: Path, archcli: Archcli, tmp_path: Path) -> None:
    """What is in `parity.json`, where it is, and the lines to paste."""
    done = archcli("export", run, "--output", tmp_path / "iris", "--json")

    told = json.loads(done.out)
    written: Mapping[str, Any] = json.loads((tmp_path / "iris" / "parity.json").read_text(encoding="utf-8"))
    assert {name: value for name, value in told.items() if name in written} == written
    assert set(told) - set(written) == {"run", "path", "snippet"}
    assert told["path"] == str(tmp_path / "iris")


def test_an_unknown_format_is_answered_with_all(archcli: Archcli) -> None:
    """By the command line, before anything is loaded."""
    done = archcli("export", "iris", "--format", "tflite")

    assert done.status == 2
    words = " ".join(done.err.replace("│", " ").split())
    assert "'tflite' is not one of 'keras', 'saved_model', 'onnx', 'litert', 'openvino'" in words


def test_a_run_that_is_not_there_is_said(archcli: Archcli, tmp_path: Path) -> None:
    """With where it was looked for."""
    done = archcli("export", "iris", "--runs", tmp_path)

    assert done.status == 2
    assert f"error[run-not-found]: there is no run `iris`, neither as a path nor under `{tmp_path}`\n" in done.err


@pytest.mark.parametrize("form", ["onnx", "litert", "openvino"])
def test_a_missing_extra_is_named_with_its_command(
    form: str, there: Path, archcli: Archcli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the model is opened."""
    extra = FORMATS[form].extra
    assert extra is not None
    find = importlib.util.find_spec

    def blocked(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == extra.modules[0] else find(name, package)

    monkeypatch.setattr("archcli.export.extras.find_spec", blocked)

    done = archcli("export", there, "--format", form)

    assert done.status == 4
    message = f"this needs the extra `{form}`, which {extra.purpose}: `{extra.modules[0]}` is not installed"
    assert f"error[missing-extra]: {message}\nhint: pip install 'archcli[{form}]'\n" in done.err


def test_a_folder_that_cannot_be_made_is_said(there: Path, archcli: Archcli, tmp_path: Path) -> None:
    """Here a file stands in its way."""
    (tmp_path / "file").touch()

    done = archcli("export", there, "--output", tmp_path / "file" / "iris")

    assert done.status == 4
    assert f"error[cannot-write]: `{tmp_path / 'file' / 'iris'}` cannot be written: " in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_leaves_nothing(there: Path, archcli: Archcli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The half that was written is taken away."""

    def fill(_: Shipment, order: Order) -> None:
        (order.folder / "half").write_text("of a model", encoding="utf-8")
        raise OSError(28, "No space left on device")

    replaced(monkeypatch, write=fill)

    done = archcli("export", there)

    assert done.status == 3
    assert "cannot be written: no space left on device\nhint: free some space on that disk\n" in done.err


def test_ctrl_c_leaves_nothing(there: Path, archcli: Archcli, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was begun is taken away."""

    def interrupt(_: Shipment, order: Order) -> None:
        (order.folder / "half").write_text("of a model", encoding="utf-8")
        raise KeyboardInterrupt

    replaced(monkeypatch, write=interrupt)

    done = archcli("export", there)

    assert done.status == 130
    assert done.err.strip() == "interrupted"


def test_a_model_that_a_format_cannot_carry_leaves_nothing(
    there: Path, archcli: Archcli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence, with what can."""

    def refuse(_: Shipment, order: Order) -> None:
        (order.folder / "half").write_text("of a model", encoding="utf-8")
        raise RecipeError(Problem("cannot-export", "no", hint="that one"))

    replaced(monkeypatch, write=refuse)

    done = archcli("export", there)

    assert done.status == 2
    assert "error[cannot-export]: no\nhint: that one\n" in done.err


def test_prepared_inputs_are_named_on_the_page(run: Path, archcli: Archcli, tmp_path: Path) -> None:
    """In int8 numbers of several sizes are prepared outside, and where it says how."""
    done = archcli("export", run, "--format", "litert", "--quantize", "int8", "--output", tmp_path / "iris")

    assert done.status == 0, done.err
    assert "takes measurements  numbers times `scale`, plus `offset`: see signature.json\n" in done.out
