"""A stream that was written to a file is still called by its own name."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from archcli.data.questions.spooling import renamed, spooled
from archcli.errors import DataError, Location, Problem, Source


def test_problems_of_the_file_are_those_of_the_stream() -> None:
    """In the message and in the place; the file is gone at the end."""
    paths: list[Path] = []

    def read() -> None:
        with spooled(io.BytesIO(b"a,b\n"), "standard input", suffix=".tsv") as file:
            paths.append(file.path)
            text = file.path.read_text(encoding="utf-8").strip()
            place = Location(Source(str(file.path), text), 1)
            raise DataError(Problem("no-rows", f"`{file.path.name}` has no rows", place))

    with pytest.raises(DataError) as raised:
        read()

    assert raised.value.problems == (
        Problem("no-rows", "`standard input` has no rows", Location(Source("standard input", "a,b"), 1)),
    )
    assert not paths[0].parent.exists()


def test_other_files_keep_their_names() -> None:
    """Those that cells of the stream name."""
    problem = Problem("file-not-found", "there is no file `a.png`", Location(Source("b.csv"), 1))

    assert renamed(problem, {"c.csv": "standard input"}) == problem
