"""Built-in sets of symbols in sequence: letters, plans, grammars, copies and dates."""

from __future__ import annotations

from typing import Final

from archcli.recipe.built_in.described import (
    SEED,
    Arguments,
    BuiltIn,
    Column,
    Content,
    examples,
    same,
    setting,
    task,
)
from archcli.recipe.types import Whole

LETTERS: Final = ("A", "B", "C")
"""The letters of `abac`."""

REBER_SYMBOLS: Final = ("B", "E", "P", "S", "T", "V", "X")
"""The symbols of Reber's grammar, in the order of the one-hot rows that go in."""

REBER_SUCCESSORS: Final = {"reber": REBER_SYMBOLS[1:], "embedded_reber": REBER_SYMBOLS}
"""The symbols that can come next, in the order of the classes; B never does where nothing is embedded."""

COPY_SYMBOLS: Final = 8
"""How many symbols there are to copy; 0 is a blank and the next after them the delimiter."""

GRAMMAR_PADDING: Final = 0.0
"""What a one-hot row is after the end of a string: no symbol."""


def _abac(arguments: Arguments) -> Content:
    steps = 4 * arguments.whole("periods")
    columns = (Column("plan", (steps, 1)), Column("letter", (steps,), LETTERS))
    return Content(arguments.whole("examples"), columns, same("numeric", "plan"), same("category", "letter"))


def _plan_to_sequence(arguments: Arguments) -> Content:
    plans, steps = arguments.whole("plans"), arguments.whole("steps")
    columns = (Column("plan", (steps, plans)), Column("sequence", (steps, arguments.whole("bits"))))
    return Content(plans, columns, same("numeric", "plan"), same("number", "sequence"))


def _grammar(name: str, summary: str) -> BuiltIn:
    symbols = REBER_SUCCESSORS[name]

    def describe(arguments: Arguments) -> Content:
        columns = (
            Column("symbols", (None, len(REBER_SYMBOLS)), padding=GRAMMAR_PADDING),
            Column("next", (None,), symbols),
            Column("successors", (None, len(symbols)), padding=GRAMMAR_PADDING),
        )
        return Content(arguments.whole("examples"), columns, same("numeric", "symbols"), same("category", "next"))

    return task(name, summary, (examples(1000, "How many strings there are."), SEED), describe)


def _copy(arguments: Arguments) -> Content:
    steps = arguments.whole("delay") + 2 * arguments.whole("length")
    classes = tuple(map(str, range(COPY_SYMBOLS + 1)))
    columns = (Column("symbols", (steps, COPY_SYMBOLS + 2)), Column("copy", (steps,), classes))
    return Content(arguments.whole("examples"), columns, same("numeric", "symbols"), same("category", "copy"))


def _dates(arguments: Arguments) -> Content:
    columns = (Column("written", text=True), Column("iso", text=True))
    by_character = {name: ("text", {"columns": name, "split": "character"}) for name in ("written", "iso")}
    inputs, targets = {"written": by_character["written"]}, {"iso": by_character["iso"]}
    return Content(arguments.whole("examples"), columns, inputs, targets)


SYMBOLS: Final = (
    task(
        "abac",
        "A B A C over and over under a plan that never changes: which letter is to come needs more than the last one.",
        (
            examples(64, "How many there are, all alike."),
            setting("periods", Whole(minimum=1, maximum=10_000), "How many times A B A C.", 3),
        ),
        _abac,
    ),
    task(
        "plan_to_sequence",
        "Each plan, held for all steps, and the sequence of bits that it stands for (Jordan, 1986); train on all with "
        "validation: 0, test: 0.",
        (
            setting("plans", Whole(minimum=2, maximum=32), "How many plans, each with a sequence of its own.", 4),
            setting("steps", Whole(minimum=2, maximum=10_000), "How many steps a sequence has.", 8),
            setting("bits", Whole(minimum=3, maximum=1000), "How many bits there are at each step.", 3),
            SEED,
        ),
        _plan_to_sequence,
    ),
    _grammar(
        "reber",
        "Strings of Reber's grammar: which symbol is next (Cleeremans, Servan-Schreiber and McClelland, 1989).",
    ),
    _grammar(
        "embedded_reber",
        "Reber strings between two symbols that agree, whatever comes between: which symbol is next (Hochreiter and "
        "Schmidhuber, 1997).",
    ),
    task(
        "copy",
        "Symbols, a long blank, and then the same symbols to be said again (Bai, Kolter and Koltun, 2018).",
        (
            setting("length", Whole(minimum=1, maximum=1000), "How many symbols to keep.", 3),
            setting("delay", Whole(minimum=1, maximum=100_000), "How many steps until they are asked for.", 10),
            examples(2000),
            SEED,
        ),
        _copy,
    ),
    task(
        "dates",
        "Dates as people write them, and the same as ISO 8601: `7 March 2014`, `2014-03-07`.",
        (examples(10_000), SEED),
        _dates,
    ),
)
"""All of them."""
