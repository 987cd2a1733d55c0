"""How the report of `data preview` looks on terminals of any width and in any encoding."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from archcli.cli.data_preview_render import preview_report_data, print_preview
from archcli.commands.data_preview import PartPreview, PreviewReport
from archcli.commands.preview_fields import Field
from archcli.data.audit.naming import RowNames

STEPS = np.array([0.0, 1.0, 2.0, 3.0, np.nan])
PICTURE = np.arange(64.0).reshape(8, 8, 1)

REPORT = PreviewReport(
    "flats",
    RowNames("row"),
    {
        "training": PartPreview(
            90,
            (1, 57),
            (
                Field("area", "input", "numeric", (np.array(71.5), np.array(np.nan)), (np.array(0.25), np.array(0.0))),
                Field("rooms", "input", "numeric", (np.array(2.0), np.array(3.0)), (np.array(2.0), np.array(3.0))),
                Field("city", "input", "category", ("Ulm", ""), (np.array([0, 0, 1]), np.array([0, 1, 0]))),
                Field("street", "input", "category", ("Am Ring", "Weg"), (np.eye(40)[7], np.eye(40)[0])),
                Field("say", "input", "text", ("warm  and\ndry", "wet"), (np.array([2, 3, 4]), np.array([5, 0, 0]))),
                Field("speed", "input", "sequence", (STEPS, STEPS[:2]), (STEPS / 2, STEPS[:2] / 2)),
                Field("photo", "input", "image", (PICTURE,) * 2, (PICTURE / 63,) * 2, (PICTURE,) * 2),
                Field("kind", "target", "category", ("flat", "house"), (np.array(0), np.array(1))),
            ),
            Path("flats-preview/training.png"),
        )
    },
    Path("flats-preview"),
)

PLAIN = """\
training: 2 of 90 examples
column                          row 1              row 57
area                      71.5 → 0.25               - → 0
rooms                               2                   3
city                      Ulm → 0 0 1           - → 0 1 0
street         Am Ring → 1 at 7 of 40  Weg → 1 at 0 of 40
kind (target)                flat → 0           house → 1

say (text)
row 1   warm and dry
        → 2 3 4
row 57  wet
        → 5 0 0

speed (sequence)
row 1   ▁▃▆█ 0 to 3, 4 steps
        → 0 0.5 1 1.5 -
row 57  ▁█ 0 to 1, 2 steps
        → 0 0.5

photo (image): 8 x 8 x 1, 0 to 63 → 0 to 1
pictures: flats-preview/training.png
"""


def _print(encoding: str = "utf-8", **options: Any) -> str:
    written = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    print_preview(REPORT, Console(file=written, color_system=None, markup=False, **options))
    written.seek(0)
    return written.read()


def test_examples_are_plain_where_there_is_no_terminal() -> None:
    """Small values in a table, long ones on lines of their own, what the network gets behind an arrow."""
    assert _print(width=40) == PLAIN


@pytest.mark.parametrize("width", [40, 60, 100])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    """Where not all examples fit side by side, they stand below each other."""
    shown = _print(width=width, force_terminal=True)

    assert max(cell_len(line) for line in shown.splitlines()) <= width
    assert shown.count("column") == (2 if width == 40 else 1)


def test_lines_need_no_unicode() -> None:
    """An encoding without blocks and arrows gets digits and dashes."""
    shown = _print("ascii")

    assert "row 1   0369 0 to 3, 4 steps\n        -> 0 0.5 1 1.5 -\n" in shown


def test_examples_as_data_hold_all_but_large_arrays() -> None:
    """Of these they tell the shape and the range."""
    data: Any = preview_report_data(REPORT, "archcli train flats.yaml")

    first = {column["column"]: column for column in data["parts"]["training"]["shown"][0]["columns"]}
    assert (data["folder"], data["parts"]["training"]["pictures"]) == ("flats-preview", "flats-preview/training.png")
    assert (first["area"]["raw"], first["area"]["network"]) == (71.5, 0.25)
    assert (first["say"]["raw"], first["say"]["network"]) == ("warm  and\ndry", [2, 3, 4])
    assert first["photo"]["raw"] == PICTURE.tolist()
