"""Data of each source, looked through: which columns there are, and what is found in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from archcli.data.audit.auditing import Audit, audit_dataset
from archcli.data.audit.naming import name_examples
from archcli.data.audit.variables import list_variables
from archcli.data.dataset import load_dataset
from archcli.recipe.recipe import Data

Section = Callable[..., Data]


def _codes(audit: Audit) -> list[str]:
    return [found.problem.code for found in audit.findings]


@pytest.fixture
def audit(section: Section) -> Callable[..., Audit]:
    """Read a data section and look through it."""

    def run(*arguments: Any, **split: Any) -> Audit:
        return audit_dataset(load_dataset(section(*arguments, **split), batch_size=1))

    return run


def test_columns_of_a_table_are_told_apart(section: Section, tmp_path: Path) -> None:
    """Numbers, categories, texts and several side by side, one each, as the file calls them."""
    (tmp_path / "a.csv").write_text(
        "rooms,area,city,say,kind,price,size\n2,30,Ulm,a b,x,1,2\n,40,,b,y,2,3\n4,50,Bonn,c,x,3,4\n", encoding="utf-8"
    )
    inputs = {
        "table": [
            ("numeric", {"columns": ("rooms", "area"), "missing": "median"}),
            ("category", {"columns": "city", "missing": "most_frequent"}),
        ],
        "words": ("text", {"columns": "say"}),
    }
    targets = {"kind": ("category", {}), "both": ("number", {"columns": ("price", "size")})}
    data = section("csv", {"path": str(tmp_path / "a.csv")}, inputs, targets)

    listed = list_variables(load_dataset(data, batch_size=1))

    told = [(one.name, one.owner, one.role, one.kind, one.holds, one.count_missing("training")) for one in listed]
    assert told == [
        ("rooms", "table", "input", "numeric", "numbers", 1),
        ("area", "table", "input", "numeric", "numbers", 0),
        ("city", "table", "input", "category", "classes", 1),
        ("say", "words", "input", "text", "texts", 0),
        ("kind", "kind", "target", "category", "classes", 0),
        ("price", "both", "target", "number", "numbers", 0),
        ("size", "both", "target", "number", "numbers", 0),
    ]


def test_sequences_have_lengths_and_nothing_missing(audit: Callable[..., Audit], tmp_path: Path) -> None:
    """What follows their end is no missing value."""
    lines = [
        f"{name},{step},{label}" for name, length, label in (("p", 3, "u"), ("q", 1, "v")) for step in range(length)
    ]
    (tmp_path / "a.csv").write_text("id,x,kind\n" + "\n".join(lines) + "\n", encoding="utf-8")
    source = {"path": str(tmp_path / "a.csv"), "id": "id"}

    found = audit("csv", source, {"x": ("sequence", {})}, {"kind": ("category", {})})

    steps = found.summaries[0]
    assert (steps.missing, steps.minimum, steps.maximum, steps.mean) == (0, 0, 2, 0.75)
    assert steps.lengths is not None
    assert (steps.lengths.least, steps.lengths.median, steps.lengths.most, found.noun) == (1, 2, 3, "sequence")


def test_rows_of_a_series_in_disorder_are_found(audit: Callable[..., Audit], tmp_path: Path) -> None:
    """By the rows that stand after a later one; windows are windows."""
    days = [1, 2, 5, 3, 4, *range(6, 40)]
    lines = [f"{date(2024, 1, 1) + timedelta(days=day)},{day * day}" for day in days]
    (tmp_path / "a.csv").write_text("day,x\n" + "\n".join(lines) + "\n", encoding="utf-8")
    source = {"path": str(tmp_path / "a.csv"), "time": "day"}

    found = audit("csv", source, {"x": ("series", {"window": 4})}, {"next": ("series", {"columns": "x", "horizon": 1})})

    assert found.noun == "window"
    assert [(one.problem.code, one.problem.message) for one in found.findings] == [
        ("not-in-order", "2 of 39 rows stand after a later `day`: rows 4 and 5")
    ]


def test_pictures_of_a_folder_are_named_by_their_files(audit: Callable[..., Audit], tmp_path: Path) -> None:
    """Blank ones, different sizes, and one that is in two folders."""
    drawn = np.random.default_rng(0).integers(0, 255, (6, 12, 12), dtype=np.uint8)
    drawn[4] = 0
    drawn[5] = drawn[0]
    for index, picture in enumerate(drawn):
        folder = tmp_path / "photos" / ("cats" if index < 3 else "dogs")
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture[: 12 if index else 6]).save(folder / f"{index}.png")
    Image.fromarray(drawn[0][:6]).save(tmp_path / "photos" / "dogs" / "5.png")
    image = ("image", {"columns": "file", "height": 12, "width": 12, "color_mode": "grayscale"})

    found = audit("folder", {"path": str(tmp_path / "photos")}, {"photo": image}, {"class": ("category", {})})

    told = {one.problem.code: one.problem.message for one in found.findings}
    assert sorted(told) == ["blank-example", "contradicting-examples", "different-sizes"]
    assert told["blank-example"].endswith("in `dogs/4.png`")
    assert told["contradicting-examples"].endswith("different `class`: `cats/0.png` and `dogs/5.png`")


def test_labels_at_each_step_and_several_labels_are_counted(audit: Callable[..., Audit], tmp_path: Path) -> None:
    """A step without a label counts for nothing; an example without any of several labels is missing."""
    np.savez(tmp_path / "a.npz", x=np.arange(12.0).reshape(4, 3), tag=[[0, 1, -1], [1, 1, -1], [0, 0, 0], [1, 0, 1]])
    steps = audit("npz", {"path": str(tmp_path / "a.npz")}, {"x": ("numeric", {})}, {"tag": ("category", {})})
    (tmp_path / "a.csv").write_text('x,tags\n1,"p,q"\n2,\n3,q\n', encoding="utf-8")
    several = audit("csv", {"path": str(tmp_path / "a.csv")}, {"x": ("numeric", {})}, {"tags": ("multilabel", {})})

    assert steps.balances[0].counts == {"training": (5, 5)}
    assert steps.summaries[1].most_frequent == ("0", 5)
    assert several.balances[0].counts == {"training": (1, 2)}
    assert (several.summaries[1].missing, several.summaries[1].most_frequent) == (1, ("q", 2))


def test_clean_data_have_no_findings(audit: Callable[..., Audit]) -> None:
    """Fisher's flowers have but one: two plants of equal measures."""
    columns = ("sepal_length", "sepal_width", "petal_length", "petal_width")
    inputs = {"all": ("numeric", {"columns": columns})}

    found = audit("iris", {}, inputs, {"species": ("category", {})}, stratify=True, test=0.2)

    assert set(_codes(found)) <= {"duplicate-examples", "leak-between-parts"}
    assert sum(found.examples.values()) == 150


@pytest.mark.parametrize(
    ("source", "arguments", "inputs", "noun"),
    [
        ("csv", {"path": "a.csv"}, {"x": ("numeric", {})}, "row"),
        ("csv", {"path": "a.csv", "id": "i"}, {"x": ("sequence", {})}, "sequence"),
        ("csv", {"path": "a.csv"}, {"x": ("series", {"window": 3})}, "window"),
        ("digits", {}, {"x": ("numeric", {})}, "example"),
    ],
)
def test_examples_are_called_as_they_stand(
    section: Section, source: str, arguments: Any, inputs: Any, noun: str
) -> None:
    """Rows, sequences, windows; what is built in has examples."""
    assert name_examples(section(source, arguments, inputs, {"y": ("number", {})})).noun == noun


def test_outlier_of_a_series_is_told_of_by_its_row(audit: Callable[..., Audit], tmp_path: Path) -> None:
    """Not by all the windows that it is in."""
    numbers = [*range(30), -999, *range(30)]
    (tmp_path / "a.csv").write_text("x\n" + "\n".join(map(str, numbers)) + "\n", encoding="utf-8")

    found = audit(
        "csv", {"path": "a.csv"}, {"x": ("series", {"window": 4})}, {"y": ("series", {"columns": "x", "horizon": 1})}
    )

    told = [one.problem.message for one in found.findings if one.problem.code == "outliers"]
    assert told == ["`x` is -999 in row 31, and half of all are between 7 and 22"]
