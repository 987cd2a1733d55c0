"""Built-in sets of numbers in sequence: sums to keep, sums to compare, echoes and chaos."""

from __future__ import annotations

from typing import Final

from archcli.recipe.built_in.described import (
    SEED,
    Arguments,
    Column,
    Content,
    examples,
    same,
    setting,
    task,
)
from archcli.recipe.types import Text, Truth, Whole

ADDING_FORMS: Final = ("modern", "original")
"""The two tasks that are called the adding problem."""

ADDING_PADDING: Final = -2.0
"""What a row of `adding` is after the end of a sequence: below all values and markers."""

COMPARISONS: Final = {2: ("less", "more"), 3: ("equal", "less", "more")}
"""The classes of `past_vs_future`, by how many there are."""


def _adding(arguments: Arguments) -> Content:
    varies = arguments.truth("vary")
    steps = None if varies else arguments.whole("length")
    columns = (Column("numbers", (steps, 2), padding=ADDING_PADDING if varies else None), Column("sum"))
    return Content(arguments.whole("examples"), columns, same("numeric", "numbers"), same("number", "sum"))


def _past_vs_future(arguments: Arguments) -> Content:
    steps = arguments.whole("steps")
    columns = (Column("signal", (steps, 1)), Column("label", (steps,), COMPARISONS[arguments.whole("classes")]))
    return Content(arguments.whole("examples"), columns, same("numeric", "signal"), same("category", "label"))


def _delayed_echo(arguments: Arguments) -> Content:
    steps = arguments.whole("steps")
    columns = (Column("signal", (steps, 1)), Column("echo", (steps,), ("0", "1")))
    return Content(arguments.whole("examples"), columns, same("numeric", "signal"), same("category", "echo"))


def _mackey_glass(arguments: Arguments) -> Content:
    outputs = arguments.whole("outputs")
    columns = (
        Column("window", (arguments.whole("window"), 1)),
        Column("ahead", () if outputs == 1 else (outputs,)),
    )
    return Content(
        arguments.whole("examples"),
        columns,
        {"window": ("numeric", {"columns": "window", "scale": "standard"})},
        {"ahead": ("number", {"columns": "ahead", "scale": "standard"})},
        ordered=True,
        # From a window's first value to the last that is asked for, but one.
        overlap=arguments.whole("window") + arguments.whole("horizon") + outputs - 2,
    )


SERIES: Final = (
    task(
        "adding",
        "Numbers of which two are marked, anywhere: their sum (Hochreiter and Schmidhuber, 1997; Le, Jaitly and "
        "Hinton, 2015).",
        (
            setting(
                "form",
                Text(ADDING_FORMS),
                "modern: values from 0 to 1, target their sum; original: from -1 to 1, target 0.5 and a quarter of it, "
                "the second mark in the first half, -1 at both ends.",
                "modern",
            ),
            setting("length", Whole(minimum=10, maximum=100_000), "T, how many steps a sequence has at least.", 50),
            setting("vary", Truth(), "Whether lengths are drawn from T to 1.1 T, or all are T.", default=False),
            examples(5000),
            SEED,
        ),
        _adding,
        first="form",
    ),
    task(
        "past_vs_future",
        "Numbers, and at every step whether those just before sum to less or more than those just after.",
        (
            examples(1000),
            setting("steps", Whole(minimum=2, maximum=100_000), "How many steps a sequence has.", 20),
            setting("span", Whole(minimum=1, maximum=10_000), "How many before, and how many after, are summed.", 4),
            setting(
                "classes",
                Whole(minimum=2, maximum=3),
                "3: less, equal and more, where equal is a third of all as far from the ends as `span`; 2: less, more.",
                3,
            ),
            SEED,
        ),
        _past_vs_future,
    ),
    task(
        "delayed_echo",
        "Bits, and at every step the bit some steps before; 0 before there is any.",
        (
            setting("delay", Whole(minimum=1, maximum=100_000), "How many steps before.", 3),
            examples(1000),
            setting("steps", Whole(minimum=2, maximum=100_000), "How many steps a sequence has.", 30),
            SEED,
        ),
        _delayed_echo,
        first="delay",
        order=(("delay", "steps"),),
    ),
    task(
        "mackey_glass",
        "A chaotic series in windows, and what it is some steps after each (Mackey and Glass, 1977).",
        (
            examples(3000, "How many windows there are, each one step after the last."),
            setting("window", Whole(minimum=1, maximum=10_000), "How many values go in.", 20),
            setting("horizon", Whole(minimum=1, maximum=10_000), "How far ahead of the last of them is asked for.", 84),
            setting("outputs", Whole(minimum=1, maximum=10_000), "How many values from there on are asked for.", 1),
            setting("tau", Whole(minimum=1, maximum=1000), "The delay of the equation; chaotic from 17.", 17),
            SEED,
        ),
        _mackey_glass,
    ),
)
"""All of them."""
