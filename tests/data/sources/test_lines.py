"""A file of lines: a label, a tab, and the text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archcli.data.dataset import Dataset, load_dataset
from archcli.data.faults import Faults
from archcli.data.sources.lines import open_lines
from archcli.errors import DataError
from archcli.recipe.recipe import Data

Section = Callable[..., Data]
Shown = Callable[..., str]


def write(content: str | bytes) -> Path:
    """Write a file into the folder the test stands in."""
    path = Path("said.txt").absolute()
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def load(section: Section, content: str | bytes) -> Dataset:
    """Load texts and their classes."""
    data = section("lines", {"path": str(write(content))}, {"said": ("text", {})}, {"kind": ("category", {})})
    return load_dataset(data, batch_size=1)


def test_what_stands_before_the_tab_is_the_label(section: Section) -> None:
    """All after it is the text, other tabs too; empty lines do not count."""
    dataset = load(section, "good\tso it is\r\n\nbad\tno \t, not so\ngood\tyes")

    assert dataset.facts.targets["kind"].classes == ("bad", "good")
    assert dataset.training.inputs["said"].ravel().tolist() == ["so it is", "no \t, not so", "yes"]
    assert dataset.training.targets["kind"].tolist() == [1, 0, 1]


def test_a_file_without_tabs_is_texts_alone() -> None:
    """As new ones are that are to be answered."""
    table = open_lines(write("so it is\n\nnot so\n"))

    assert list(table.texts("text", Faults())) == ["so it is", "not so"]
    assert "label" not in table.table.arrays


def test_a_line_without_a_label(section: Section, shown: Shown) -> None:
    """Each is shown where it stands."""
    assert shown(DataError, load, section, "good\tso\nmore\nbad\tno\n") == (
        """\
error[no-label]: line 2 has no tab, expected a label, a tab, and the text
 --> said.txt:2:1
  |
2 | more
  | ^^^^
hint: put the label and a tab before it, or leave the line out
"""
    )


def test_an_empty_text_is_shown_at_its_line(section: Section, shown: Shown) -> None:
    """Rows count examples, places count lines."""
    assert shown(DataError, load, section, "good\tso\n\nbad\t\n").startswith(
        "error[missing-value]: row 2 of column `text` is empty, expected a text\n --> said.txt:3:1\n"
    )


@pytest.mark.parametrize(
    ("content", "code"), [(b"\xe4\tb\n", "not-utf8"), (b"", "empty-file"), (b"\t\n \n", "no-rows")]
)
def test_a_file_that_cannot_be_read(section: Section, shown: Shown, content: bytes, code: str) -> None:
    """Another encoding, nothing at all, nothing but blanks."""
    assert shown(DataError, load, section, content).startswith(f"error[{code}]: ")
