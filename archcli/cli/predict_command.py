"""`archcli predict`: answers to new examples, of a file, a text or standard input."""

from __future__ import annotations

import os
import shlex
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archcli.cli.lines import give_up_output, print_next
from archcli.cli.next_commands import called
from archcli.cli.options import DEFAULT_RUNS, AsJson, Quiet, RunArgument, RunsFolder
from archcli.cli.starting import start_long_work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archcli.commands.answer_files import AnswerFormat
    from archcli.commands.predict import PredictReport
    from archcli.data.questions.asked import Asked, Kind
    from archcli.errors import Problem

_STDIN = Path("-")
_STANDARD_OUTPUT = 1
_CALM_SECONDS = 1.0
_BETWEEN_SECONDS = 0.2
_CLEAR_LINE = "\r\x1b[2K"
_SHOWN = 10


class AnswerFormatOption(StrEnum):
    """The formats of answers."""

    csv = "csv"
    tsv = "tsv"
    jsonl = "jsonl"
    json = "json"
    parquet = "parquet"


class InputFormatOption(StrEnum):
    """The formats of examples."""

    csv = "csv"
    tsv = "tsv"
    jsonl = "jsonl"
    txt = "txt"
    parquet = "parquet"
    npz = "npz"
    npy = "npy"


class OnErrorOption(StrEnum):
    """What becomes of an example that cannot be used."""

    stop = "stop"
    skip = "skip"


DataArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="DATA",
        help="The raw inputs: CSV, TSV, Parquet, NPZ, NPY, JSON lines, text lines, an image, a folder; `-` is "
        "standard input.",
        show_default=False,
    ),
]
TextOption = Annotated[
    str | None, typer.Option("--text", "-t", help="Answer this text in place of a file.", show_default=False)
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write the answers to this file.", show_default=False)
]
FormatOption = Annotated[
    AnswerFormatOption | None,
    typer.Option("--format", "-f", help="The format of the answers; left out: told by the output's name, or CSV."),
]
ReadAsOption = Annotated[
    InputFormatOption | None,
    typer.Option("--input-format", help="The format of the data; left out: told by its name, or CSV."),
]
OnError = Annotated[
    OnErrorOption, typer.Option("--on-error", help="`skip` leaves rows out that cannot be used, and reports them.")
]
IdOption = Annotated[
    str | None, typer.Option("--id", metavar="COLUMN", help="Carry this column along.", show_default=False)
]


def predict(
    run: RunArgument,
    data: DataArgument = None,
    *,
    text: TextOption = None,
    output: OutputOption = None,
    written_as: FormatOption = None,
    read_as: ReadAsOption = None,
    on_error: OnError = OnErrorOption.stop,
    id_column: IdOption = None,
    runs: RunsFolder = DEFAULT_RUNS,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Answer new examples with the saved model of a run; CSV on standard output."""
    if (data is None) == (text is None):
        raise typer.BadParameter("give either a file with the inputs, or `--text`", param_hint="DATA")
    chosen = _choose_format(output, written_as, as_json=as_json)
    if chosen == "parquet" and output is None:
        raise typer.BadParameter("a Parquet file is no text: name it with `--output`", param_hint="--format")
    start_long_work()
    from archcli.data.questions.asked import Asked

    stream = sys.stdin.buffer if data == _STDIN else None
    path = None if stream is not None else data
    asked = Asked(path, text, stream, _kind(read_as), id_column, leaves_out=on_error is OnErrorOption.skip)
    to = None if output is None or _is_standard_output(output) else output
    report = _answer(run, asked, to, chosen, runs=runs, quiet=quiet)
    if report is not None:
        _print_end(report, asked, to, runs, as_json=as_json, quiet=quiet)


def _answer(
    run: str, asked: Asked, output: Path | None, written_as: AnswerFormat, *, runs: Path, quiet: bool
) -> PredictReport | None:
    """Answer, and say what is left out; None: whoever reads the answers has had enough of them."""
    from archcli.commands.predict import Delivery
    from archcli.commands.predict import predict as run_predict

    sys.stdout.flush()
    reporter = Reporter(is_shown=not quiet and (output is not None or not sys.stdout.isatty()))
    delivery = Delivery(sys.stdout.buffer if output is None else output, written_as, reporter.tell, reporter.count)
    try:
        report = run_predict(run, asked, delivery, runs=runs)
    except BrokenPipeError:
        give_up_output()
        return None
    except BaseException:
        reporter.end()
        if output is None:
            give_up_output()
        raise
    reporter.end()
    reporter.close(report)
    return report


def _is_standard_output(output: Path) -> bool:
    """Tell whether a path, such as `/dev/stdout`, is what standard output leads to already."""
    try:
        return os.path.samestat(output.stat(), os.fstat(_STANDARD_OUTPUT))
    except OSError:
        return False


class Reporter:
    """Writes to standard error how far answering is, on a terminal, and which rows are left out."""

    def __init__(self, *, is_shown: bool, clock: Callable[[], float] = time.monotonic) -> None:
        """Show how far it is if that `is_shown` and there is a terminal; `clock` gives seconds."""
        self._is_shown, self._clock = is_shown and sys.stderr.isatty(), clock
        self._began, self._next = clock(), clock() + _CALM_SECONDS
        self._is_line_open = False
        self._told = 0

    def count(self, answers: int) -> None:
        """Show how many examples are answered, not before a second and not too often."""
        now = self._clock()
        if not self._is_shown or now < self._next:
            return
        self._next, self._is_line_open = now + _BETWEEN_SECONDS, True
        sys.stderr.write(f"{_CLEAR_LINE}answered {answers:,} · {answers / (now - self._began):,.0f} a second")
        sys.stderr.flush()

    def tell(self, problems: Sequence[Problem]) -> None:
        """Write what is wrong with rows that are left out, a line for each."""
        from archcli.cli.render import escape_controls

        self.end()
        for problem in problems[: _SHOWN - self._told]:
            where = problem.location
            place = "" if where is None else f" ({where.source.name}:{where.line}:{where.column})"
            sys.stderr.write(f"left out: {escape_controls(problem.message + place)} [{problem.code}]\n")
            self._told += 1

    def close(self, report: PredictReport) -> None:
        """Write how many rows were left out, if any was."""
        if report.left_out:
            total = report.answers + report.left_out
            sys.stderr.write(f"left out {report.left_out:,} of {total:,} rows, which have no answer\n")

    def end(self) -> None:
        """Take the line away that shows how far it is."""
        if self._is_line_open:
            sys.stderr.write(_CLEAR_LINE)
            sys.stderr.flush()
        self._is_line_open = False


def _choose_format(output: Path | None, written_as: AnswerFormatOption | None, *, as_json: bool) -> AnswerFormat:
    if written_as is not None:
        return written_as.value
    if output is None:
        return "json" if as_json else "csv"
    endings: dict[str, AnswerFormat] = {
        **{f".{option.value}": option.value for option in AnswerFormatOption},
        ".ndjson": "jsonl",
        ".pq": "parquet",
        ".tab": "tsv",
    }
    return endings.get(output.suffix.lower(), "csv")


def _kind(read_as: InputFormatOption | None) -> Kind | None:
    return None if read_as is None else read_as.value


def _print_end(
    report: PredictReport, asked: Asked, output: Path | None, runs: Path, *, as_json: bool, quiet: bool
) -> None:
    if output is not None and as_json:
        from archcli.cli.render import open_console, print_json

        data = {"run": str(report.run.path), "output": str(output), "answers": report.answers}
        print_json({**data, "left_out": report.left_out}, open_console())
    elif output is not None and not quiet:
        sys.stdout.write(f"wrote {output}: {report.answers:,} answers\n")
    if asked.path is not None and report.can_be_scored:
        again = f"archcli evaluate {called(report.run.path, runs)} {shlex.quote(str(asked.path))}"
        print_next(again, quiet=quiet or as_json)
