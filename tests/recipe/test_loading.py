"""Text to nodes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archcli.errors import Problem, RecipeError, Source
from archcli.recipe.loading import MAXIMUM_BYTES, load_nodes, read_scalar, read_source
from archcli.recipe.nodes import ListNode, MapNode, Plain, ScalarNode, data_of

if TYPE_CHECKING:
    from tests.recipe.conftest import Load

CORE_SCHEMA: list[tuple[str, Plain]] = [
    # YAML 1.2.2, section 10.3.2: the regular expressions of the table, and the examples below it.
    ("null", None), ("Null", None), ("NULL", None), ("~", None), ("", None),
    ("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("FALSE", False),
    ("0", 0), ("-19", -19), ("+12", 12), ("010", 10), ("0o7", 7), ("0o14", 12), ("0x3A", 58),
    ("0xdeadBEEF", 0xDEADBEEF),
    ("0.", 0.0), ("-0.0", -0.0), (".5", 0.5), ("+12e03", 12000.0), ("-2E+05", -200000.0), ("1e-3", 0.001),
    ("6.8523015e+5", 685230.15), ("685.230_15e+03", "685.230_15e+03"),
    (".inf", math.inf), ("-.Inf", -math.inf), ("+.INF", math.inf),
]  # fmt: skip

NOT_NUMBERS = [
    "no", "yes", "on", "off", "y", "n", "No", "nULL", "tRUE", "None", "12:30", "190:20:30", "1_000", "2024-01-01",
    "2001-12-14t21:59:43.10-05:00", "0b11", "0O7", "0X3A", "-0x3A", "+0o7", "08:00", "1e", "e3", ".", "+", "-", "1.2.3",
    "1,000", "inf", "nan", ".Nan", ".iNF", "+.nan", "0x", "0o8", "\u0661\u0662", "\uff11",
]  # fmt: skip
"""What YAML 1.1 or Python would read as something else than text, and characters that only look like digits."""


@pytest.mark.parametrize(("text", "value"), CORE_SCHEMA)
def test_plain_scalars_are_read_by_the_core_schema(text: str, value: Plain) -> None:
    """Every row of YAML 1.2's table gives the value and the type that it says."""
    read = read_scalar(text)

    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number_is_a_number(text: str) -> None:
    """The three ways of writing NaN give a float."""
    read = read_scalar(text)

    assert isinstance(read, float)
    assert math.isnan(read)


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_everything_else_is_text(text: str) -> None:
    """What YAML 1.1 resolved and 1.2 does not is text."""
    assert read_scalar(text) == text


def test_an_integer_beyond_all_measure_is_text() -> None:
    """Python refuses to read more than 4300 digits; a recipe is never read that far."""
    digits = "9" * 5000

    assert read_scalar(digits) == digits


@pytest.mark.parametrize("text", ["'1'", '"1"', "'true'", '"null"', "''", '"~"', "|\n  1", ">-\n  true"])
def test_a_quoted_scalar_is_text_whatever_it_looks_like(text: str, load: Load) -> None:
    """Quotes and block texts make text."""
    node = load(f"key: {text}\n")

    assert isinstance(node, MapNode)
    value = node.get("key")
    assert isinstance(value, ScalarNode)
    assert isinstance(value.value, str)
    assert value.quoted


def test_every_node_knows_its_place(load: Load) -> None:
    """Lines and columns count from 1; a flow collection is underlined whole, a block one on its first line."""
    text = "data: {source: iris}  # three kinds\nmodel:\n  layers:\n    - Dense: 3\n    - 'a, b'\n"

    node = load(text)

    assert isinstance(node, MapNode)
    data, model = node.entries
    places = [
        (where.line, where.column, where.length)
        for where in (data.key.location, data.value.location, model.key.location, model.value.location)
    ]
    assert places == [(1, 1, 4), (1, 7, 14), (2, 1, 5), (3, 3, 7)]
    assert isinstance(model.value, MapNode)
    layers = model.value.get("layers")
    assert isinstance(layers, ListNode)
    assert [(item.location.line, item.location.column, item.location.length) for item in layers.items] == [
        (4, 7, 8),
        (5, 7, 6),
    ]


def test_lines_are_counted_alike_whatever_ends_them(tmp_path: Path) -> None:
    """A recipe written on Windows, or on a Mac of 1999, has its problems on the same lines."""
    places = []
    for end in ("\n", "\r\n", "\r"):
        path = tmp_path / "recipe.yaml"
        path.write_bytes(f"archcli: 1{end}name: a{end}name: b{end}".encode())
        with pytest.raises(RecipeError) as refused:
            load_nodes(read_source(path))
        places += [
            problem.location and (problem.location.line, problem.location.column) for problem in refused.value.problems
        ]

    assert places == [(3, 1)] * 3


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    path = tmp_path / "recipe.yaml"
    path.write_bytes(b"\xef\xbb\xbfarchcli: 1\n")

    node = load_nodes(read_source(path))

    assert data_of(node) == {"archcli": 1}


def test_anchors_stand_for_their_values(load: Load) -> None:
    """An alias gives what its anchor marks, in lists and mappings."""
    node = load("a: &units 8\nb: [*units, {c: *units}]\nd: &all {e: 1}\nf: *all\n")

    assert data_of(node) == {"a": 8, "b": [8, {"c": 8}], "d": {"e": 1}, "f": {"e": 1}}


def test_only_an_unquoted_dollar_is_a_reference(load: Load) -> None:
    """`$name` asks for a value; in quotes it is text."""
    node = load("a: $width\nb: '$width'\nc: width$\n")

    assert isinstance(node, MapNode)
    values = [entry.value for entry in node.entries]
    assert [value.reference for value in values if isinstance(value, ScalarNode)] == ["width", None, None]


def test_all_that_recipes_lack_is_reported_at_once_in_the_order_of_the_text(load: Load) -> None:
    """A tag, a repeated key, a key that is a number and a merge key: four problems, from top to bottom."""
    with pytest.raises(RecipeError) as refused:
        load("a: 1\na: 2\nb: {1: x}\nc: {<<: {}}\nd: !!str 3\n")

    codes = [problem.code for problem in refused.value.problems]
    assert codes == ["repeated-key", "key-not-text", "merge-key", "tag-not-allowed"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            b"#" * (MAXIMUM_BYTES + 1),
            Problem("recipe-too-large", "`recipe.yaml` is larger than 256 KiB, more than a recipe can be"),
        ),
        (
            b"x" * 10_000_000,
            Problem("recipe-too-large", "`recipe.yaml` is larger than 256 KiB, more than a recipe can be"),
        ),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            Problem("not-text", "`recipe.yaml` is a binary file, expected a recipe in YAML"),
        ),
        (
            "name: größe\n".encode("latin-1"),
            Problem("not-text", "`recipe.yaml` is not a text in UTF-8", hint="save it as UTF-8"),
        ),
        (
            "archcli: 1\n".encode("utf-16"),
            Problem("not-text", "`recipe.yaml` is a binary file, expected a recipe in YAML"),
        ),
    ],
    ids=["too-large", "ten-megabytes", "binary", "latin-1", "utf-16"],
)
def test_a_file_that_is_no_text_of_a_recipes_size_is_refused(
    content: bytes, problem: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any of it is read as YAML."""
    monkeypatch.chdir(tmp_path)
    Path("recipe.yaml").write_bytes(content)

    with pytest.raises(RecipeError) as refused:
        read_source(Path("recipe.yaml"))

    assert refused.value.problems == (problem,)


def test_a_recipe_as_large_as_one_can_be_is_read(tmp_path: Path) -> None:
    """The bound itself is allowed."""
    path = tmp_path / "recipe.yaml"
    path.write_bytes(b"archcli: 1\n" + b"#" * (MAXIMUM_BYTES - 11))

    assert data_of(load_nodes(read_source(path))) == {"archcli": 1}


def test_thousands_of_keys_are_read(load: Load) -> None:
    """Looking for repeated keys and places does not take the square of their number."""
    node = load("".join(f"key_{number}:\n  - {number}\n" for number in range(6000)))

    assert isinstance(node, MapNode)
    assert len(node.entries) == 6000


@pytest.mark.parametrize("text", ["[" * 5000, "{a: " * 5000, "- " * 5000 + "x"])
def test_depth_is_bounded_before_python_runs_out_of_stack(text: str, load: Load) -> None:
    """A hostile text is refused at level 61."""
    with pytest.raises(RecipeError) as refused:
        load(text)

    assert refused.value.problems[0].message == "this is nested more than 60 levels deep"


def test_a_file_that_is_not_there_is_named_with_its_near_match(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint is a path that can be typed."""
    monkeypatch.chdir(tmp_path)
    Path("mine").mkdir()
    Path("mine/perceptron.yaml").write_text("archcli: 1\n", encoding="utf-8")

    with pytest.raises(RecipeError) as refused:
        read_source(Path("mine/perceptrn.yaml"))

    hint = "did you mean `mine/perceptron.yaml`?"
    assert refused.value.problems == (Problem("recipe-not-found", "there is no file `mine/perceptrn.yaml`", hint=hint),)


def test_a_folder_is_no_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is called what it is."""
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").mkdir()

    with pytest.raises(RecipeError) as refused:
        read_source(Path("mine.yaml"))

    assert refused.value.problems == (Problem("recipe-not-found", "`mine.yaml` is a folder, expected a recipe"),)


def test_the_places_of_a_value_on_the_command_line_count_from_its_start() -> None:
    """A value is read where it stands, after the path and the equals sign."""
    source = Source("command line", "train.loss={Huber: 0.5}", first_line=2)

    node = load_nodes(source, start=11)

    assert isinstance(node, MapNode)
    key = node.entries[0].key.location
    assert (key.line, key.column, key.source) == (2, 13, source)
