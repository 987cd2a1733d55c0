"""`archcli predict` from what is typed to what is written, on small runs."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from archcli.cli import predict_command
from archcli.cli.predict_command import Reporter
from archcli.commands import predict
from archcli.commands.predict import PredictReport
from archcli.commands.train import train
from archcli.engine.progress import SilentProgress
from archcli.errors import Location, Problem, Source
from archcli.runs.directory import Run

if TYPE_CHECKING:
    from tests.conftest import Archcli

PATIENCE_SECONDS = 600
TABLE = """
archcli: 1
name: table
data:
  source: {csv: table.csv}
  inputs:
    x: [numeric: {columns: [a, b], scale: standard}, category: town]
  targets: {kind: category}
model:
  layers: [Dense: $classes]
train: {epochs: 2, optimizer: {Adam: {learning_rate: 0.1}}}
"""
WORDS = """
archcli: 1
name: words
data:
  source: {csv: words.csv}
  inputs: {said: text}
  targets: {mood: category}
model:
  layers: [Embedding: {input_dim: $vocabulary, output_dim: 4, mask_zero: true}, GlobalAveragePooling1D, Dense: $classes]
train: {epochs: 15, batch_size: 8, optimizer: {Adam: {learning_rate: 0.1}}}
"""
PHOTOS = """
archcli: 1
name: photos
data:
  source: {folder: photos}
  inputs: {photo: {image: {columns: file, height: 4, width: 4, color_mode: grayscale}}}
  targets: {shade: {category: class}}
model:
  layers: [Rescaling: {scale: 0.004}, Flatten, Dense: $classes]
train: {epochs: 15, batch_size: 8, optimizer: {Adam: {learning_rate: 0.1}}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run on a table, one on texts and one on images."""
    folder = tmp_path_factory.mktemp("predict")
    random = np.random.default_rng(0)
    rows = [(f"{a:.3f}", f"{b:.3f}", "Bonn" if a > 0 else "Ulm") for a, b in random.normal(size=(90, 2))]
    lines = [f"{a},{b},{town},{'high' if float(b) > 0 else 'low'},n{i}" for i, (a, b, town) in enumerate(rows)]
    (folder / "table.csv").write_text("\n".join(["a,b,town,kind,name", *lines]) + "\n", encoding="utf-8")
    said = [("good day", "glad"), ("bad day", "sad")] * 40
    (folder / "words.csv").write_text("said,mood\n" + "".join(f"{a},{b}\n" for a, b in said), encoding="utf-8")
    for shade, brightness in (("dark", 0), ("light", 200)):
        (folder / "photos" / shade).mkdir(parents=True)
        for number in range(20):
            Image.new("L", (5, 5), brightness + number).save(folder / "photos" / shade / f"{number}.png")
    for name, recipe in (("table", TABLE), ("words", WORDS), ("photos", PHOTOS)):
        (folder / f"{name}.yaml").write_text(recipe, encoding="utf-8")
        train(str(folder / f"{name}.yaml"), runs=folder / "runs", command="", progress=SilentProgress())
    (folder / "wrong.csv").write_text("a,b,town,name\n1,2,Bonn,p\nx,2,Ulm,q\n3,4,Rome,r\n5,6\n", encoding="utf-8")
    return folder


def table_of(text: str) -> list[dict[str, str]]:
    """Read a CSV."""
    return list(csv.DictReader(io.StringIO(text)))


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let standard input hold a text."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_raw_in_same_out(folder: Path, archcli: Archcli) -> None:
    """What is answered to a raw file is what `evaluate` scores, row by row in the order of the file."""
    told = table_of(archcli("predict", "table", "table.csv", "--id", "name", cwd=folder).out)
    scored = json.loads(archcli("evaluate", "table", "table.csv", "--json", cwd=folder).out)
    truth = table_of((folder / "table.csv").read_text(encoding="utf-8"))

    assert list(told[0]) == ["row", "name", "kind", "probability of high", "probability of low"]
    assert [row["row"] for row in told] == [str(number) for number in range(1, 91)]
    assert [row["name"] for row in told] == [row["name"] for row in truth]
    right = np.mean([a["kind"] == b["kind"] for a, b in zip(told, truth, strict=True)])
    assert right == pytest.approx(scored["scores"]["accuracy"])
    assert all(abs(float(row["probability of high"]) + float(row["probability of low"]) - 1) < 2e-6 for row in told)


def test_small_parts_give_the_same(folder: Path, archcli: Archcli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither how much is read at once nor how much is answered at once is seen in the answers."""
    whole = archcli("predict", "table", "table.csv", cwd=folder).out
    monkeypatch.setattr(predict, "MOST_ROWS", 7)
    monkeypatch.setattr(predict, "FIRST_ROWS", 2)

    assert archcli("predict", "table", "table.csv", cwd=folder).out == whole


def test_all_formats_say_the_same(folder: Path, archcli: Archcli) -> None:
    """The end of the output's name tells the format, or `--format`; `--json` is one document."""
    told = table_of(archcli("predict", "table", "table.csv", cwd=folder).out)
    document = json.loads(archcli("predict", "table", "table.csv", "--json", cwd=folder).out)
    for name in ("a.csv", "a.jsonl", "a.parquet", "a.tsv", "a.json"):
        done = archcli("predict", "table", "table.csv", "--output", name, cwd=folder)
        assert (done.status, done.out) == (0, f"wrote {name}: 90 answers\n")
    lines = archcli("predict", "table", "table.csv", "--format", "jsonl", cwd=folder).out.splitlines()

    assert [{key: str(value) for key, value in row.items()} for row in document] == told
    assert list(map(json.loads, lines)) == document
    assert (folder / "a.jsonl").read_text(encoding="utf-8").splitlines() == lines
    assert table_of((folder / "a.csv").read_text(encoding="utf-8")) == told
    assert json.loads((folder / "a.json").read_text(encoding="utf-8")) == document
    assert pq.read_table(folder / "a.parquet").to_pylist() == document
    assert table_of((folder / "a.tsv").read_text(encoding="utf-8").replace("\t", ",")) == told


def test_a_wrong_row_ends_it(folder: Path, archcli: Archcli) -> None:
    """Status 3, the row with its number and its place, and the file that was there before."""
    (folder / "kept.csv").write_text("before", encoding="utf-8")

    done = archcli("predict", "table", "wrong.csv", "--output", "kept.csv", cwd=folder)

    assert (done.status, done.out) == (3, "")
    assert done.err.splitlines()[:2] == [
        "error[ragged-row]: row 4 has the wrong number of cells: expected 4 as in the header, found 2",
        " --> wrong.csv:5:1",
    ]
    assert (folder / "kept.csv").read_text(encoding="utf-8") == "before"
    assert not list(folder.glob(".kept*"))


def test_wrong_rows_are_left_out_on_request(folder: Path, archcli: Archcli) -> None:
    """Each is said on standard error, and how many; a word that training did not know is answered."""
    done = archcli("predict", "table", "wrong.csv", "--on-error", "skip", "--id", "name", "--quiet", cwd=folder)

    assert done.status == 0
    assert [(row["row"], row["name"]) for row in table_of(done.out)] == [("1", "p"), ("3", "r")]
    assert done.err == (
        "left out: row 4 has the wrong number of cells: expected 4 as in the header, found 2 (wrong.csv:5:1) "
        "[ragged-row]\n"
        "left out: row 2 of column `a`: expected a number, found `x` (wrong.csv:3:1) [not-a-number]\n"
        "left out 2 of 4 rows, which have no answer\n"
    )


def test_nothing_left_to_answer(folder: Path, archcli: Archcli) -> None:
    """The columns are there all the same."""
    (folder / "all-wrong.csv").write_text("a,b,town,name\nx,2,Bonn,p\n", encoding="utf-8")

    done = archcli("predict", "table", "all-wrong.csv", "--on-error", "skip", "--id", "name", cwd=folder)
    counted = archcli(
        "predict", "table", "all-wrong.csv", "--on-error", "skip", "--output", "none.jsonl", "--json", cwd=folder
    )

    assert done.out == "row,name,kind,probability of high,probability of low\n"
    assert "left out 1 of 1 rows" in done.err
    data = json.loads(counted.out)
    assert (data["output"], data["answers"], data["left_out"]) == ("none.jsonl", 0, 1)
    assert (folder / "none.jsonl").read_text(encoding="utf-8") == ""


def test_nothing_left_to_answer_by_a_model_that_takes_no_empty_text(folder: Path, archcli: Archcli) -> None:
    """The columns are known without asking it."""
    recipe = WORDS.replace("GlobalAveragePooling1D", "GRU: 2").replace("name: words", "name: heard")
    (folder / "heard.yaml").write_text(recipe.replace("epochs: 15", "epochs: 1"), encoding="utf-8")
    train(str(folder / "heard.yaml"), runs=folder / "runs", command="", progress=SilentProgress())
    (folder / "silent.csv").write_text('said\n""\n', encoding="utf-8")

    done = archcli("predict", "heard", "silent.csv", "--on-error", "skip", cwd=folder)

    assert (done.status, done.out) == (0, "row,mood,probability of glad,probability of sad\n")


def test_standard_input(folder: Path, archcli: Archcli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A CSV, or lines of JSON where that is said."""
    expected = archcli("predict", "table", "table.csv", cwd=folder).out
    rows = table_of((folder / "table.csv").read_text(encoding="utf-8"))
    lines = [json.dumps({"a": float(row["a"]), "b": float(row["b"]), "town": row["town"]}) for row in rows]

    type_in(monkeypatch, (folder / "table.csv").read_text(encoding="utf-8"))
    as_csv = archcli("predict", "table", "-", cwd=folder)
    type_in(monkeypatch, "\n".join(lines))
    as_json = archcli("predict", "table", "-", "--input-format", "jsonl", cwd=folder)

    assert as_csv.out == as_json.out == expected
    assert as_csv.err == ""


def test_one_text_and_lines_of_text(folder: Path, archcli: Archcli) -> None:
    """On the command line, or in a file; a CSV does as well."""
    (folder / "new.txt").write_text("good day\n\nbad day\n", encoding="utf-8")

    one = archcli("predict", "words", "--text", "a good day", "--json", cwd=folder)
    lines = archcli("predict", "words", "new.txt", "--quiet", cwd=folder)

    assert [row["mood"] for row in json.loads(one.out)] == ["glad"]
    assert [(row["row"], row["mood"]) for row in table_of(lines.out)] == [("1", "glad"), ("2", "sad")]


def test_images(folder: Path, archcli: Archcli) -> None:
    """A folder, nested as in training or flat, or one image; each answer names its file."""
    (folder / "flat").mkdir(exist_ok=True)
    for name, brightness in (("a.png", 5), ("b.bmp", 210), ("c.jpg", 3)):
        Image.new("L", (9, 9), brightness).save(folder / "flat" / name)

    nested = table_of(archcli("predict", "photos", "photos", cwd=folder).out)
    flat = table_of(archcli("predict", "photos", "flat", cwd=folder).out)
    one = table_of(archcli("predict", "photos", "flat/b.bmp", cwd=folder).out)

    assert all(row["file"].split("/")[0] == row["shade"] for row in nested)
    assert [(row["file"], row["shade"]) for row in flat] == [("a.png", "dark"), ("b.bmp", "light"), ("c.jpg", "dark")]
    assert [(row["file"], row["shade"]) for row in one] == [("b.bmp", "light")]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("table.csv", "-o", "table.csv"), 2, "error[output-is-input]: the answers would take the place of the"),
        (("table.csv", "-o", "no/where.csv"), 4, "error[cannot-write]: `no/where.csv` cannot be written: no such file"),
        (("table.csv", "-o", "/dev/full"), 3, "error[cannot-write]: `/dev/full` cannot be written: no space left"),
        ((), 2, "give either a file with the inputs, or `--text`"),
        (("table.csv", "--format", "parquet"), 2, "a Parquet file is no text"),
        (("--text", "hello"), 3, "error[not-a-table]: `command line` is a text, and the model reads 3 columns"),
        (("table.csv", "--id", "nmae"), 3, "error[column-not-found]: `table.csv` has no column `nmae`, which `--id`"),
    ],
)
def test_what_cannot_be_done_is_said(
    folder: Path, archcli: Archcli, arguments: tuple[str, ...], status: int, said: str
) -> None:
    """By its own status, and nothing is written."""
    before = sorted(path.name for path in folder.iterdir())

    done = archcli("predict", "table", *arguments, cwd=folder)

    assert (done.status, done.out) == (status, "")
    assert said in " ".join(done.err.replace("│", "").split())
    assert sorted(path.name for path in folder.iterdir()) == before


def test_half_a_json_document_is_never_written(folder: Path, archcli: Archcli) -> None:
    """With `--json` standard output holds the answers, or the problems."""
    done = archcli("predict", "table", "wrong.csv", "--json", cwd=folder)

    assert done.status == 3
    assert [problem["code"] for problem in json.loads(done.out)["problems"]] == ["ragged-row"]


@contextmanager
def answering(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """Start `archcli predict table` on lines of JSON that are typed in."""
    command = [sys.executable, "-m", "archcli", "predict", "table", "-", "--input-format", "jsonl", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        process.stdin.write(b'{"a": 1, "b": 2, "town": "Bonn"}\n')
        process.stdin.flush()
        try:
            yield process, process.stdin
        finally:
            process.kill()


@pytest.mark.slow
def test_a_pipe_is_answered_before_it_ends_and_left_quietly(folder: Path) -> None:
    """The first answer comes while more may follow; whoever has had enough just goes."""
    with answering(folder) as (process, typed):
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"row,kind,probability of high,probability of low\n"
        assert process.stdout.readline().startswith(b"1,")
        process.stdout.close()
        typed.write(b'{"a": 1, "b": 2, "town": "Bonn"}\n')
        typed.flush()

        assert process.wait(PATIENCE_SECONDS) == 0
        assert process.stderr.read() == b""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing_behind(folder: Path, number: signal.Signals) -> None:
    """Neither a file nor half of one."""
    with answering(folder, "--output", "stopped.csv") as (process, _):
        assert process.stderr is not None
        while not any(path.stat().st_size for path in folder.glob(".stopped*")):
            with pytest.raises(subprocess.TimeoutExpired):  # it has not ended
                process.wait(0.1)
        process.send_signal(number)

        assert process.wait(PATIENCE_SECONDS) == 128 + number
        assert process.stderr.read() == b"interrupted; no file was written\n"
    assert not [path for path in folder.iterdir() if "stopped" in path.name]


def test_how_far_it_is_is_seen_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at once, not too often, and it is taken away."""
    written = io.StringIO()
    now = iter([0.0, 0.0, 0.5, 2.0, 2.1, 3.0])
    monkeypatch.setattr(written, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", written)
    reporter = Reporter(is_shown=True, clock=lambda: next(now))

    for answers in (10, 2000, 2500, 30000):
        reporter.count(answers)
    reporter.end()

    assert written.getvalue() == (
        "\r\x1b[2Kanswered 2,000 · 1,000 a second\r\x1b[2Kanswered 30,000 · 10,000 a second\r\x1b[2K"
    )


def test_few_of_many_rows_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Ten, and how many there are; what would move the cursor is written out."""
    place = Location(Source("new.csv"), 3, 2)
    reporter = Reporter(is_shown=True)

    reporter.tell([Problem("not-a-number", "row 1: found `\x1b`", place)])
    reporter.tell([Problem("not-a-number", f"row {row}") for row in range(2, 30)])
    reporter.close(PredictReport(Run(Path("runs/a/1-x"), "a", 1), 971, 29))

    told = capsys.readouterr().err.splitlines()
    assert told[0] == "left out: row 1: found `\\x1b` (new.csv:3:2) [not-a-number]"
    assert len(told) == 11
    assert told[-1] == "left out 29 of 1,000 rows, which have no answer"


def test_every_format_can_be_asked_for() -> None:
    """The options name what can be written and read."""
    assert set(predict_command.AnswerFormatOption) == {"csv", "tsv", "jsonl", "json", "parquet"}
    assert set(predict_command.InputFormatOption) == {"csv", "tsv", "jsonl", "txt", "parquet", "npz", "npy"}


@pytest.mark.parametrize(
    ("arguments", "suggested"),
    [
        (("table", "table.csv"), "archcli evaluate table/1 table.csv"),
        (("photos", "photos"), "archcli evaluate photos/1 photos"),
        (("photos", "alone"), None),  # in no folder of a class
        (("table", "asked.csv"), None),
        (("table", "wrong.csv", "--on-error", "skip"), None),
        (("table", "spoilt.csv", "--on-error", "skip"), None),
        (("words", "--text", "good day"), None),
    ],
)
def test_only_what_works_is_suggested(
    folder: Path, archcli: Archcli, arguments: tuple[str, ...], suggested: str | None
) -> None:
    """Examples can be scored where what is to be answered stands beside all of them, and none is left out."""
    first, *rows = (folder / "table.csv").read_text(encoding="utf-8").splitlines()
    asked = [",".join(line.split(",")[:3]) for line in (first, *rows)]
    (folder / "asked.csv").write_text("\n".join(asked) + "\n", encoding="utf-8")
    (folder / "spoilt.csv").write_text("\n".join([first, *rows, "x,2,Bonn,low,n"]) + "\n", encoding="utf-8")
    (folder / "alone").mkdir(exist_ok=True)
    Image.new("L", (5, 5), 9).save(folder / "alone" / "one.png")

    done = archcli("predict", *arguments, cwd=folder)

    assert done.status == 0
    said = [line.removeprefix("next: ") for line in done.err.splitlines() if line.startswith("next: ")]
    assert said == ([] if suggested is None else [suggested])
    if suggested is not None:
        assert archcli(*suggested.split()[1:], cwd=folder).status == 0


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="this system has no such name")
def test_the_name_of_standard_output_is_standard_output(folder: Path) -> None:
    """It is not replaced where it leads to a file: what was in the file before, and is written to it later, stays."""
    script = "echo before; {0} predict table asked.csv -q -o /dev/stdout; echo after"
    (folder / "asked.csv").write_text("a,b,town\n1,2,Bonn\n", encoding="utf-8")
    command = script.format(f"{sys.executable} -m archcli")

    with (folder / "log.txt").open("wb") as log:
        subprocess.run(["sh", "-c", command], stdout=log, cwd=folder, check=True)  # noqa: S607

    before, header, answer, after = (folder / "log.txt").read_text(encoding="utf-8").splitlines()
    assert (before, after) == ("before", "after")
    assert header.startswith("row,kind,")
    assert answer.startswith("1,")
