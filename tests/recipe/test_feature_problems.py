"""Inputs, targets and sources that do not go together, each said at its place, without reading any data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcli.errors import Location, RecipeError, Source
from archcli.recipe.checking import load_recipe
from archcli.recipe.feature_problems import settle_columns
from archcli.recipe.recipe import Data, Named, Split

if TYPE_CHECKING:
    from tests.recipe.conftest import Write

CSV = "{csv: {path: a.csv}}"
TIMED = "{csv: {path: a.csv, time: a}}"
KEYED = "{csv: {path: a.csv, id: a}}"
TEXT = "{text: a.csv}"
FOLDER = "{folder: .}"
NUMBERS = "{x: {numeric: [a, b]}}"
KIND = "{kind: category}"
PAST = "{x: {series: {columns: a, window: 3}}}"
AHEAD = "{y: {series: {columns: a, horizon: 2}}}"
LETTERS = "{x: {text: {split: character, window: 4}}}"
NEXT = "{y: {shift: x}}"

CASES = [
    (CSV, "{x: [numeric: a, text: b]}", KIND, "`text` cannot stand side by side with others in `x`"),
    (
        CSV,
        NUMBERS,
        "{y: {multilabel: {separator: ''}}}",
        "`separator` of `y` is empty, expected what stands between two labels",
    ),
    (
        CSV,
        "{x: {audio: {columns: a, sampling_rate: 100, seconds: 0.1, frame_length: 11}}}",
        KIND,
        "a frame of `x` has 11 samples, and a whole sound has 10: `seconds` times `sampling_rate`",
    ),
    (
        "digits",
        "{x: {audio: {columns: image, sampling_rate: 100, seconds: 1}}}",
        "{digit: category}",
        "`audio` is read from files that a CSV or a folder names, and the source is `digits`",
    ),
    (
        FOLDER,
        "{x: text, y: {image: {height: 2, width: 2}}}",
        KIND,
        "a folder is read for one kind of file, and `x` is of type `text`, `y` of type `image`",
    ),
    ("{lines: a.csv}", NUMBERS, KIND, "a file of lines has texts and their labels, and `x` is a numeric"),
    (
        "{ts: a.csv}",
        "{x: text}",
        KIND,
        "a `.ts` file has series and their classes, or numbers to be learned, and `x` is a text",
    ),
    (CSV, "{x: {category: [a, b]}}", KIND, "`x` is one index, and it names 2 columns"),
    (CSV, PAST, KIND, "the target `kind` is a category, and a series has nothing but series beside it"),
    (CSV, NUMBERS, AHEAD, "the input `x` is a numeric, and a series has nothing but series beside it"),
    ("digits", PAST, AHEAD, "`series` is read from the lines of one CSV, and the source is `digits`"),
    (KEYED, PAST, AHEAD, "`series` is one series, and `id` makes many of the lines"),
    (
        CSV,
        "{x: {series: {columns: a, window: 3}}, z: {series: {columns: b, window: 3, stride: 2}}}",
        AHEAD,
        "the windows of all inputs move together, and their strides differ",
    ),
    (TIMED, NUMBERS, KIND, "`time` orders the lines of a series, and no input is a series"),
    (CSV, "{x: {sequence: [a, b]}}", KIND, "`sequence` is made of the lines of a CSV with one id"),
    (KEYED, NUMBERS, KIND, "`id` makes sequences of the lines, and no input is a `sequence`"),
    ("{csv: {path: a.csv, order: a}}", NUMBERS, KIND, "`order` orders the lines of a sequence, and the source names"),
    (TEXT, NUMBERS, NEXT, "one long text has one input: a `text` with a `window`"),
    (TEXT, "{x: {text: {split: character}}}", NEXT, "one long text has one input: a `text` with a `window`"),
    (TEXT, LETTERS, KIND, "`kind` is a category, and one long text has no target but its own next symbols"),
    (
        TEXT,
        "{x: {text: {window: 4, output_sequence_length: 9}}}",
        NEXT,
        "`output_sequence_length` of `x` has no meaning in one long text",
    ),
    (CSV, LETTERS, KIND, "`window` cuts one long text, and the source is `csv`"),
    (
        "digits",
        "{x: {image: {height: 2, width: 2}}}",
        "{digit: category}",
        "`image` is read from files that a CSV or a",
    ),
    (FOLDER, NUMBERS, KIND, "a folder has images, sounds or texts, and their classes, and `x` is a numeric"),
    (
        FOLDER,
        "{x: {image: {height: 2, width: 2}}}",
        "{y: number}",
        "a folder has images, sounds or texts, and their classes, and `y` is",
    ),
]


def recipe(source: str, inputs: str, targets: str, *, split: str = "{}") -> str:
    """Return a recipe of data alone that matter."""
    return (
        f"archcli: 1\ndata:\n  source: {source}\n  inputs: {inputs}\n  targets: {targets}\n  split: {split}\n"
        "model:\n  layers:\n    - Dense: 2\n"
    )


@pytest.mark.parametrize(("source", "inputs", "targets", "message"), CASES)
def test_what_does_not_go_together(write: Write, source: str, inputs: str, targets: str, message: str) -> None:
    """One problem, where the feature or the argument stands, before any file is looked at."""
    path = write(recipe(source, inputs, targets))

    with pytest.raises(RecipeError) as refused:
        load_recipe(path)

    problems = [problem for problem in refused.value.problems if problem.code == "feature-does-not-fit"]
    assert problems
    assert any(problem.message.startswith(message) for problem in problems)
    assert all(problem.location is not None for problem in problems)


@pytest.mark.parametrize(
    ("inputs", "targets", "split", "message"),
    [
        (NUMBERS, KIND, "{stratify: true, group: c}", "`stratify` and `group` are two ways to divide the examples"),
        (NUMBERS, KIND, "{group: c, time: true}", "`group` and `time` are two ways to divide the examples"),
        (PAST, AHEAD, "{time: false}", "`time: false` would put windows that overlap into different parts"),
        (
            PAST,
            AHEAD,
            "{absent_classes: allow}",
            "`absent_classes` is about the classes of a category, and no target is one",
        ),
        (PAST, AHEAD, "{group: b}", "`group: b` would put windows that overlap into different parts"),
    ],
)
def test_splits_that_contradict(write: Write, inputs: str, targets: str, split: str, message: str) -> None:
    """One way to divide; windows are divided in order."""
    path = write(recipe(CSV, inputs, targets, split=split))

    with pytest.raises(RecipeError) as refused:
        load_recipe(path)

    (problem,) = [problem for problem in refused.value.problems if problem.code == "splits-contradict"]
    assert problem.message == message
    assert problem.location is not None
    assert problem.location.line == 6


def test_a_folder_has_columns_of_its_own() -> None:
    """An image is its file, a category its class, unless the recipe says otherwise."""
    place = Location(Source("recipe.yaml"), 1)
    photo = Named("image", {"height": 2, "width": 2}, place)
    data = Data(
        Named("folder", {"path": "."}, place),
        {"photo": photo},
        {"kind": Named("category", {}, place), "same": Named("category", {"columns": "file"}, place)},
        Split(0, 0, stratify=False, seed=0, location=place),
        place,
    )

    settled = settle_columns(data)

    assert settled.inputs["photo"].arguments == {"height": 2, "width": 2, "columns": "file"}
    assert settled.targets["kind"].arguments == {"columns": "class"}
    assert settled.targets["same"].arguments == {"columns": "file"}
