"""What kind of file the examples are in is told by its name and by what the model reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archcli.data.questions.asked import Asked, Kind, find_kind, only_column
from archcli.errors import DataError, Location, Source
from archcli.recipe.facts import Facts, InputFacts
from archcli.recipe.recipe import Named

Shown = Callable[..., str]
PLACE = Location(Source("recipe.yaml"), 1)
CSV = Named("csv", {"path": "old.csv"}, PLACE)
NUMBERS = InputFacts("x", (2,), ("a", "b"))
TEXT = InputFacts("said", (None,), ("said",), kind="text")
IMAGE = InputFacts("photo", (4, 4, 1), ("file",), kind="image")
SOUND = InputFacts("sound", (4, 4), ("file",), kind="audio")


def facts(*inputs: InputFacts) -> Facts:
    """Describe a model that reads `inputs`."""
    return Facts({given.name: given for given in inputs}, {}, 7)


@pytest.mark.parametrize(
    ("name", "given", "source", "kind"),
    [
        ("new.csv", NUMBERS, CSV, "csv"),
        ("new.CSV", TEXT, CSV, "csv"),
        ("new", NUMBERS, CSV, "csv"),
        ("new.tsv", NUMBERS, CSV, "tsv"),
        ("new.pq", NUMBERS, CSV, "parquet"),
        ("new.npz", NUMBERS, CSV, "npz"),
        ("new.npy", NUMBERS, CSV, "npy"),
        ("new.jsonl", TEXT, CSV, "jsonl"),
        ("new.txt", TEXT, CSV, "txt"),
        ("new.txt", NUMBERS, CSV, "csv"),
        ("new.txt", TEXT, Named("text", {"path": "old.txt"}, PLACE), "corpus"),
        ("new.txt", TEXT, Named("lines", {"path": "old.txt"}, PLACE), "own"),
        ("new.ts", NUMBERS, Named("ts", {"path": "old.ts"}, PLACE), "own"),
        ("new.csv", NUMBERS, Named("ts", {"path": "old.ts"}, PLACE), "csv"),
        ("new.png", IMAGE, CSV, "single"),
        ("new.png", NUMBERS, CSV, "csv"),
        ("new.wav", SOUND, CSV, "single"),
        ("new.png", IMAGE, Named("tfrecord", {"path": "old.tfrecord"}, PLACE), "single"),
        ("new", IMAGE, Named("tfrecord", {"path": "old.tfrecord"}, PLACE), "own"),
    ],
)
def test_a_file_is_of_a_kind(name: str, given: InputFacts, source: Named, kind: Kind) -> None:
    """By the end of its name first."""
    Path(name).touch()

    assert find_kind(Asked(Path(name)), facts(given), source) == kind


def test_what_the_command_line_says_goes_first() -> None:
    """A stream has no name, and is a CSV where nothing is said."""
    Path("new.csv").touch()

    assert find_kind(Asked(Path("new.csv"), kind="jsonl"), facts(TEXT), CSV) == "jsonl"
    assert find_kind(Asked(kind="txt"), facts(TEXT), CSV) == "txt"
    assert find_kind(Asked(), facts(TEXT), CSV) == "csv"


@pytest.mark.parametrize("given", [IMAGE, SOUND, TEXT])
def test_a_folder_holds_what_the_model_reads(given: InputFacts) -> None:
    """Images, sounds or texts."""
    assert find_kind(Asked(Path()), facts(given), CSV) == "folder"


def test_a_file_that_is_not_there(shown: Shown) -> None:
    """Near names in the folder are offered."""
    Path("mine.csv").touch()

    assert shown(DataError, find_kind, Asked(Path("nine.csv")), facts(TEXT), CSV) == (
        "error[file-not-found]: there is no file `nine.csv`\nhint: did you mean `mine.csv`?\n"
    )


def test_the_only_column(shown: Shown) -> None:
    """A text on the command line has no name."""
    assert only_column(Asked(text="hello"), facts(TEXT), "a text") == "said"
    assert shown(DataError, only_column, Asked(text="hello"), facts(NUMBERS, TEXT), "a text") == (
        "error[not-a-table]: `command line` is a text, and the model reads 3 columns: `a`, `b`, `said`\n"
        "hint: give it a CSV, or lines of JSON, with all of them\n"
    )


def test_what_messages_call_it() -> None:
    """A file by its name."""
    assert [Asked(Path("a/b.csv")).name, Asked(text="hello").name, Asked().name] == [
        "b.csv",
        "command line",
        "standard input",
    ]
