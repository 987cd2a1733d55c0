"""What `check` reads of a data file: its header, and nothing that is not there."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import run
from typing import Any

import pytest

from archcli.cli.render import render_problem
from archcli.errors import ArchcliError, DataError, Location, Source
from archcli.recipe.headers import find_column_problems, read_array_names, read_header, read_text
from archcli.recipe.recipe import Data, Named, Split

RECIPE = Source("recipe.yaml", "data:\n  source: {csv: flats.csv}\n  inputs: {x: {numeric: [rooms, aera, age]}}\n")
PLACE = Location(RECIPE, 2, 17)


@pytest.fixture(autouse=True)
def _in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in the folder of the data files, so that messages hold their names alone."""
    monkeypatch.chdir(tmp_path)


def shown(function: Callable[..., object], *arguments: Any, **options: Any) -> str:
    """Call what must fail and return its problems as they are shown."""
    with pytest.raises(ArchcliError) as raised:
        function(*arguments, **options)
    assert type(raised.value) is DataError
    return "\n\n".join(render_problem(problem).plain for problem in raised.value.problems) + "\n"


def write(content: str | bytes, name: str = "flats.csv") -> Path:
    """Write a file into the folder the test stands in."""
    path = Path.cwd() / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def make_data(path: Path, columns: tuple[str, ...], **more: str) -> Data:
    """Return a data section that reads `columns` of a file."""
    source = Named(path.suffix[1:], {"path": str(path), **more}, PLACE, {"path": PLACE})
    x = Named("numeric", {"columns": columns}, Location(RECIPE, 3, 16), {"columns": Location(RECIPE, 3, 25)})
    return Data(source, {"x": x}, {}, Split(0, 0, False, 0, PLACE), PLACE)


@pytest.mark.parametrize(
    ("content", "delimiter", "names"),
    [
        ("a,b\n1,2\n", ",", ("a", "b")),
        ("\ufeffa,b\r\n", ",", ("a", "b")),
        ("a", ",", ("a",)),
        ("a;b,c\n", ";", ("a", "b,c")),
        ('"Age (years)","say ""hi"", you","two\nlines"\n1,2,3\n', ",", ("Age (years)", 'say "hi", you', "two\nlines")),
        ("a,b,\n1,2,\n", ",", ("a", "b", "")),
        ("größe,年\n1,2\n", ",", ("größe", "年")),
    ],
)
def test_names_of_columns(content: str, delimiter: str, names: tuple[str, ...]) -> None:
    """As written, without quotes and byte-order mark."""
    assert read_header(write(content), delimiter).names == names


def test_bytes_further_down_do_not_matter_to_the_header() -> None:
    """A check reads the header alone."""
    assert read_header(write(b"a,b\n\xff,2\n")).names == ("a", "b")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            b"",
            "error[empty-file]: `flats.csv` is empty\n{place}hint: see whether it was saved, or copied, to its end\n",
        ),
        (
            b"\xef\xbb\xbf \r\n",
            (
                "error[empty-file]: `flats.csv` is empty, expected a CSV\n{place}"
                "hint: see whether it was saved, or copied, to its end\n"
            ),
        ),
        (
            b"\na,b\n1,2\n",
            "error[no-header]: the first line of `flats.csv` is empty, expected the names of the columns\n{place}",
        ),
        (
            b"PK\x03\x04 xl/workbook.xml",
            (
                "error[not-a-csv]: `flats.csv` is a zip archive or a spreadsheet, expected a CSV\n{place}"
                "hint: save it as CSV, or read arrays with `npz`\n"
            ),
        ),
        (
            b"PAR1....",
            (
                "error[not-a-csv]: `flats.csv` is a Parquet file, expected a CSV\n{place}"
                "hint: write `source: {{parquet: flats.csv}}`\n"
            ),
        ),
        (
            b"\x1f\x8b\x08...",
            (
                "error[not-a-csv]: `flats.csv` is compressed by gzip, expected a CSV\n{place}"
                "hint: unpack it first: `gunzip < flats.csv > flats-plain.csv`\n"
            ),
        ),
        (
            b"a,b\n1,\x00\n",
            (
                "error[not-a-csv]: `flats.csv` is a binary file, expected a CSV\n{place}"
                "hint: export the table as CSV, in UTF-8\n"
            ),
        ),
        (
            "a,b\n1,2\n".encode("utf-16"),
            (
                "error[not-utf8]: `flats.csv` is UTF-16, expected UTF-8\n{place}"
                "hint: save it as UTF-8: `iconv -f UTF-16 -t UTF-8 flats.csv > flats-utf8.csv`\n"
            ),
        ),
    ],
)
def test_files_that_are_no_csv(content: bytes, expected: str) -> None:
    """Each is called what it is, where the recipe names it."""
    place = " --> recipe.yaml:2:17\n  |\n2 |   source: {csv: flats.csv}\n  |                 ^\n"

    assert shown(read_header, write(content), location=PLACE) == expected.format(place=place)


def test_a_header_in_another_encoding() -> None:
    """The byte is pointed at in the file itself."""
    assert shown(read_header, write(b"a,gr\xf6\xdfe\n")) == (
        """\
error[not-utf8]: expected UTF-8, found the bytes `f6 df`
 --> flats.csv:1:5
  |
1 | a,gr\ufffd\ufffde
  |     ^^
hint: it seems to be Latin-1; save it as UTF-8: `iconv -f LATIN1 -t UTF-8 flats.csv > flats-utf8.csv`
"""
    )


def test_a_header_with_an_open_quote() -> None:
    """It would swallow the file."""
    assert shown(read_header, write('a,"b\n1,2\n')) == (
        """\
error[unclosed-quote]: the quote that is opened here is never closed
 --> flats.csv:1:3
  |
1 | a,"b
  |   ^
hint: close it, or double a quote that is part of the text: `""`
"""
    )


def test_a_file_that_is_not_there() -> None:
    """A near name in the folder is offered; a path that was typed is not said to be relative to a recipe."""
    write("a\n", "flat.csv")

    assert shown(read_header, Path.cwd() / "flats.csv") == (
        "error[file-not-found]: there is no file `flats.csv`\nhint: did you mean `flat.csv`?\n"
    )
    assert shown(read_header, Path.cwd() / "rivers.txt") == ("error[file-not-found]: there is no file `rivers.txt`\n")
    assert shown(read_header, Path.cwd() / "data" / "flats.csv") == (
        "error[file-not-found]: there is no folder `data`\n"
    )


def test_a_folder_is_no_file() -> None:
    """It is said to be one."""
    (Path.cwd() / "flats.csv").mkdir()

    assert shown(read_header, Path.cwd() / "flats.csv") == (
        "error[not-readable]: `flats.csv` is a folder, expected a file\nhint: name a file in it\n"
    )


def test_a_file_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own words say why."""
    path = write("a,b\n")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    assert shown(read_header, path) == (
        "error[not-readable]: `flats.csv` cannot be read: Permission denied\nhint: look with `ls -l flats.csv`\n"
    )


def test_names_of_arrays() -> None:
    """Without opening them."""
    path = Path.cwd() / "flats.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", b"")
        archive.writestr("kind.npy", b"")
        archive.writestr("readme.txt", b"")

    assert read_array_names(path) == ("x", "kind")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "error[empty-file]: `flats.npz` is empty\nhint: see whether it was saved, or copied, to its end\n"),
        (b"a,b\n1,2\n", "error[not-an-npz]: `flats.npz` is no NPZ, or is cut off\nhint: save it by `numpy.savez`\n"),
        (
            b"\x93NUMPY\x01\x00",
            (
                "error[not-an-npz]: `flats.npz` is a single array without a name, expected an NPZ\n"
                "hint: save it by `numpy.savez`\n"
            ),
        ),
    ],
)
def test_files_that_are_no_npz(content: bytes, expected: str) -> None:
    """Each is called what it is."""
    assert shown(read_array_names, write(content, "flats.npz")) == expected


def test_columns_that_are_there_are_no_problem() -> None:
    """Whatever else the file holds, and however often."""
    assert find_column_problems(make_data(write("rooms,area,rest,rest\n1,2,3,4\n"), ("area", "rooms"))) == ()


def test_a_column_is_pointed_at_inside_its_list() -> None:
    """The caret stands under the very name."""
    (problem,) = find_column_problems(make_data(write("rooms,area,age\n1,2,3\n"), ("rooms", "aera", "age")))

    assert render_problem(problem).plain == (
        """\
error[column-not-found]: `flats.csv` has no column `aera`
 --> recipe.yaml:3:33
  |
3 |   inputs: {x: {numeric: [rooms, aera, age]}}
  |                                 ^^^^
hint: did you mean `area`?"""
    )


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ("rooms;aera;floor\n", 'the file seems to be separated by `;`: write `delimiter: ";"`'),
        ("rooms\taera\n", 'the file seems to be separated by `\\t`: write `delimiter: "\\t"`'),
        ("3,52.5,1e3\n", "the first line of the file must name the columns, and it holds numbers"),
        ("3,52.5,house\n", "the first line of the file must name the columns, and it holds numbers"),
        ("town,2019,2020\n", "it has `town`, `2019`, `2020`"),
        (
            "x, age\n",
            "the file calls it ` age`, with blanks; take them out of the file or write them in quotes",
        ),
        ("Age,y\n", "did you mean `Age`?"),
        ("x,y\n", "it has `x`, `y`"),
        (
            ",".join(f"c{i}" for i in range(14)) + "\n",
            "it has " + ", ".join(f"`c{i}`" for i in range(10)) + " and 4 more",
        ),
    ],
)
def test_hints_for_a_column_that_is_not_there(header: str, hint: str) -> None:
    """What the header looks like tells what may be wrong."""
    (problem,) = find_column_problems(make_data(write(header), ("age",)))

    assert problem.hint == hint


def test_a_column_that_is_there_twice() -> None:
    """Which one is meant cannot be told: the data are wrong."""
    assert shown(find_column_problems, make_data(write("age,b,age\n1,2,3\n"), ("age",))) == (
        """\
error[duplicate-column]: 2 columns are called `age`, expected one
 --> flats.csv:1:7
  |
1 | age,b,age
  |       ^^^
hint: give each column a name of its own
"""
    )


def test_built_in_sets_are_checked_without_a_file() -> None:
    """Their columns are in the table."""
    source = Named("iris", {}, PLACE)
    features: Mapping[str, Named] = {"petal_length": Named("numeric", {}, PLACE), "stem": Named("numeric", {}, PLACE)}

    problems = find_column_problems(Data(source, features, {}, Split(0, 0, False, 0, PLACE), PLACE))

    assert [problem.message for problem in problems] == ["`iris` has no column `stem`"]


def test_headers_are_read_without_numpy() -> None:
    """A check must answer in a blink."""
    code = (
        "import sys, archcli.recipe.headers; print(sorted({'numpy', 'pyarrow', 'sklearn', 'keras'} & set(sys.modules)))"
    )
    root = str(Path(__file__).parents[2])

    assert run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root).stdout == "[]\n"


def test_a_text_of_two_bytes_a_character() -> None:
    """A text file is said to be UTF-16 as a table is, not Latin-1 by its first byte."""
    path = Path.cwd() / "said.txt"
    path.write_bytes("good\tso\n".encode("utf-16"))

    assert shown(read_text, path) == (
        "error[not-utf8]: `said.txt` is no UTF-8 text: byte 1 is `0xff`\n"
        "hint: save it as UTF-8: `iconv -f UTF-16 -t UTF-8 said.txt > said-utf8.txt`\n"
    )
