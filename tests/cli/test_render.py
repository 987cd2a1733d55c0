"""How problems, pairs, tables and JSON look."""

from __future__ import annotations

import io
import json

import pytest
from rich.cells import cell_len
from rich.console import Console

from archcli.cli.render import (
    Column,
    escape_controls,
    open_console,
    plain_problems,
    print_json,
    print_pairs,
    print_problems,
    print_table,
    render_problem,
)
from archcli.errors import Location, Problem, Source

RECIPE = Source("recipes/mlp.yaml", "model:\n  layers:\n    - Densee: 10\n\t- Dense: 3\r\n" + "#\n" * 10)


def _problem(line: int, column: int, length: int = 1, *, source: Source = RECIPE) -> Problem:
    return Problem("some-code", "something is wrong", Location(source, line, column, length))


def _terminal(width: int, *, colours: bool = True, environment: dict[str, str] | None = None) -> Console:
    return Console(
        file=io.StringIO(),
        force_terminal=True,
        color_system="auto" if colours else None,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={"TERM": "xterm-256color"} | (environment or {}),
    )


def _pipe() -> Console:
    return Console(file=io.StringIO(), markup=False, emoji=False, highlight=False, _environ={})


def _written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_problem_is_shown_with_its_place_underlined_and_a_hint() -> None:
    """The whole shape of a problem: code, message, place, source line, carets, hint."""
    problem = Problem(
        "unknown-layer", "no layer is called `Densee`", Location(RECIPE, 3, 7, 6), "did you mean `Dense`?"
    )

    shown = render_problem(problem).plain

    assert shown == (
        "error[unknown-layer]: no layer is called `Densee`\n"
        " --> recipes/mlp.yaml:3:7\n"
        "  |\n"
        "3 |     - Densee: 10\n"
        "  |       ^^^^^^\n"
        "hint: did you mean `Dense`?"
    )


def test_the_gutter_is_as_wide_as_the_line_number() -> None:
    """A line number of two digits moves the bars one to the right."""
    shown = render_problem(_problem(12, 1)).plain

    assert shown == ("error[some-code]: something is wrong\n  --> recipes/mlp.yaml:12:1\n   |\n12 | #\n   | ^")


def test_a_problem_without_a_place_is_its_message_and_hint() -> None:
    """Nothing is invented where there is no location."""
    shown = render_problem(Problem("no-space", "the disk is full", hint="free some space")).plain

    assert shown == "error[no-space]: the disk is full\nhint: free some space"


def test_a_source_without_text_is_only_named() -> None:
    """A data file's row is named, not shown."""
    shown = render_problem(_problem(1234, 3, source=Source("flats.csv"))).plain

    assert shown == "error[some-code]: something is wrong\n    --> flats.csv:1234:3"


def test_a_tab_is_one_space_so_that_the_caret_stands_right() -> None:
    """A tab has no width of its own on a screen, so it gets one."""
    rows = render_problem(_problem(4, 4, 5)).plain.split("\n")

    assert rows[-2:] == ["4 |  - Dense: 3", "  |    ^^^^^"]


def test_the_end_of_a_file_is_a_caret_under_nothing() -> None:
    """A cut-off file has its problem on a line that does not exist."""
    rows = render_problem(_problem(2, 1, source=Source("a.yaml", "model:\n"))).plain.split("\n")

    assert rows[-2:] == ["2 |", "  | ^"]


def test_a_place_past_the_end_of_its_line_is_underlined_at_the_end() -> None:
    """What is missing at the end of a line is pointed at right behind it."""
    rows = render_problem(_problem(1, 40, 5, source=Source("a.yaml", "model:"))).plain.split("\n")

    assert rows[-2:] == ["1 | model:", "  |       ^"]


def test_wide_characters_take_two_cells() -> None:
    """Carets align under CJK and emoji, which are two cells wide."""
    rows = render_problem(_problem(1, 7, 2, source=Source("a.yaml", "名前: '😀漢字' # x"))).plain.split("\n")

    assert rows[-2:] == ["1 | 名前: '😀漢字' # x", "  |          ^^^^"]


def test_control_characters_are_written_out() -> None:
    """An escape sequence in a recipe or a message cannot reach the terminal, nor can one that turns text round."""
    source = Source("a\x1b]0;.yaml", "x: \x1b[31mred\u202e")
    problem = Problem("bad", "found `\x1b[2J`\n", Location(source, 1, 4, 1), "not `\x07`")

    shown = render_problem(problem).plain

    assert shown == (
        "error[bad]: found `\\x1b[2J`\\n\n"
        " --> a\\x1b]0;.yaml:1:4\n"
        "  |\n"
        "1 | x: \\x1b[31mred\\u202e\n"
        "  |    ^^^^\n"
        "hint: not `\\x07`"
    )


def test_a_joined_emoji_is_left_whole() -> None:
    """The joiner inside an emoji hides nothing."""
    assert escape_controls("👩\u200d👧") == "👩\u200d👧"


@pytest.mark.parametrize("column", [1, 60, 5_000_000, 9_999_990])
@pytest.mark.parametrize("width", [20, 40, 100])
def test_a_long_line_is_cut_around_its_culprit(column: int, width: int) -> None:
    """However long the line, no row is wider than asked, and the culprit is underlined within 80 cells."""
    text = "-" * (column - 1) + "culprit" + "-" * (10_000_000 - column)

    rows = render_problem(_problem(1, column, 7, source=Source("a.yaml", text)), width=width).plain.split("\n")

    caret = rows[-1].index("^")
    assert max(cell_len(row) for row in rows[2:]) <= width
    assert rows[-1][caret:] == "^" * 7
    assert rows[-2][caret : caret + 7] == "culprit"
    assert caret < 80


def test_a_long_line_ends_in_an_ellipsis_where_it_is_cut() -> None:
    """What is left out is marked on the side where it is left out."""
    text = "a" * 30 + "culprit" + "b" * 30

    rows = render_problem(_problem(1, 31, 7, source=Source("a.yaml", text)), width=34).plain.split("\n")

    assert rows[-2] == "1 | …" + "a" * 14 + "culpritbbbbbbb…"
    assert rows[-1] == "  |  " + " " * 14 + "^^^^^^^"


def test_a_long_line_of_wide_characters_is_cut_at_whole_characters() -> None:
    """No character is cut in half when its cells do not fit."""
    text = "漢" * 30 + "字" + "漢" * 30

    rows = render_problem(_problem(1, 31, source=Source("a.yaml", text)), width=34).plain.split("\n")

    assert rows[-2] == "1 | …漢漢漢漢漢漢漢字漢漢漢漢漢漢…"
    assert rows[-1] == "  |                ^^"


def test_an_underlining_wider_than_the_row_is_cut() -> None:
    """A culprit that is longer than the row is underlined to the row's end."""
    rows = render_problem(_problem(1, 1, 500, source=Source("a.yaml", "x" * 500)), width=34).plain.split("\n")

    assert rows[-2:] == ["1 | " + "x" * 29 + "…", "  | " + "^" * 30]


def test_several_problems_are_counted_at_the_end() -> None:
    """A blank line stands between problems, and the closing line says where they are and where to read on."""
    shown = plain_problems([_problem(1, 1), Problem("other", "something else is wrong")])

    assert shown == (
        "error[some-code]: something is wrong\n"
        " --> recipes/mlp.yaml:1:1\n"
        "  |\n"
        "1 | model:\n"
        "  | ^\n"
        "\n"
        "error[other]: something else is wrong\n"
        "\n"
        "2 problems in recipes/mlp.yaml; for more: archcli explain CODE\n"
    )


def test_a_single_problem_names_its_own_page() -> None:
    """Where all problems have one code, the closing line is a command to copy."""
    shown = plain_problems([Problem("no-space", "the disk is full")])

    assert shown == "error[no-space]: the disk is full\n\n1 problem; for more: archcli explain no-space\n"


def test_problems_in_several_files_are_counted_without_a_place() -> None:
    """The closing line names a file only where it is the only one."""
    shown = plain_problems([_problem(1, 1), _problem(1, 1, source=Source("b.csv"))])

    assert shown.endswith("\n2 problems; for more: archcli explain some-code\n")


def test_print_problems_in_a_pipe_is_the_plain_text() -> None:
    """Where there is no terminal nothing is wrapped, cut or coloured, whatever the width is thought to be."""
    console = Console(file=io.StringIO(), width=20, _environ={})
    problems = [Problem("some-code", "a message that is much longer than twenty columns [red]", hint="and `:smile:`")]

    print_problems(problems, console)

    assert _written(console) == plain_problems(problems)


def test_print_problems_wraps_words_on_a_narrow_terminal() -> None:
    """On a terminal of 40 columns no row is wider, and words stay whole."""
    console = _terminal(40, colours=False)

    print_problems([Problem("some-code", "a message that is longer than forty columns are wide")], console)

    assert _written(console) == (
        "error[some-code]: a message that is \n"
        "longer than forty columns are wide\n"
        "\n"
        "1 problem; for more: archcli explain \n"
        "some-code\n"
    )


def test_colours_are_for_terminals_that_want_them() -> None:
    """The code is red on a terminal; NO_COLOR takes the colour away."""
    coloured, plain = _terminal(80), _terminal(80, environment={"NO_COLOR": "1"})

    print_problems([_problem(1, 1)], coloured)
    print_problems([_problem(1, 1)], plain)

    assert "\x1b[1;31merror[some-code]" in _written(coloured)
    assert "31m" not in _written(plain)


def test_pairs_are_aligned() -> None:
    """Values start in one column, two spaces behind the longest name, by cells."""
    console = _pipe()

    print_pairs([("run", "runs/xor/1"), ("精度", "0.97"), ("accuracy", "x" * 120)], console)

    assert _written(console) == f"run       runs/xor/1\n精度      0.97\naccuracy  {'x' * 120}\n"


def test_a_long_value_hangs_under_itself_on_a_terminal() -> None:
    """A value that does not fit goes on in its own column."""
    console = _terminal(30, colours=False)

    print_pairs([("next", "archcli evaluate runs/xor/1"), ("empty", "")], console)

    assert _written(console) == "next   archcli evaluate\n       runs/xor/1\nempty  \n"


def test_a_piped_table_is_aligned_and_never_wrapped() -> None:
    """Numbers stand right, text left, two spaces apart, and markup is only text."""
    console = _pipe()

    print_table([Column("name"), Column("score", "right")], [("漢字 [red]", "0.5"), ("b", "10.25")], console)

    assert _written(console) == "name        score\n漢字 [red]    0.5\nb           10.25\n"


def test_a_table_fits_a_narrow_terminal() -> None:
    """At 40 columns every row fits and no text is lost."""
    console = _terminal(40, colours=False)

    print_table([Column("name"), Column("note")], [("a" * 30, "word " * 8)], console)

    rows = _written(console).split("\n")
    assert max(cell_len(row) for row in rows) <= 40
    assert "".join(rows).count("a") == 30 + 1
    assert "".join(rows).count("word") == 8


def test_json_is_ascii_and_has_null_for_what_is_not_finite() -> None:
    """Any JSON reader and any encoding can take it."""
    console = _pipe()

    print_json({"é": (1, float("nan")), "inf": [float("-inf")], "text": "x" * 200}, console)

    assert _written(console).isascii()
    assert json.loads(_written(console)) == {"é": [1, None], "inf": [None], "text": "x" * 200}


def test_open_console_takes_text_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Square brackets, emoji codes and numbers in a message are not Rich's markup."""
    open_console(stderr=True).print("[red] :smile: 12")
    open_console().print("[bold]")

    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("[bold]\n", "[red] :smile: 12\n")
