"""The head of a `.ts` file."""

from __future__ import annotations

from pathlib import Path

import pytest

from archcli.errors import DataError
from archcli.recipe.ts_header import locate_in_line, parse_ts_header, read_ts_header

HEAD = "#a comment\n@problemName Moves\n@TIMESTAMPS false\n@dimensions 3\n@classLabel true a b\n\n@data\n"


def parse(text: str) -> object:
    """Parse the lines of a file."""
    return parse_ts_header(Path("moves.ts"), text.splitlines(keepends=True))


def test_columns_are_all_values_each_dimension_and_the_label(tmp_path: Path) -> None:
    """However keys are written; comments and empty lines do not count."""
    (tmp_path / "moves.ts").write_text(HEAD + "1:2:3:a\n")

    header = read_ts_header(tmp_path / "moves.ts")

    assert (header.line, header.dimensions, header.classes) == (7, 3, ("a", "b"))
    assert header.columns == ("values", "dim_0", "dim_1", "dim_2", "class")


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("@data\n1,2\n", ("values", "dim_0")),
        ("@classLabel true a\n@data\n1,2:3,4:a\n", ("values", "dim_0", "dim_1", "class")),
        (
            "@timeStamps true\n@classLabel true a\n@data\n(2004-10-01 00:00:00,8):(2004-10-01 00:00:00,9):a\n",
            ("values", "dim_0", "dim_1", "elapsed", "class"),
        ),
        ("@classLabel false\n@targetLabel true\n@data\n1,2:5\n", ("values", "dim_0", "target")),
    ],
)
def test_dimensions_that_are_not_said_are_counted(text: str, columns: tuple[str, ...]) -> None:
    """In the first example."""
    header = parse_ts_header(Path("moves.ts"), text.splitlines(keepends=True))

    assert header.columns == columns


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (
            "@dimensions 2\n",
            "not-a-ts",
            "`moves.ts` has no line `@data`, expected a `.ts` file of the UEA and UCR archives",
        ),
        (
            "a,b,c\n1,2,3\n",
            "not-a-ts",
            "expected a line such as `@problemName ...`, or `@data` before the examples, found `a,b,c`",
        ),
        ("@dimensions two\n@data\n1\n", "not-a-ts", "`@dimensions` wants a whole number from 1, found `two`"),
        ("@data\n\n", "no-rows", "`moves.ts` has no line below `@data`, expected examples"),
    ],
)
def test_a_head_that_cannot_be_used(text: str, code: str, message: str) -> None:
    """Where it stands."""
    with pytest.raises(DataError) as raised:
        parse(text)

    (problem,) = raised.value.problems
    assert (problem.code, problem.message) == (code, message)
    assert problem.location is not None


def test_a_long_line_is_not_shown() -> None:
    """Its place is."""
    place = locate_in_line(Path("moves.ts"), 7, "1," * 1000, 20, 22)

    assert (place.line, place.column, place.source.line(7)) == (7, 21, "")
