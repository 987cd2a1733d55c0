"""Built-in sets of logic: truth tables, two spirals, and exclusive or spread over time."""

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
from archcli.recipe.types import Number, Truth, Whole

BITS: Final = ("0", "1")
"""The classes of a target that is a bit."""

PARITY_PADDING: Final = -1.0
"""What `bits` of `parity` is after the end of a sequence: no bit."""


def _truth_table(name: str, spelt: str) -> BuiltIn:
    def describe(_: Arguments) -> Content:
        columns = (Column("a"), Column("b"), Column(name, classes=BITS))
        return Content(4, columns, {"bits": ("numeric", {"columns": ("a", "b")})}, same("category", name))

    return task(name, f"The four rows of {spelt}; split them with validation: 0, test: 0.", (), describe)


def _two_spirals(arguments: Arguments) -> Content:
    columns = (Column("x"), Column("y"), Column("spiral", classes=BITS))
    inputs = {"point": ("numeric", {"columns": ("x", "y")})}
    return Content(2 * arguments.whole("points"), columns, inputs, same("category", "spiral"))


def _temporal_xor(arguments: Arguments) -> Content:
    steps = arguments.whole("steps")
    columns = (Column("bit", (steps, 1)), Column("next", (steps,), BITS))
    return Content(arguments.whole("examples"), columns, same("numeric", "bit"), same("category", "next"))


def _parity(arguments: Arguments) -> Content:
    varies = arguments.truth("vary")
    steps = None if varies else arguments.whole("length")
    columns = (
        Column("bits", (steps, 1), padding=PARITY_PADDING if varies else None),
        Column("parity", (steps,), BITS),
        Column("total", classes=BITS),
    )
    return Content(arguments.whole("examples"), columns, same("numeric", "bits"), same("category", "parity"))


def _pipelined_xor(arguments: Arguments) -> Content:
    steps = arguments.whole("steps")
    columns = (Column("bits", (steps, 2)), Column("xor", (steps,), BITS))
    return Content(arguments.whole("examples"), columns, same("numeric", "bits"), same("category", "xor"))


LOGIC: Final = (
    _truth_table("and", "and"),
    _truth_table("or", "or"),
    _truth_table("xor", "exclusive or"),
    task(
        "two_spirals",
        "Two spirals of three turns wound into each other: to which does a point belong (Lang and Witbrock, 1988).",
        (
            setting("points", Whole(minimum=2, maximum=1_000_000), "How many there are on each spiral.", 97),
            setting("noise", Number(minimum=0), "The deviation of x and of y, where the outermost radius is 6.5.", 0.0),
            SEED,
        ),
        _two_spirals,
    ),
    task(
        "temporal_xor",
        "A stream of bits of which every third is the exclusive or of the two before, cut into windows: which bit is "
        "next (Elman, 1990).",
        (
            examples(100, "How many windows there are."),
            setting("steps", Whole(minimum=3, maximum=100_000), "How many bits a window has.", 30),
            SEED,
        ),
        _temporal_xor,
    ),
    task(
        "parity",
        "Bits, and at every step whether the ones up to there are odd in number (`parity`), or all of them (`total`).",
        (
            examples(1000),
            setting("length", Whole(minimum=2, maximum=100_000), "How many bits a sequence has at most.", 8),
            setting("vary", Truth(), "Whether lengths are drawn from 1 up, or all equal.", default=False),
            SEED,
        ),
        _parity,
    ),
    task(
        "pipelined_xor",
        "Two bits a step, and the exclusive or of those some steps before (Williams and Zipser, 1989).",
        (
            setting("delay", Whole(minimum=0, maximum=100_000), "How many steps before.", 1),
            examples(500),
            setting("steps", Whole(minimum=2, maximum=100_000), "How many steps a sequence has.", 20),
            SEED,
        ),
        _pipelined_xor,
        first="delay",
        order=(("delay", "steps"),),
    ),
)
"""All of them."""
