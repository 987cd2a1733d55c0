"""What a data file calls its columns, read from its first bytes: enough to check a recipe without reading the data."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from archcli.errors import DataError, Location, Problem, RecipeError
from archcli.recipe.built_in import BUILT_IN, built_in_set, find_setting_problems
from archcli.recipe.delimited import Record, read_records, shown_path
from archcli.recipe.feature_problems import find_feature_problems, settle_columns
from archcli.recipe.features import FOLDER_CLASS, FOLDER_FILE, FOLDER_TEXT, read_columns, side_by_side
from archcli.recipe.file_starts import (
    check_is_csv,
    encoding_hint,
    file_not_found,
    guess_encoding,
    not_utf8,
    read_start,
    wide_encoding,
)
from archcli.recipe.own_columns import OWN_FORMS, own_columns
from archcli.recipe.parquet_names import is_parquet, read_parquet_names
from archcli.recipe.recipe import Data, Named
from archcli.recipe.sources import DELIMITERS, TABLES
from archcli.recipe.suggestions import near_match

_FRACTION: Final = re.compile(r"\s*[+-]?\d*\.\d+\s*")
_NUMBER: Final = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_TAB_ENDS: Final = (".tsv", ".tab")
"""How names of files end whose cells are parted by tabs."""


@dataclass(frozen=True)
class Header:
    """The names of a CSV's columns.

    Attributes:
        names: In order, as written.
        record: The line that they stand on.
    """

    names: tuple[str, ...]
    record: Record

    def repeated(self, columns: Sequence[str]) -> tuple[Problem, ...]:
        """Say which of `columns` the file has more than once."""
        return tuple(
            Problem(
                "duplicate-column",
                f"{self.names.count(column)} columns are called `{column}`, expected one",
                self.record.locate(_last_index(self.names, column)),
                "give each column a name of its own",
            )
            for column in dict.fromkeys(columns)
            if self.names.count(column) > 1
        )


def read_header(path: Path, delimiter: str = ",", *, location: Location | None = None) -> Header:
    """Read the names of the columns of a CSV.

    Args:
        path: The file.
        delimiter: What stands between two cells.
        location: Where the recipe or the command line names the file.

    Raises:
        DataError: There is no such file, it cannot be read, is no UTF-8 text, or its first line names no columns.
    """
    check_is_csv(path, location)
    record = next(read_records(path, delimiter))
    if not record.text.strip():
        message = f"the first line of `{shown_path(path)}` is empty, expected the names of the columns"
        raise DataError(Problem("no-header", message, location))
    if record.is_open:
        raise DataError(unclosed_quote(record))
    names = tuple(record.cells)
    foreign = not_utf8(record)
    if foreign is not None:
        raise DataError(foreign)
    return Header(names, record)


@dataclass(frozen=True)
class FileNames:
    """What a data file calls its columns.

    Attributes:
        names: In order, as written.
        noun: What they are called: `column` or `array`.
        header: The line that they stand on; None where a file has no lines.
    """

    names: tuple[str, ...]
    noun: str
    header: Header | None = None


def read_names(path: Path, *, delimiter: str = ",", location: Location | None = None) -> FileNames:
    """Read the names of the columns of a file: NPZ, known by the end of its name, Parquet, or else a CSV.

    Args:
        path: The file.
        delimiter: What stands between two cells of a CSV.
        location: Where the recipe or the command line names the file.

    Raises:
        DataError: There is no such file, or it cannot be read as what it is said to be.
    """
    if path.suffix.lower() == ".npz":
        return FileNames(read_array_names(path, location=location), "array")
    if is_parquet(path):
        return FileNames(read_parquet_names(path, location=location), "column")
    header = read_header(path, delimiter, location=location)
    return FileNames(header.names, "column", header)


def read_array_names(path: Path, *, location: Location | None = None) -> tuple[str, ...]:
    """Read the names of the arrays of an NPZ.

    Raises:
        DataError: There is no such file, it cannot be read, or is no NPZ.
    """
    start = read_start(path, location)
    hint = "save it by `numpy.savez`"
    if start.startswith(b"\x93NUMPY"):
        message = f"`{shown_path(path)}` is a single array without a name, expected an NPZ"
        raise DataError(Problem("not-an-npz", message, location, hint))
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
    except zipfile.BadZipFile:
        message = f"`{shown_path(path)}` is no NPZ, or is cut off"
        raise DataError(Problem("not-an-npz", message, location, hint)) from None
    names = tuple(member.removesuffix(".npy") for member in members if member.endswith(".npy"))
    if not names:
        raise DataError(Problem("not-an-npz", f"`{shown_path(path)}` holds no arrays", location, hint))
    return names


def read_text(path: Path, *, location: Location | None = None) -> str:
    """Read a text file; a line ends as it is written, a byte-order mark is left out.

    Raises:
        DataError: There is no such file, it cannot be read, is empty, or is no UTF-8 text.
    """
    read_start(path, location)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = error.object[error.start]
        message = f"`{shown_path(path)}` is no UTF-8 text: byte {error.start + 1} is `0x{found:02x}`"
        encoding = wide_encoding(error.object[:64]) or guess_encoding(error.object[error.start : error.start + 64])
        hint = encoding_hint(path, encoding)
        raise DataError(Problem("not-utf8", message, location, hint)) from None


def find_folder(path: Path, *, location: Location | None = None) -> None:
    """See that a folder is there.

    Raises:
        DataError: It is not, or is a file.
    """
    if path.is_dir():
        return
    if path.exists():
        message = f"`{shown_path(path)}` is a file, expected a folder"
        raise DataError(Problem("not-readable", message, location))
    raise DataError(file_not_found(path, location))


def find_column_problems(data: Data) -> tuple[Problem, ...]:
    """Say what the recipe asks of its source that it does not have, or why there can be no such source.

    Only the header of a file is read.

    Raises:
        DataError: The file is missing, cannot be read, or has a header that cannot be used.
    """
    source = data.source
    location = source.argument_locations.get("path", source.location)
    if source.name in BUILT_IN:
        unsettled = tuple(find_setting_problems(source))
        if unsettled:
            return unsettled
    unfit = tuple(find_feature_problems(data))
    if unfit or source.name == "text":
        if not unfit:
            read_start(source_path(source), location)
        return unfit
    data = settle_columns(data)
    header: Header | None = None
    called = f"`{source.name}`"
    if source.name in BUILT_IN:
        names = tuple(column.name for column in built_in_set(source.name, source.arguments).columns)
    else:
        path = source_path(source)
        called = f"`{path.name}`"
        if source.name == "npz":
            names = read_array_names(path, location=location)
        elif source.name == "parquet":
            names = read_parquet_names(path, location=location)
        elif source.name == "folder":
            find_folder(path, location=location)
            names = (FOLDER_FILE, FOLDER_CLASS, FOLDER_TEXT)
        elif source.name in OWN_FORMS:
            names = own_columns(path, source, location=location)
        else:
            header = read_header(path, source_delimiter(source), location=location)
            names = header.names
    wanted = _wanted_columns(data)
    repeated = () if header is None else header.repeated([column for column, _ in wanted])
    if repeated:
        raise DataError(*repeated)
    noun = "array" if source.name == "npz" else "column"
    return tuple(
        Problem("column-not-found", f"{called} has no {noun} `{column}`", place, column_hint(column, names, header))
        for column, place in wanted
        if column not in names
    )


def column_error(problems: Sequence[Problem], source: Named) -> RecipeError | DataError:
    """Return the error of what `find_column_problems` found: of a file, whose columns can change, or of the recipe."""
    is_of_file = source.name not in BUILT_IN and all(problem.code == "column-not-found" for problem in problems)
    return DataError(*problems) if is_of_file else RecipeError(*problems)


def _wanted_columns(data: Data) -> list[tuple[str, Location]]:
    """Return the columns that a recipe names, and where."""
    features = [*data.inputs.items(), *data.targets.items()]
    wanted = [
        (column, _locate_column(part, column))
        for name, feature in features
        for part in side_by_side(feature)
        for column in read_columns(part, name)
    ]
    for argument in ("time", "id", "order"):
        column = data.source.arguments.get(argument)
        if isinstance(column, str) and data.source.name in TABLES:
            wanted.append((column, data.source.argument_locations.get(argument, data.source.location)))
    if data.split.group is not None:
        wanted.append((data.split.group, data.split.location))
    return wanted


def source_path(source: Named) -> Path:
    """Return the path that a source of files is read from."""
    return Path(str(source.arguments["path"]))


def source_delimiter(source: Named | None) -> str:
    """Return what stands between the cells of a recipe's CSV; where nothing is said a comma, or a tab for a `.tsv`."""
    return "," if source is None else file_delimiter(source_path(source), source)


def file_delimiter(path: Path, source: Named | None = None) -> str:
    """Return what stands between the cells of a file.

    Args:
        path: The file; one that ends in `.tsv` has tabs.
        source: What the recipe says of its own file: what it says of the delimiter holds for this one, too, unless
            one of the two is a `.tsv`.
    """
    is_tabbed = path.suffix.lower() in _TAB_ENDS
    written = None if source is None or source.name != "csv" else source.arguments.get("delimiter")
    if isinstance(written, str) and source is not None:
        is_like = is_tabbed == (source_path(source).suffix.lower() in _TAB_ENDS)
        if is_like:
            return written
    return "\t" if is_tabbed else ","


def column_hint(column: str, names: Sequence[str], header: Header | None, *, is_new: bool = False) -> str:
    """Say how a column that is not among `names` may be mended; a new file is read as the recipe's own was."""
    stripped = {name.strip(): name for name in names}
    if column in stripped:
        return f"the file calls it `{stripped[column]}`, with blanks; take them out of the file or write them in quotes"
    match = near_match(column, names)
    if match is not None:
        return f"did you mean `{match}`?"
    if header is not None:
        other = next((mark for mark in DELIMITERS if len(names) == 1 and mark in names[0]), None)
        if other is not None:
            shown = "\\t" if other == "\t" else other
            mend = "separate it as the recipe's own data are" if is_new else f'write `delimiter: "{shown}"`'
            return f"the file seems to be separated by `{shown}`: {mend}"
        if all(map(_NUMBER.fullmatch, names)) or any(map(_FRACTION.fullmatch, names)):
            return "the first line of the file must name the columns, and it holds numbers"
    shown_names = ", ".join(f"`{name}`" for name in names[:10])
    return f"it has {shown_names}" + (f" and {len(names) - 10} more" if len(names) > 10 else "")


def unclosed_quote(record: Record) -> Problem:
    """Describe a file that ends inside a quoted cell."""
    return Problem(
        "unclosed-quote",
        "the quote that is opened here is never closed",
        replace(record.locate(len(record.cells) - 1), length=1),
        'close it, or double a quote that is part of the text: `""`',
    )


def _last_index(names: Sequence[str], name: str) -> int:
    return len(names) - 1 - list(reversed(names)).index(name)


def _locate_column(feature: Named, column: str) -> Location:
    """Return where the recipe names a column: inside a list that stands on one line, at the item."""
    location = feature.argument_locations.get("columns", feature.location)
    line = location.source.line(location.line)
    item = re.compile(rf"(?<![\w]){re.escape(column)}(?![\w])").search(line, location.column - 1)
    if item is None or "columns" not in feature.argument_locations:
        return location
    return replace(location, column=item.start() + 1, length=len(column))
