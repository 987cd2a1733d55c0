"""The report of `evaluate`: plain tables, and on a narrow terminal a few lines for each row."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from rich.console import Console

from archcli.cli.evaluate_render import print_report
from archcli.commands.assessing import assess
from archcli.commands.baselines import simple_baselines
from archcli.commands.evaluate import EvaluateReport
from archcli.commands.mistakes import Mistake
from archcli.commands.scored import Scored
from archcli.commands.scores import score_answers
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.runs.directory import Run

INPUTS = {"past": InputFacts("past", (3, 1), ("load",), kind="series")}


def written(report: EvaluateReport, *, width: int | None = None) -> str:
    """Print to a terminal so wide, or to none."""
    console = Console(
        file=io.StringIO(), width=width, force_terminal=width is not None, color_system=None, legacy_windows=False
    )
    print_report(report, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _report() -> EvaluateReport:
    genres = TargetFacts("genres", "multilabel", (2,), ("genres",), ("love", "space"), (80, 10), separator="|")
    scored = Scored(INPUTS, {"genres": genres})
    truth = np.array([[1, 0], [1, 1], [0, 0], [1, 0]])
    told = np.array([[0.9, 0.2], [0.8, 0.3], [0.3, 0.1], [0.7, 0.6]], "float32")
    part = score_answers({"genres": told}, {"genres": truth}, scored, part="test")
    assessed = assess(part, simple_baselines(part, {}, scored, means={}, examples=100))
    assessed = type(assessed)(
        part,
        assessed.baselines,
        {"f1_micro": (0.5, 1.0)},
        ("a note",),
        {"genres": (Mistake(2, (), None, "love|space", "love", 0.7),)},
    )
    return EvaluateReport(Run(Path("runs/films/1"), "films", 1), assessed, Path("runs/films/1/evaluations/1-test"))


def test_without_a_terminal_there_are_tables() -> None:
    """Several labels an example are labels, not classes."""
    assert written(_report()) == (
        "test  4 examples\n"
        "\n"
        "score             model     95 % interval  majority_class\n"
        "f1_micro         0.7500  [0.5000, 1.0000]          0.7500\n"
        "f1_macro         0.5000                            0.4286\n"
        "subset_accuracy  0.5000                            0.5000\n"
        "hamming_loss     0.2500                            0.2500\n"
        "roc_auc          0.8333                            0.5000\n"
        "pr_auc           0.7500                            0.5000\n"
        "\n"
        "label  precision  recall      f1  roc_auc  pr_auc  examples\n"
        "love      1.0000  1.0000  1.0000   1.0000  1.0000         3\n"
        "space     0.0000  0.0000  0.0000   0.6667  0.5000         1\n"
        "\n"
        "worst: row  true        told  confidence\n"
        "         2  love|space  love      0.7000\n"
        "\n"
        "note  a note\n"
        "kept  runs/films/1/evaluations/1-test\n"
    )


def test_a_narrow_terminal_gets_lines_that_fit() -> None:
    """Nothing is folded letter by letter."""
    shown = written(_report(), width=40)

    assert max(map(len, shown.splitlines())) <= 40
    assert (
        "score f1_micro\n  model           0.7500\n  95 % interval   [0.5000, 1.0000]\n  majority_class  0.7500\n"
    ) in "\n".join(line.rstrip() for line in shown.splitlines())


def test_steps_ahead_have_a_row_each() -> None:
    """With the error of who only says the last value again."""
    target = TargetFacts("next", "number", (2,), ("load",), is_series=True)
    scored = Scored(INPUTS, {"next": target})
    truth = np.arange(1.0, 9.0).reshape(4, 2)
    part = score_answers({"next": truth + 1}, {"next": truth}, scored, part="test")
    baselines = simple_baselines(part, {"past": np.zeros((4, 3, 1))}, scored, means={}, examples=9)
    report = EvaluateReport(Run(Path("runs/load/1"), "load", 1), assess(part, baselines), None)

    lines = written(report).splitlines()

    at = lines.index("step      r2     mae    rmse  persistence mae")
    assert lines[at + 1 : at + 3] == [
        "   1  0.8000  1.0000  1.0000           4.0000",
        "   2  0.8000  1.0000  1.0000           5.0000",
    ]


def test_of_very_many_classes_the_worst_are_shown() -> None:
    """Those without examples last; how many are not shown is said."""
    names = tuple(f"class {number:02}" for number in range(50))
    scored = Scored(INPUTS, {"kind": TargetFacts("kind", "category", (), ("kind",), names, (1,) * 50)})
    truth = np.arange(12, 50)
    part = score_answers({"kind": np.eye(50, dtype="float32")[truth - 1]}, {"kind": truth}, scored, part="test")

    lines = written(EvaluateReport(Run(Path("runs/kinds/1"), "kinds", 1), assess(part, {}), None)).splitlines()

    at = next(number for number, line in enumerate(lines) if line.startswith("class "))
    assert [line.split()[1] for line in lines[at + 1 : at + 41]] == [*map(str, range(12, 50)), "00", "01"]
    assert lines[at + 41] == "the 40 of 50 with the lowest f1"
