"""What an architecture is: its settings, what in them contradicts what, and the layers that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from archcli.recipe.types import Signature

Settings = Mapping[str, Any]
"""The settings of an architecture by name, as plain data: what YAML holds."""

PlainLayer = dict[str, Any]
"""A layer as plain data: its class name, mapped to its arguments."""


@dataclass(frozen=True)
class Surroundings:
    """What an architecture has to know of the data that it is put between.

    Attributes:
        inputs: The names of the model's inputs, in order.
        shifts: For an input that is a target one step late, the name of that target: `previous: {shift: letter}`, and
            just so `letters` where the target is the next of them.
        target: The name of the target.
        kind: What the target is.
        per_step: Whether the target has a label or number for each step of a sequence; None: that shows only when the
            data are read.
        padded: Whether sequences are of several lengths and filled up with `$padding`.
    """

    inputs: tuple[str, ...]
    shifts: Mapping[str, str]
    target: str
    kind: Literal["category", "multilabel", "number"]
    per_step: bool | None = None
    padded: bool = False


@dataclass(frozen=True)
class Expansion:
    """What an architecture stands for, as plain data in the recipe language, every layer in long form.

    Attributes:
        model: `layers`, or `nodes` and `outputs`.
        train: Keys of the section `train` that it asks for; what the recipe writes itself comes before them.
    """

    model: dict[str, Any]
    train: dict[str, Any] = field(default_factory=dict)


class Contradiction(NamedTuple):
    """What is wrong with settings that are each right by themselves.

    Attributes:
        code: The problem's code.
        message: Its sentence.
        setting: The setting to point at; None: the architecture itself.
        hint: How to mend it.
    """

    code: str
    message: str
    setting: str | None
    hint: str


@dataclass(frozen=True)
class Architecture:
    """One architecture.

    Attributes:
        signature: Its name and settings.
        expand: From all its settings to the layers.
        contradictions: From all its settings to what is wrong with them.
    """

    signature: Signature
    expand: Callable[[Settings, Surroundings], Expansion]
    contradictions: Callable[[Settings, Surroundings], list[Contradiction]]
