"""What happens to a run: interrupted, killed, resumed, extended, failed; and what happens to one that cannot begin."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from tests.conftest import Archcli

RECIPE = """
archcli: 1
name: table
data: {source: {csv: table.csv}, inputs: {given: {numeric: [a, b]}}, targets: {kind: category}}
model:
  layers:
    - Dense: {units: 8, activation: relu}
    - Dropout: 0.2
    - Dense: {units: $classes, activation: softmax}
train: {epochs: 8, batch_size: 4}
"""
LONG = "train.epochs=4000"
PATIENCE_SECONDS = 600


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small recipe and its data."""
    (tmp_path / "table.yaml").write_text(RECIPE, encoding="utf-8")
    _write_table(tmp_path, _rows())
    return tmp_path


def _rows() -> list[str]:
    numbers = np.random.default_rng(0).normal(size=(60, 2)).round(3)
    return [f"{a},{b},{'high' if a + b > 0 else 'low'}" for a, b in numbers]


def _write_table(folder: Path, rows: list[str]) -> None:
    (folder / "table.csv").write_text("\n".join(["a,b,kind", *rows]) + "\n", encoding="utf-8")


def _start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a command that gets some 100 epochs ahead of what is read of it, and then waits: it writes a pipe full."""
    command, pipe = [sys.executable, "-m", "archcli", *arguments], subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True, pipesize=4096)


def _wait_for_epoch(process: subprocess.Popen[str], number: int) -> None:
    stderr = process.stderr
    if stderr is None:
        pytest.fail("the process was started without a pipe")
    for line in stderr:
        if line.split()[:1] == ["epoch"] and int(line.split()[1].split("/")[0]) >= number:
            return
    pytest.fail("it ended before that epoch")


def _history(folder: Path, number: int = 1) -> list[str]:
    run = next((folder / "runs" / "table").glob(f"{number}-*"))
    return (run / "history.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_run_says_how_to_go_on(sent: signal.Signals, status: int, folder: Path, archcli: Archcli) -> None:
    """Ctrl-C and SIGTERM keep what was reached, end with their status and name the command that goes on.

    No call into TensorFlow runs long before Python looks up: what is still computed takes a second, and here few.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = _start(folder, "train", "table.yaml", LONG)
    _wait_for_epoch(process, 3)
    ticks = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[11:13]
    process.send_signal(sent)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)

    in_all = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    listed = json.loads(archcli("runs", "list", "--json", cwd=folder).out)

    assert process.returncode == status
    run = next((folder / "runs" / "table").glob("1-*")).relative_to(folder)
    assert err.splitlines()[-1] == f"next: archcli resume {run}"
    assert "Traceback" not in err
    assert (listed[0]["state"], listed[0]["epochs"] >= 3) == ("interrupted", True)
    assert in_all - sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK") < 10


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_resumed_run_equals_one_that_was_never_interrupted(
    sent: signal.Signals, folder: Path, archcli: Archcli
) -> None:
    """Interrupted or killed and resumed, the history is that of a run that went through, to the last bit."""
    process = _start(folder, "train", "table.yaml", "train.epochs=150")
    _wait_for_epoch(process, 20)
    process.send_signal(sent)
    process.communicate(timeout=PATIENCE_SECONDS)

    resumed = archcli("resume", "table/1", cwd=folder)
    archcli("train", "table.yaml", "train.epochs=150", cwd=folder)

    assert resumed.status == 0
    assert _history(folder, 1) == _history(folder, 2)
    assert len(_history(folder, 1)) == 150


def test_finished_run_is_trained_further(folder: Path, archcli: Archcli) -> None:
    """`resume --epochs` gives the history of a run that had as many epochs from the start."""
    archcli("train", "table.yaml", cwd=folder)
    archcli("train", "table.yaml", "train.epochs=12", cwd=folder)

    further = archcli("resume", "table/1", "--epochs", "12", cwd=folder)

    assert further.status == 0
    assert _history(folder, 1) == _history(folder, 2)


def test_finished_run_has_nothing_to_resume(folder: Path, archcli: Archcli) -> None:
    """It is not silently begun anew: the message says what to type to train it further."""
    archcli("train", "table.yaml", cwd=folder)

    again = archcli("resume", "table", cwd=folder)

    assert again.status == 2
    assert again.err == (
        "error[nothing-to-resume]: the run `table/1` is finished: 8 epochs are done\n"
        "hint: `archcli resume table --epochs 16` trains it further\n\n"
        "1 problem; for more: archcli explain nothing-to-resume\n"
    )


def test_loss_that_is_not_finite_ends_the_run(folder: Path, archcli: Archcli) -> None:
    """A learning rate beyond reason ends with status 5 and a hint, and the run is listed as failed."""
    change = "train.optimizer={SGD: {learning_rate: 1e30}}"

    done = archcli("train", "table.yaml", change, "train.loss=SparseCategoricalCrossentropy", cwd=folder)

    listed = json.loads(archcli("runs", "list", "--json", cwd=folder).out)
    assert done.status == 5
    assert done.err.splitlines()[-4].startswith("error[loss-not-finite]: ")
    assert listed[0]["state"] == "failed"


BAD_ROWS = {
    "text in a numeric column": (["0.1,abc,low"], "table.csv:62:5", "not-a-number"),
    "missing value": (["0.1,,low"], "table.csv:62:5", "missing-value"),
    "NaN": (["NaN,0.2,low"], "table.csv:62:1", "missing-value"),
    "infinity": (["inf,0.2,low"], "table.csv:62:1", "not-finite"),
    "ragged row": (["0.1,0.2"], "table.csv:62:1", "ragged-row"),
}


@pytest.mark.parametrize(("rows", "place", "code"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_bad_cell_is_named_by_row_and_column(
    rows: list[str], place: str, code: str, folder: Path, archcli: Archcli
) -> None:
    """Status 3, the file's own line and column, and nothing is written."""
    _write_table(folder, [*_rows(), *rows])

    done = archcli("train", "table.yaml", cwd=folder)

    assert done.status == 3
    assert f"error[{code}]: " in done.err
    assert f"--> {place}" in done.err
    assert not (folder / "runs").exists()


BAD_DATA = {
    "one class only": ([row.replace("high", "low") for row in _rows()], (), "one-class-only"),
    "fewer rows than a batch": (_rows(), ("train.batch_size=64",), "too-few-examples"),
    "a class absent from training": (
        [*_rows(), "0.1,0.2,rare"],
        ("data.split.stratify=false", "data.split.absent_classes=allow"),
        "class-absent-from-training",
    ),
    "no rows": ([], (), "no-rows"),
}


@pytest.mark.parametrize(("rows", "changes", "code"), BAD_DATA.values(), ids=BAD_DATA)
def test_data_that_cannot_be_learned_from_are_refused(
    rows: list[str], changes: tuple[str, ...], code: str, folder: Path, archcli: Archcli
) -> None:
    """Status 3 with a code of its own; the rare class is tried in split after split, until it is not in training."""
    _write_table(folder, rows)
    tried = (
        archcli("train", "table.yaml", *changes, "train.epochs=1", f"data.split.seed={seed}", cwd=folder)
        for seed in range(1 if code != "class-absent-from-training" else 8)
    )

    refused = next(outcome for outcome in tried if outcome.status)

    assert refused.status == 3
    assert f"error[{code}]: " in refused.err


def test_missing_file_is_refused_before_anything_else(folder: Path, archcli: Archcli) -> None:
    """`check` says so too, and offers the near match."""
    (folder / "table.csv").rename(folder / "tables.csv")

    done = archcli("check", "table.yaml", cwd=folder)

    assert done.status == 3
    assert "error[file-not-found]: there is no file" in done.err
    assert "hint: did you mean `tables.csv`?" in done.err


def test_changed_data_are_not_evaluated_as_if_they_were_the_same(folder: Path, archcli: Archcli) -> None:
    """The fingerprint of the data is compared: another file under the same name is no part of the run."""
    archcli("train", "table.yaml", cwd=folder)
    _write_table(folder, _rows()[::-1])

    done = archcli("evaluate", "table", cwd=folder)

    assert done.status == 3
    assert done.err.startswith("error[data-changed]: the data are not those that `table/1` was trained on")


def test_new_rows_are_predicted_and_scored(folder: Path, archcli: Archcli) -> None:
    """`predict` needs no target, `evaluate --file` compares with it; both read raw values."""
    archcli("train", "table.yaml", cwd=folder)
    (folder / "new.csv").write_text("b,a,extra\n2,3,x\n-2,-3,y\n", encoding="utf-8")

    predicted = archcli("predict", "table", "new.csv", "--output", "answers.csv", cwd=folder)
    refused = archcli("evaluate", "table", "--file", "new.csv", cwd=folder)
    scored = json.loads(archcli("evaluate", "table", "--file", "table.csv", "--json", cwd=folder).out)

    assert predicted.status == 0
    assert (folder / "answers.csv").read_text(encoding="utf-8").splitlines()[0] == (
        "row,kind,probability of high,probability of low"
    )
    assert refused.err.startswith("error[no-target]: `new.csv` has no `kind` to compare with")
    assert scored["examples"] == 60


def test_runs_folder_that_cannot_be_written_is_said(folder: Path, archcli: Archcli) -> None:
    """Status 4: it is the machine, not the recipe."""
    (folder / "runs").write_text("in the way", encoding="utf-8")

    done = archcli("train", "table.yaml", cwd=folder)

    assert done.status == 4
    assert "error[cannot-write]: " in done.err


def test_problems_come_as_json_too(folder: Path, archcli: Archcli) -> None:
    """With `--json` standard output holds every problem, for editors and scripts."""
    done = archcli("check", "table.yaml", "train.epoch=3", "--json", cwd=folder)

    problem = json.loads(done.out)["problems"][0]
    assert done.status == 2
    assert (problem["code"], problem["file"], problem["line"], problem["column"]) == (
        "unknown-key",
        "command line",
        1,
        7,
    )


def test_check_build_finds_what_only_keras_can_judge(folder: Path, archcli: Archcli) -> None:
    """`check` alone is fast and passes; with `--build` the data are read and the model is built."""
    change = "model.layers=[{Reshape: [3]}, {Dense: {units: $classes, activation: softmax}}]"

    quick = archcli("check", "table.yaml", change, cwd=folder)
    built = archcli("check", "table.yaml", change, "--build", cwd=folder)

    assert quick.status == 0
    assert (built.status, "command line:1:16" in built.err) == (2, True)


def test_second_training_waits_for_nobody_and_takes_the_next_number(folder: Path, archcli: Archcli) -> None:
    """A run directory is never overwritten."""
    for _ in range(2):
        archcli("train", "table.yaml", cwd=folder)

    listed = json.loads(archcli("runs", "list", "--json", cwd=folder).out)

    assert [run["run"].split("/")[-1].split("-")[0] for run in listed] == ["1", "2"]


@pytest.mark.parametrize(("typed", "completed"), [("tr", "train"), ("train mlp-x", "mlp-xor")])
def test_shell_completes_commands_and_recipes(typed: str, completed: str) -> None:
    """What `--install-completion` installs asks the program, which answers with what begins so."""
    words = ["archcli", *typed.split()]
    asked = {"_ARCHCLI_COMPLETE": "complete_bash", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    code = "from archcli.cli.app import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **asked}, capture_output=True, text=True, check=False
    )

    assert done.stdout.split() == [completed]


def test_key_of_the_recipe_typed_as_an_option_is_answered_with_its_path(folder: Path, archcli: Archcli) -> None:
    """Who is used to `--epochs 3` is told what to type here."""
    done = archcli("train", "table.yaml", "--batch-size", "8", cwd=folder)

    assert done.status == 2
    assert done.err.splitlines()[-1] == "hint: the recipe is changed by paths, without dashes: train.batch_size=VALUE"
