"""What the command line says of the examples that are to be answered, and what kind of file they are in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from archcli.data.rows import is_corpus, raw_leaves
from archcli.data.sources.folder import IMAGE_ENDINGS
from archcli.data.sources.own_forms import has_own_form
from archcli.errors import DataError, Problem
from archcli.recipe.delimited import shown_path
from archcli.recipe.facts import Facts
from archcli.recipe.file_starts import file_not_found
from archcli.recipe.recipe import Named

Kind = Literal["csv", "tsv", "parquet", "npz", "npy", "jsonl", "txt", "corpus", "single", "folder", "own"]
"""`corpus`: one long text, as the run was trained on; `own`: of another form that the run was trained on; `single`: an
image or a sound."""

_ENDINGS: Final[Mapping[str, Kind]] = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".npy": "npy",
    ".npz": "npz",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".tsv": "tsv",
}


@dataclass(frozen=True)
class Asked:
    """Examples to answer.

    Attributes:
        path: The file or folder; None: `text` is the only example, or `stream` holds them.
        text: The only example, where the model takes one text.
        stream: A stream of bytes to read them from, such as standard input.
        kind: What kind of file they are in; None: its name tells, and a stream is a CSV.
        id_column: The column to carry along; None: none, but of a folder the names of its files.
        leaves_out: Whether examples that cannot be used are left out, and reported; else they end it all.
        rows: How many examples to read at once at most, from 1.
    """

    path: Path | None = None
    text: str | None = None
    stream: Any = None
    kind: Kind | None = None
    id_column: str | None = None
    leaves_out: bool = False
    rows: int = 65536

    @property
    def name(self) -> str:
        """What messages call it."""
        if self.path is not None:
            return self.path.name or str(self.path)
        return "standard input" if self.text is None else "command line"


def find_kind(asked: Asked, facts: Facts, source: Named) -> Kind:
    """Tell what kind of file the examples of a file, a folder or a stream are in.

    Args:
        asked: What the command line says.
        facts: What the model was trained on.
        source: The source that it was trained on.

    Raises:
        DataError: There is no such file.
    """
    path = asked.path
    if path is None or asked.kind is not None:
        return asked.kind or "csv"
    if not path.exists():
        raise DataError(file_not_found(path, None))
    kinds = {leaf.kind for leaf in raw_leaves(facts)}
    ending = path.suffix.lower()
    if path.is_dir() and len(kinds) == 1 and kinds <= {"image", "audio", "text"}:
        return "folder"
    if (ending in IMAGE_ENDINGS and kinds == {"image"}) or (ending == ".wav" and kinds == {"audio"}):
        return "single"
    if has_own_form(path, source, kinds) and ending not in _ENDINGS:
        return "own"
    if is_corpus(path, facts, source):
        return "corpus"
    if ending == ".txt" and kinds == {"text"}:
        return "txt"
    return _ENDINGS.get(ending, "csv")


def only_column(asked: Asked, facts: Facts, wanted: str) -> str:
    """Return the column of a model that reads one column only.

    Args:
        asked: What the command line says.
        facts: What the model was trained on.
        wanted: What is there to be read, in words: `a text`, `an image`.

    Raises:
        DataError: It reads several.
    """
    columns = list(dict.fromkeys(column for leaf in raw_leaves(facts) for column in leaf.columns))
    if len(columns) == 1:
        return columns[0]
    shown = ", ".join(f"`{column}`" for column in columns)
    what = f"`{shown_path(asked.path)}`" if asked.path is not None else f"`{asked.name}`"
    message = f"{what} is {wanted}, and the model reads {len(columns)} columns: {shown}"
    raise DataError(Problem("not-a-table", message, hint="give it a CSV, or lines of JSON, with all of them"))
