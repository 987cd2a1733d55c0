"""Bad input is refused with its file, row, column and what to do, before anything is written.

What is wrong is in a user's own files: a table, images that it names, arrays, sequences, a series. What is said on
standard error must equal the text in `refused/`; after a change that is meant, `WRITE_PROBLEMS=1 pytest
tests/real/test_bad_input.py` writes the texts anew: read each one before it is committed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
from PIL import Image

from archcli.cli.app import main

if TYPE_CHECKING:
    from tests.conftest import Archcli, Outcome

HERE: Final = Path(__file__).parent

ROWS: Final = 24

RECIPES: Final = {
    "flats.yaml": """archcli: 1
data:
  source: {csv: flats.csv}
  inputs: {size: {numeric: [rooms, area]}, street: text}
  targets: {kind: category}
  split: {validation: 0, test: 0.25}
model:
  nodes:
    said: {layers: [Embedding: {input_dim: $vocabulary, output_dim: 2, mask_zero: true}, GRU: 2], from: street}
    kind: {layers: [Concatenate, Dense: $classes], from: [size, said]}
train: {epochs: 1, batch_size: 4}
""",
    "photos.yaml": """archcli: 1
data:
  source: {csv: photos.csv}
  inputs: {photo: {image: {columns: file, height: 4, width: 4}}}
  targets: {kind: category}
  split: {validation: 0, test: 0.25}
model: {layers: [Flatten, Dense: $classes]}
train: {epochs: 1, batch_size: 4}
""",
    "arrays.yaml": """archcli: 1
data:
  source: {npz: arrays.npz}
  inputs: {photo: numeric}
  targets: {kind: category}
  split: {validation: 0, test: 0.25}
model: {layers: [Flatten, Dense: $classes]}
train: {epochs: 1, batch_size: 4}
""",
    "walks.yaml": """archcli: 1
data:
  source: {csv: {path: walks.csv, id: walk, order: step}}
  inputs: {signal: {sequence: [left, right]}}
  targets: {kind: category}
  split: {validation: 0, test: 0.25}
model: {layers: [Masking: $padding, GRU: 2, Dense: $classes]}
train: {epochs: 1, batch_size: 2}
""",
    "load.yaml": """archcli: 1
data:
  source: {csv: {path: load.csv, time: day}}
  inputs: {past: {series: {columns: load, window: 3}}}
  targets: {next: {series: {columns: load, horizon: 1}}}
  split: {validation: 0, test: 0.25}
model: {layers: [GRU: 2, Dense: $horizon]}
train: {epochs: 1, batch_size: 2}
""",
}


def _flats(*changes: tuple[int, str]) -> str:
    """Return a table of rooms, area, street and kind, some rows (from 1) in other words."""
    rows = {row: f"{row % 5},{10 * row},low road,{'flat' if row % 2 else 'house'}" for row in range(1, ROWS + 1)}
    return "\n".join(["rooms,area,street,kind", *(rows | dict(changes)).values()]) + "\n"


def _load(*changes: tuple[int, str]) -> str:
    rows = {row: f"2024-01-{row:02},{row % 7}" for row in range(1, ROWS + 1)}
    return "\n".join(["day,load", *(rows | dict(changes)).values()]) + "\n"


def _walks() -> str:
    lines = [
        f"{walk},{step},{walk},{step},{'up' if walk % 2 else 'down'}"
        for walk in range(1, 9)
        for step in range(1, 3 + walk % 2)
    ]
    return "\n".join(["walk,step,left,right,kind", *lines]) + "\n"


def _write_good(folder: Path) -> None:
    """Write recipes and files with nothing wrong."""
    for name, text in RECIPES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "flats.csv").write_text(_flats(), encoding="utf-8")
    (folder / "load.csv").write_text(_load(), encoding="utf-8")
    (folder / "walks.csv").write_text(_walks(), encoding="utf-8")
    (folder / "photos").mkdir()
    for row in range(1, ROWS + 1):
        Image.new("RGB", (6, 5), (10 * row, 0, 0)).save(folder / "photos" / f"{row}.png")
    _write_photos(folder / "photos.csv")
    _write_arrays(folder / "arrays.npz")


def _write_photos(path: Path) -> None:
    rows = [f"photos/{row}.png,{'flat' if row % 2 else 'house'}" for row in range(1, ROWS + 1)]
    path.write_text("\n".join(["file,kind", *rows]) + "\n", encoding="utf-8")


def _write_arrays(path: Path, *, size: int = 4, labels: int = ROWS) -> None:
    photo = np.arange(ROWS * size * size * 3, dtype=np.float32).reshape(ROWS, size, size, 3)
    np.savez(path, photo=photo, kind=np.arange(labels) % 2)


@dataclass(frozen=True)
class Bad:
    """Files that are bad.

    Attributes:
        recipe: What is trained.
        files: By name, written over the good ones.
        typed: What is typed after the recipe.
        status: The exit status.
    """

    recipe: str
    files: Mapping[str, str | bytes]
    typed: tuple[str, ...] = ()
    status: int = 3


LABELS: Final = b"fewer labels than photos"
"""Stands for an NPZ whose arrays are not equally long."""

LARGE: Final = b"photos of 8 by 8"
"""Stands for an NPZ of larger images."""

TRAINING: Final[Mapping[str, Bad]] = {
    "missing column": Bad("flats", {"flats.csv": _flats().replace("area", "aera")}),
    "text in a number": Bad("flats", {"flats.csv": _flats((3, "two,40,low road,flat"))}),
    "number missing": Bad("flats", {"flats.csv": _flats((3, ",40,low road,flat"))}),
    "label missing": Bad("flats", {"flats.csv": _flats((3, "2,40,low road,"))}),
    "text missing": Bad("flats", {"flats.csv": _flats((3, "2,40,,flat"))}),
    "empty file": Bad("flats", {"flats.csv": ""}),
    "no rows": Bad("flats", {"flats.csv": "rooms,area,street,kind\n"}),
    "wrong encoding": Bad("flats", {"flats.csv": _flats((3, "2,40,Café,flat")).encode("latin-1")}),
    "another encoding": Bad("flats", {"flats.csv": _flats().encode("utf-16")}),
    "row with too few cells": Bad("flats", {"flats.csv": _flats((3, "2,40,flat"))}),
    "row with too many cells": Bad("flats", {"flats.csv": _flats((3, "2,40,Long Lane, left,flat"))}),
    "class of one row": Bad("flats", {"flats.csv": _flats((3, "2,40,low road,castle"))}),
    "class absent from training": Bad(
        "flats", {"flats.csv": _flats((24, "2,40,low road,castle"))}, ("data.split={validation: 0, time: true}",)
    ),
    "class absent from the test": Bad(
        "flats",
        {"flats.csv": _flats((3, "2,40,low road,castle"), (4, "2,40,low road,castle"))},
        ("data.split={validation: 0, test: 0.25, time: true}",),
    ),
    "class absent from the rest of a fold": Bad(
        "flats",
        {"flats.csv": _flats((3, "2,40,low road,castle"))},
        ("data.split={validation: 0, test: null, folds: 3}",),
    ),
    "class absent from what is left of a group": Bad(
        "flats",
        {"flats.csv": _flats((3, "2,40,high road,castle"))},
        ("data.split={validation: 0, test: 0.05, stratify: null, group: street}",),
    ),
    "broken image": Bad("photos", {"photos/2.png": b"\x89PNG\r\n\x1a\n"}),
    "text as an image": Bad("photos", {"photos/2.png": "see attachment"}),
    "image missing": Bad("photos", {"photos.csv": "file,kind\nphotos/1.png,flat\nphotos/99.png,house\n"}),
    "arrays of unequal lengths": Bad("arrays", {"arrays.npz": LABELS}),
    "damaged arrays": Bad("arrays", {"arrays.npz": b"PK\x03\x04 and nothing more"}),
    "unequal lengths without a mask": Bad("walks", {}, ("model.layers=[{GRU: 2}, {Dense: $classes}]",)),
    "label that changes in a sequence": Bad("walks", {"walks.csv": _walks().replace("1,2,1,2,up", "1,2,1,2,down")}),
    "time that stands twice": Bad("load", {"load.csv": _load((3, "2024-01-02,5"))}),
    "time that cannot be read": Bad("load", {"load.csv": _load((3, "third of May,5"))}),
    "series that is too short": Bad("load", {"load.csv": "day,load\n2024-01-01,5\n"}),
    "windows that are shuffled": Bad("load", {}, ("data.split={test: 0.25, time: false}",), status=2),
}

ASKED: Final[Mapping[str, Bad]] = {
    "missing column": Bad("flats", {"new.csv": _flats().replace("area", "aera")}),
    "text in a number": Bad("flats", {"new.csv": _flats((3, "two,40,low road,flat"))}),
    "empty file": Bad("flats", {"new.csv": ""}),
    "wrong encoding": Bad("flats", {"new.csv": _flats((3, "2,40,Café,flat")).encode("latin-1")}),
    "row with too few cells": Bad("flats", {"new.csv": _flats((3, "2,40,flat"))}),
    "broken image": Bad("photos", {"new.csv": "file\nphotos/1.png\nnew.png\n", "new.png": b"\x89PNG\r\n\x1a\n"}),
    "image missing": Bad("photos", {"new.csv": "file\nold.png\n"}),
    "wrong image size": Bad("arrays", {"new.npz": LARGE}),
}

SCORED: Final[Mapping[str, Bad]] = {
    "new class": Bad("flats", {"new.csv": _flats((3, "2,40,low road,hut"))}),
    "label missing": Bad("flats", {"new.csv": _flats((3, "2,40,low road,"))}),
    "target missing": Bad("flats", {"new.csv": "rooms,area,street\n1,2,low road\n"}),
}


def _files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*")}


def _spoil(folder: Path, bad: Bad) -> set[str]:
    """Write the bad files, and return all there are."""
    for name, content in bad.files.items():
        path = folder / name
        if content in (LABELS, LARGE):
            _write_arrays(path, labels=ROWS - (content == LABELS), size=8 if content == LARGE else 4)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return _files(folder)


def _expected(command: str, name: str, done: Outcome, status: int) -> str:
    """Return what should be said; it is written first where that is asked."""
    path = HERE / "refused" / f"{command}-{name.replace(' ', '-')}.problems"
    if os.environ.get("WRITE_PROBLEMS") and done.status == status:
        path.write_text(done.err, encoding="utf-8")
    return path.read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with good files."""
    _write_good(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", TRAINING)
def test_what_cannot_be_learned_from_is_refused(name: str, folder: Path, archcli: Archcli) -> None:
    """The message says where it is and what to do; no run is begun, and nothing else is written."""
    bad = TRAINING[name]
    before = _spoil(folder, bad)

    done = archcli("train", f"{bad.recipe}.yaml", *bad.typed, cwd=folder)

    assert done.err == _expected("train", name, done, bad.status)
    assert (done.status, done.out) == (bad.status, "")
    assert _files(folder) == before


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of each recipe that is asked about new rows."""
    folder = tmp_path_factory.mktemp("trained")
    _write_good(folder)
    for name in ("flats", "photos", "arrays"):
        with contextlib.chdir(folder), pytest.raises(SystemExit) as stopped:
            main(["train", f"{name}.yaml", "--quiet"])
        assert not stopped.value.code
    return folder


@pytest.mark.parametrize("name", ASKED)
def test_what_cannot_be_answered_is_refused(name: str, trained: Path, archcli: Archcli) -> None:
    """`predict` says where it is and what to do, and leaves no file behind, nor part of one."""
    bad = ASKED[name]
    before = _spoil(trained, bad)
    file = next(iter(bad.files))

    done = archcli("predict", bad.recipe, file, "--output", "answers.csv", cwd=trained)

    assert done.err == _expected("predict", name, done, bad.status)
    assert (done.status, done.out) == (bad.status, "")
    assert _files(trained) == before


@pytest.mark.parametrize("name", SCORED)
def test_what_cannot_be_scored_is_refused(name: str, trained: Path, archcli: Archcli) -> None:
    """So does `evaluate`, of the truth that it compares with."""
    bad = SCORED[name]
    before = _spoil(trained, bad)

    done = archcli("evaluate", bad.recipe, "--file", "new.csv", cwd=trained)

    assert done.err == _expected("evaluate", name, done, bad.status)
    assert (done.status, done.out) == (bad.status, "")
    assert _files(trained) == before


def test_every_text_belongs_to_a_case() -> None:
    """No expected text is left behind when a case is renamed."""
    cases = {"train": TRAINING, "predict": ASKED, "evaluate": SCORED}
    named = {f"{command}-{name.replace(' ', '-')}.problems" for command, bad in cases.items() for name in bad}

    assert {file.name for file in (HERE / "refused").iterdir()} == named


def _limit_files(size: int) -> None:
    """Let no file of this process become larger."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.slow
def test_a_limit_of_size_ends_a_training_with_nothing_half_written(folder: Path) -> None:
    """Status 4, the file is named, and no part of it is left: what is in the run's folder is whole."""
    command = [sys.executable, "-m", "archcli", "train", "flats.yaml", "--quiet"]

    done = subprocess.run(
        command, cwd=folder, preexec_fn=lambda: _limit_files(12_000), capture_output=True, text=True, check=False
    )

    assert done.returncode == 4
    assert "error[cannot-write]: " in done.stderr
    assert "Traceback" not in done.stderr
    assert [name for name in _files(folder) if ".part" in name] == []


def test_full_disk_leaves_no_answers(trained: Path, archcli: Archcli, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was at the place of the answers before is still there, whole."""
    _spoil(trained, Bad("flats", {"new.csv": _flats(), "answers.csv": "row,kind\n"}))
    before = _files(trained)

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    done = archcli("predict", "flats", "new.csv", "--output", "answers.csv", cwd=trained)

    assert done.status == 3
    assert done.err == (
        "error[cannot-write]: `answers.csv` cannot be written: no space left on device\n"
        "hint: free some space on that disk\n\n"
        "1 problem; for more: archcli explain cannot-write\n"
    )
    assert (trained / "answers.csv").read_text(encoding="utf-8") == "row,kind\n"
    assert _files(trained) == before
