"""Settings that several architectures have, and how settings become plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from archcli.recipe.recipe import Fact
from archcli.recipe.types import Either, Field, ListOf, Number, Signature, Text, Truth, Whole

ACTIVATIONS: Final = (
    *("celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh", "leaky_relu"),
    *("linear", "log_sigmoid", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink", "softplus"),
    *("softsign", "sparse_plus", "sparse_sigmoid", "squareplus", "tanh", "tanh_shrink"),
)
"""Keras's activations that work on each number by itself, as hidden layers want them."""

UNITS: Final = Whole(minimum=1)
SHARE: Final = Number(minimum=0, below=1)
ONE_OR_EACH: Final = Either((UNITS, ListOf(UNITS, minimum_length=1)))

L1: Final = Field("l1", Number(minimum=0), "Weight in the loss of the sum of all kernels' sizes.", 0.0)
L2: Final = Field("l2", Number(minimum=0), "Weight in the loss of the sum of all kernels' squares.", 0.0)
BATCH_NORM: Final = Field(
    "batch_norm", Truth(), "Normalise over the batch before each hidden activation.", default=False
)
READ: Final = Field(
    "read",
    Text(("last", "every_step", "mean", "max")),
    "Which steps are answered from: the last, each by itself, or the mean or greatest of all.",
    inferred="the target: `every_step` where it has an answer for each step, else `last`",
)
READ_WITHIN: Final = Field(
    "read",
    Text(("last", "every_step")),
    "Which steps' answers are given: the last one's, or every step's.",
    inferred="the target: `every_step` where it has an answer for each step, else `last`",
)


def activation(default: str, doc: str, *, inferred: str = "") -> Field:
    """Make the field of a hidden activation; with `inferred`, the default is only what that comes to."""
    return Field("activation", Text(ACTIVATIONS, "activation"), doc, None if inferred else default, inferred=inferred)


def signature(name: str, summary: str, *fields: Field, first: str | None = None) -> Signature:
    """Make the signature of an architecture from its settings, in order."""
    return Signature(name, summary, {field.name: field for field in fields}, first)


def fill_settings(found: Signature, given: Mapping[str, object]) -> dict[str, Any]:
    """Return every setting as plain data: as given, or its default; None where it is still to be inferred."""
    return {
        name: to_plain(given[name]) if name in given else to_plain(field.default)
        for name, field in found.arguments.items()
    }


def to_plain(value: object) -> Any:
    """Turn a checked value into what YAML would hold, new in every part; facts of the data become `$name`."""
    match value:
        case Fact():
            return f"${value.name}" if value.of is None else f"${value.name}.{value.of}"
        case tuple() | list():
            return [to_plain(item) for item in value]
        case Mapping():
            return {key: to_plain(item) for key, item in value.items()}
        case _:
            return value
