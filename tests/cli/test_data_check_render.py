"""How the report of `data check` looks on terminals of any width and in any encoding."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from archcli.cli.data_check_render import print_report, report_data
from archcli.commands.data_check import DataReport
from archcli.data.audit.auditing import Audit
from archcli.data.audit.finding import Finding
from archcli.data.audit.shares import Balance
from archcli.data.audit.summaries import Lengths, Summary
from archcli.data.audit.variables import Variable
from archcli.errors import Location, Problem, Source
from archcli.recipe.recipe import Data, Named, Split

PLACE = Location(Source("flats.yaml"), 1)


def _variable(name: str, kind: str, holds: Any, shape: tuple[int | None, ...] = (), role: Any = "input") -> Variable:
    return Variable(name, "table" if role == "input" else name, role, kind, holds, shape, {"training": np.zeros(4)})


REPORT = DataReport(
    Path("flats.yaml"),
    "flats",
    Data(Named("csv", {"path": "flats.csv", "delimiter": ";"}, PLACE), {}, {}, Split(0.1, 0.2, True, 7, PLACE), PLACE),
    Audit(
        {"training": 1400, "validation": 200, "test": 400},
        (
            Summary(_variable("living_area", "numeric", "numbers"), 2000, 3, 12.0, 71.25, 250.0),
            Summary(
                _variable("speed", "sequence", "numbers", (None,)), 2000, 0, -1.0, 0.5, 3.0, lengths=Lengths(2, 7, 9)
            ),
            Summary(
                _variable("heating", "category", "classes"), 2000, 0, different=3, most_frequent=("gas\nand oil", 9)
            ),
            Summary(
                _variable("kind", "category", "classes", (), "target"),
                2000,
                0,
                different=2,
                most_frequent=("flat", 1500),
            ),
        ),
        (
            Balance(
                "kind",
                ("flat", "house"),
                {"training": (1050, 350), "validation": (150, 50), "test": (300, 100)},
                {"training": 1400, "validation": 200, "test": 400},
                is_exclusive=True,
            ),
        ),
        (Finding(Problem("outliers", "`speed` is 9 in row 4", hint="a slip?"), ("speed",), (4,), 1),),
        "row",
    ),
)

PLAIN = """\
recipe    flats
source    csv, flats.csv, delimiter ;
examples  2,000: training 1,400, validation 200, test 400
split     by class, seed 7

column       as           type      shape  missing  minimum   mean  maximum  length
living_area  input table  numeric                3       12  71.25      250
speed        input table  sequence  steps        0       -1    0.5        3  2 to 9, median 7

column   as           type      missing  different  most frequent  times
heating  input table  category        0          3  gas and oil        9
kind     target       category        0          2  flat           1,500

kind   training               validation           test
flat   1,050  75.0% ████████  150  75.0% ████████  300  75.0% ████████
house    350  25.0% ██▋        50  25.0% ██▋       100  25.0% ██▋

warning[outliers]: `speed` is 9 in row 4
hint: a slip?

1 finding; for more: archcli explain outliers
"""

NARROW = """\
recipe    flats
source    csv, flats.csv, delimiter ;
examples  2,000: training 1,400,
          validation 200, test 400
split     by class, seed 7

living_area
  input table, numeric, missing 3,
  minimum 12, mean 71.25, maximum 250
speed
  input table, sequence, steps, missing
  0, minimum -1, mean 0.5, maximum 3,
  length 2 to 9, median 7

heating
  input table, category, missing 0,
  different 3, most frequent gas and
  oil, times 9
kind
  target, category, missing 0, different
  2, most frequent flat, times 1,500
"""


def _print(report: DataReport, encoding: str = "utf-8", **options: Any) -> str:
    written = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    print_report(report, Console(file=written, color_system=None, markup=False, **options))
    written.seek(0)
    return written.read()


def test_report_is_plain_where_there_is_no_terminal() -> None:
    """It does not depend on a width."""
    assert _print(REPORT, width=40) == PLAIN


def test_columns_are_sentences_on_a_narrow_terminal() -> None:
    """And the parts stand below each other."""
    shown = _print(REPORT, width=40, force_terminal=True)

    assert shown.startswith(NARROW)
    assert "kind    validation         \n" in shown


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    """Whatever its width."""
    shown = _print(REPORT, width=width, force_terminal=True)

    assert max(cell_len(line) for line in shown.splitlines()) <= width


def test_bars_need_no_unicode() -> None:
    """An encoding without blocks gets other marks."""
    shown = _print(REPORT, "ascii")

    assert "house    350  25.0% ###        50" in shown


def test_most_of_many_findings_and_columns_are_counted() -> None:
    """Five of a code, forty columns; the rest is in `--json`."""
    audit = REPORT.audit
    many = Audit(audit.examples, audit.summaries[:1] * 45, (), audit.findings * 7, "row")
    report = DataReport(REPORT.path, REPORT.recipe, REPORT.data, many)

    shown = _print(report)
    data: Any = report_data(report, "archcli train flats.yaml")

    assert "and 5 more columns, which --json shows\n" in shown
    assert shown.count("warning[outliers]") == 5
    assert shown.endswith("7 findings, 2 of them not shown but by --json; for more: archcli explain outliers\n")
    assert (len(data["columns"]), len(data["findings"])) == (45, 7)


def test_rarest_of_many_classes_are_shown() -> None:
    """The fifteen most frequent in training and the five rarest."""
    classes = tuple(f"c{index}" for index in range(30))
    balance = Balance("kind", classes, {"training": tuple(range(1, 31))}, {"training": 465}, is_exclusive=True)
    audit = Audit({"training": 465}, (), (balance,), (), "row")

    shown = _print(DataReport(REPORT.path, REPORT.recipe, REPORT.data, audit))

    listed = [line.split()[0] for line in shown.splitlines() if line.startswith("c")]
    assert listed == [f"c{index}" for index in (*range(29, 14, -1), 4, 3, 2, 1, 0)]
    assert "the 5 last are the rarest; 10 more between, which --json shows\n" in shown
    assert shown.endswith("nothing was found that needs a look\n")
