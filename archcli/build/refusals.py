"""What Keras refuses, said in the recipe's terms."""

from __future__ import annotations

import re
from typing import Final

import tensorflow as tf

from archcli.errors import Problem
from archcli.recipe.recipe import Named

KERAS_ERRORS: Final = (
    ValueError,
    TypeError,
    NotImplementedError,
    ArithmeticError,  # GroupedQueryAttention: "float division by zero"
    AttributeError,  # Equalization has no attribute for its own error message
    IndexError,
    tf.errors.OpError,  # a size that does not fit in memory
)
"""What Keras raises, tried on every argument of every class, when a value of the right type does not suit it."""

LONGEST_REASON = 240
"""Characters of Keras's text that are shown."""


def argument_problem(named: Named, error: Exception) -> Problem:
    """Describe why Keras would not make `named`, at the argument that its message names if it names one."""
    argument = _named_argument(named, str(error))
    location = named.location if argument is None else named.argument_locations.get(argument, named.location)
    subject = f"`{named.name}`" if argument is None else f"`{argument}` of `{named.name}`"
    return Problem("keras-rejects", f"Keras refuses {subject}: {reason(error)}", location)


def reason(error: Exception) -> str:
    """Return what Keras says as one sentence in lower case without a full stop, without its advice to programmers."""
    if isinstance(error, tf.errors.ResourceExhaustedError):
        return "it does not fit in memory"
    if isinstance(error, IndexError):
        return "it has not as many axes as that"
    text = " ".join(_without_wrapping(str(error)).split())
    text = re.sub(r"https?://\S+|\{\{function_node \S+\}\} ?|\[Op:\w+\]( name: *)?", "", text)
    text = re.sub(r"(?<=\]) [01] [01](?= |$)", "", text)  # what oneDNN's products say of transposing
    sentences = re.split(r"(?<=[.!?)\]}])\s+(?=[A-Z(])", text)
    kept = sentences[0]
    received = next((s for s in sentences[1:] if s.startswith("Received") and len(s) < LONGEST_REASON // 2), None)
    if received is not None and "Received" not in kept:
        kept = f"{kept.rstrip('.: ')}; {received[0].lower()}{received[1:]}"
    kept = kept.rstrip(".: ")
    if len(kept) > LONGEST_REASON:
        kept = f"{kept[: LONGEST_REASON - 4].rsplit(' ', 1)[0]} ..."
    kept = re.sub(r"<class '(?:[\w.]+\.)?(\w+)'>", r"\1", kept)
    return kept[:1].lower() + kept[1:] if kept[1:2].islower() or kept[1:2] == " " else kept


def _without_wrapping(text: str) -> str:
    """Take off what Keras puts round an error inside a layer's `call`."""
    inner = re.search(r"Exception encountered when calling .*?\x1b\[1m(.*?)\x1b\[0m", text, re.DOTALL)
    return (inner.group(1) if inner else text).split("Error encountered:")[-1]


def _named_argument(named: Named, text: str) -> str | None:
    """Return the argument, among those written, that Keras's message speaks of first; None if it names none."""
    found = {}
    for argument in named.argument_locations:
        name = re.escape(argument)
        match = re.search(rf"`{name}`|`{name}=|\b{name}=|`{name}\b|'{name}'|argument {name}\b", text)
        if match:
            found[argument] = match.start()
    return min(found, key=lambda argument: found[argument], default=None)
