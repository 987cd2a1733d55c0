"""A run is exported in every format, run elsewhere and compared; what is wrong is said, and nothing is left."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import onnx
import onnxruntime
import openvino
import pytest

from archcli.cli.app import main
from archcli.cli.export_command import FormatOption, QuantizeOption
from archcli.export import parity
from archcli.export.formats import FORMATS

if TYPE_CHECKING:
    from tests.conftest import Archcli

RECIPE = """
archcli: 1
name: visits
data:
  source: {csv: visits.csv}
  inputs:
    table:
      - numeric: {columns: [age, weight], missing: median, scale: standard}
      - category: {columns: city, missing: most_frequent}
    note: {text: {split: word}}
  targets: {kind: category}
  split: {validation: 0.1, test: 0.2}
model:
  nodes:
    read: {layers: [Embedding: {input_dim: $vocabulary.note, output_dim: 4, mask_zero: true}, GRU: 6], from: note}
    all: {layers: [Concatenate, Dense: {units: 8, activation: relu}], from: [read, table]}
    kind: {Dense: $classes, from: all}
  outputs: kind
train: {epochs: 3, optimizer: {Adam: {learning_rate: 0.02}}}
"""
NEW = [
    {"age": "40", "weight": "", "city": "Bonn", "note": "good day"},
    {"age": "", "weight": "71.5", "city": "", "note": "a bad very bad night"},
    {"age": "63", "weight": "80", "city": "Nowhere", "note": "Good, unheard words!"},
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a table with missing values, categories and texts."""
    folder = tmp_path_factory.mktemp("visits")
    random = np.random.default_rng(0)
    rows = ["age,weight,city,note,kind"]
    for _ in range(240):
        kind = int(random.integers(3))
        age = "" if random.random() < 0.1 else str(30 + 10 * kind + int(random.integers(8)))
        weight = "" if random.random() < 0.1 else f"{70 + random.normal():.2f}"
        city = str(random.choice(["Bonn", "Kiel", "Ulm", ""]))
        note = " ".join(random.choice(["good", "day", "bad", "night", "very", "a"], int(random.integers(1, 6))))
        rows.append(f"{age},{weight},{city},{note},{['acute', 'planned', 'routine'][kind]}")
    (folder / "visits.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "visits.yaml").write_text(RECIPE, encoding="utf-8")
    told = _archcli("train", folder / "visits.yaml", "--runs", folder / "runs", "--json", "--quiet")
    return Path(told["run"])


def _archcli(*arguments: str | Path) -> Any:
    """Run a command in this process and return what it says as JSON."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    assert not stopped.value.code, arguments
    return json.loads(out.getvalue())


@pytest.fixture(scope="module")
def exports(run: Path) -> Mapping[str, Any]:
    """What `export --json` says of each format; each is made when it is first asked for."""
    return _Exports(run)


class _Exports(dict[str, Any]):
    def __init__(self, run: Path) -> None:
        super().__init__()
        self._run = run

    def __missing__(self, name: str) -> Any:
        form, _, quantize = name.partition("-")
        options = ["--quantize", quantize] if quantize else []
        self[name] = _archcli("export", self._run, "--format", form, *options, "--json", "--quiet")
        return self[name]


def test_the_command_line_offers_every_format() -> None:
    """What `--format` and `--quantize` take is what there is."""
    assert {option.value for option in FormatOption} == set(FORMATS)
    assert {option.value for option in QuantizeOption} == {way for form in FORMATS.values() for way in form.quantizes}
    assert set(parity.BOUNDS) == {option.value for option in QuantizeOption}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["keras", "saved_model", "onnx", "litert", "openvino"])
def test_a_format_answers_as_keras_does_on_the_test_part(name: str, exports: Mapping[str, Any]) -> None:
    """In float32 to a hundred-thousandth, on all 48 examples, in the runtime that it is for."""
    told = exports[name]
    folder = Path(told["path"])

    written = json.loads((folder / "parity.json").read_text(encoding="utf-8"))

    assert written.items() <= told.items()
    assert told["largest_difference"] <= 1e-5
    assert told["agreement"] == 1.0
    assert told["examples"] == {"count": 48, "from": "test", "reason": None}
    assert written["runtime"].split()[0] == FORMATS[name].runtime
    assert told["latency_ms"]["batch"]["examples"] == 32
    assert min(told["latency_ms"]["one"].values()) > 0
    assert told["size_bytes"] > 1000
    assert (folder / "labels.txt").read_text(encoding="utf-8") == "acute\nplanned\nroutine\n"
    assert [path.name for path in folder.parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["keras", "saved_model", "onnx", "litert", "openvino", "litert-int8"])
def test_snippet_runs_as_it_is_in_a_fresh_interpreter(name: str, exports: Mapping[str, Any], run: Path) -> None:
    """It prints three probabilities that sum to one, and the name of the largest."""
    snippet = exports[name]["snippet"]

    done = subprocess.run([sys.executable, "-c", snippet], capture_output=True, text=True, check=True, cwd=run)

    numbers, label = done.stdout.splitlines()
    shares = json.loads(numbers.replace("'", '"'))["kind"]
    assert sum(shares) == pytest.approx(1.0, abs=0.02)
    assert label == ["acute", "planned", "routine"][int(np.argmax(shares))]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["litert-float16", "litert-dynamic", "litert-int8"])
def test_smaller_numbers_keep_their_bounds(name: str, exports: Mapping[str, Any]) -> None:
    """By agreement or by relative error, as documented."""
    told = exports[name]
    quantize = cast("Any", name.removeprefix("litert-"))

    assert told["quantize"] == quantize
    bounds = parity.BOUNDS[quantize]
    error = told["outputs"]["kind"]["relative_error"]
    assert told["agreement"] >= bounds.agreement or error <= bounds.relative_error
    assert told["largest_difference"] > 0


@pytest.mark.slow
def test_signature_is_enough_to_prepare_raw_rows(
    exports: Mapping[str, Any], run: Path, archcli: Archcli, tmp_path: Path
) -> None:
    """Rows prepared by hand from `signature.json` get from ONNX the probabilities that `predict` gives to the file."""
    with (tmp_path / "new.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(NEW[0]))
        writer.writeheader()
        writer.writerows(NEW)
    folder = Path(exports["onnx"]["path"])
    inputs = json.loads((folder / "signature.json").read_text(encoding="utf-8"))["inputs"]
    prepared = {name: _prepare(described, name) for name, described in inputs.items()}

    (given,) = onnxruntime.InferenceSession(folder / "model.onnx").run(["kind"], prepared)

    rows = list(csv.DictReader(io.StringIO(archcli("predict", run, tmp_path / "new.csv").out)))
    expected = [[float(row[f"probability of {name}"]) for name in ("acute", "planned", "routine")] for row in rows]
    assert np.allclose(given, expected, atol=2e-6)


def _prepare(described: Mapping[str, Any], name: str) -> Any:
    """Prepare the new rows for one input as its description says."""
    if name == "note":
        texts = [row["note"].lower() for row in NEW]
        words = ["".join(letter for letter in text if letter.isalnum() or letter == " ").split() for text in texts]
        places = {word: number for number, word in enumerate(described["vocabulary"], start=described["first"])}
        longest = max(map(len, words))
        rows = [[places.get(word, described["other"]) for word in text] for text in words]
        return np.array([row + [described["padding"]] * (longest - len(row)) for row in rows], np.int32)
    if described["dtype"] == "int32":
        places = {word: number for number, word in enumerate(described["vocabulary"], start=described["first"])}
        places[""] = described["missing"]
        return np.array([[places.get(row["city"], described["other"])] for row in NEW], np.int32)
    assert described["missing"] == "NaN"
    return np.array([[float(row[column] or "nan") for column in described["columns"]] for row in NEW], np.float32)


@pytest.mark.slow
def test_names_go_along_inside_the_files(exports: Mapping[str, Any]) -> None:
    """Labels and signature are ONNX's metadata, OpenVINO's runtime info and an archive after LiteRT's model."""
    labels = {"kind": ["acute", "planned", "routine"]}

    properties = {one.key: one.value for one in onnx.load(Path(exports["onnx"]["path"]) / "model.onnx").metadata_props}
    model = openvino.Core().read_model(Path(exports["openvino"]["path"]) / "model.xml")
    with zipfile.ZipFile(Path(exports["litert"]["path"]) / "model.tflite") as archive:
        kept = {name: archive.read(name).decode() for name in archive.namelist()}

    assert json.loads(properties["labels"]) == labels
    assert json.loads(model.get_rt_info(["archcli", "labels"]).astype(str)) == labels
    assert kept["labels.txt"] == "acute\nplanned\nroutine\n"
    signature = json.loads((Path(exports["litert"]["path"]) / "signature.json").read_text(encoding="utf-8"))
    assert json.loads(kept["signature.json"]) == signature
    assert {name for port in model.inputs for name in port.get_names()} == set(signature["inputs"])
    assert {name for port in model.outputs for name in port.get_names()} == {"kind"}


def test_a_difference_is_an_error_and_leaves_nothing(
    run: Path, archcli: Archcli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no tolerance at all, rounding is too much."""
    monkeypatch.setattr(parity, "TOLERANCE", -1.0)

    done = archcli("export", run, "--format", "saved_model", "--output", tmp_path / "out")

    assert done.status == 5
    assert "error[export-differs]: the exported model answers differently for `kind`, by up to 0, " in done.err
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten(run: Path, archcli: Archcli, tmp_path: Path) -> None:
    """Another folder is to be named."""
    done = archcli("export", run, "--output", tmp_path)

    assert done.status == 2
    assert f"error[file-exists]: `{tmp_path}` is there already, and is not overwritten\n" in done.err


def test_only_litert_has_smaller_numbers(run: Path, archcli: Archcli) -> None:
    """The others say which does."""
    done = archcli("export", run, "--format", "onnx", "--quantize", "int8")

    assert done.status == 2
    assert "error[cannot-quantize]: `onnx` is not made with smaller numbers, found `--quantize int8`\n" in done.err
    assert "hint: `--format litert` is\n" in done.err


def test_where_the_data_are_gone_examples_are_made_up_and_it_is_said(
    run: Path, archcli: Archcli, tmp_path: Path
) -> None:
    """Except for int8, which needs them."""
    source = run.parents[2] / "visits.csv"
    moved = source.rename(tmp_path / "away.csv")
    try:
        told = json.loads(archcli("export", run, "--format", "saved_model", "--output", tmp_path / "out", "--json").out)
        refused = archcli("export", run, "--format", "litert", "--quantize", "int8", "--output", tmp_path / "int8")
    finally:
        moved.rename(source)

    assert told["examples"] == {"count": 16, "from": "made up", "reason": f"there is no file `{source}`"}
    assert refused.status == 3
    assert "error[file-not-found]" in refused.err
