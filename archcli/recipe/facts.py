"""What the data tell the rest of the program: names, shapes, classes and fitted numbers, without the examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

InputKind = Literal[
    "numeric", "category", "text", "shift", "series", "sequence", "image", "date", "audio", "side_by_side"
]
TargetKind = Literal["category", "multilabel", "number", "text"]
Split = Literal["character", "word"]
Standardize = Literal["lower_and_strip_punctuation", "lower", "strip_punctuation"]

PADDING: Final = "[PADDING]"
"""The first class of a text that is a target: nothing is ever said by it, but a symbol then has the same number whether
it is said or, one step late, heard, where 0 is padding."""

END: Final = "[END]"
"""The second class of a text that is a target, which follows its last symbol. As the input that is that target one step
late, the same mark stands for the start."""


@dataclass(frozen=True)
class Calendar:
    """What a date becomes.

    Attributes:
        parts: Of `archcli.recipe.features.DATE_PARTS`, in order.
        cyclic: Whether those that begin anew are a sine and a cosine each.
    """

    parts: tuple[str, ...]
    cyclic: bool


@dataclass(frozen=True)
class Spectrum:
    """What a sound becomes.

    Attributes:
        samples: How many each has, cut or with silence after it.
        sampling_rate: Samples a second.
        frame_length: Samples of a frame.
        frame_step: Samples from the start of a frame to that of the next.
        mel_bins: Bands of the mel scale; None: a number for each frequency.
    """

    samples: int
    sampling_rate: int
    frame_length: int
    frame_step: int
    mel_bins: int | None

    @property
    def shape(self) -> tuple[int, int]:
        """Frames, and the numbers of each."""
        frames = 1 + (self.samples - self.frame_length) // self.frame_step
        return frames, self.mel_bins or self.frame_length // 2 + 1


@dataclass(frozen=True)
class InputFacts:
    """One input of the model, or one part of an input whose parts stand side by side.

    Attributes:
        name: The name that the recipe gives it. A part is called by its input's name and its column's; every raw tensor
            that the saved model takes is called by the name of its input or part.
        shape: Shape of one example as the model takes it, without the batch; None: differs from example to example.
        columns: The source's columns (or array) that it is read from, in order; empty for a shift.
        scale: Fitted on the training examples: what a raw value is multiplied by, one number, or one for each
            index of the last axis; None where the raw values go in as they are.
        offset: What is added after that; None together with `scale`.
        dtype: What the model takes: numbers, or indices.
        vocabulary: How many different indices there are; None: it holds no indices.
        padding: What the steps after the end of a short sequence hold, all numbers of a step alike; None: all are as
            long. It is 0 for texts, and what it is after scaling for numbers.
        kind: What it is. Raw, a category, a text and a date are texts, `(1,)`, a shift is what the model takes, a sound
            is its samples from -1 to 1, a side by side is what its parts are, and all others are numbers of the shape
            that the model takes; an image from 0 to 255.
        raw_padding: What `padding` is in raw numbers; None where there is none, and for texts; a sequence is padded by
            NaN.
        fill: What a missing number, raw a NaN, is replaced by before it is scaled: one for each index of the last
            axis; None: none may be missing.
        fill_word: What a missing category, raw an empty text, is replaced by; None: none may be missing.
        words: The categories, which have the indices from 1 on (0 is any other), or the symbols of a text, which have
            the indices from 2 on (0 is padding, 1 any other).
        is_one_hot: Whether a category is a row of 0 and 1, `(1 + words,)`, in place of an index.
        split: What a text is cut into; None: it is no text.
        standardize: What is done to a text before, named as in Keras's `TextVectorization`.
        parts: The inputs that stand side by side, in order.
        shift_of: The target, by name, that a shift is.
        shift_by: How many steps late, from 1.
        calendar: What a date becomes before it is filled and scaled; None: it is no date.
        spectrum: What a sound becomes before it is scaled; None: it is no sound.
    """

    name: str
    shape: tuple[int | None, ...]
    columns: tuple[str, ...]
    scale: tuple[float, ...] | None = None
    offset: tuple[float, ...] | None = None
    dtype: Literal["float32", "int32"] = "float32"
    vocabulary: int | None = None
    padding: float | None = None
    kind: InputKind = "numeric"
    raw_padding: float | None = None
    fill: tuple[float, ...] | None = None
    fill_word: str | None = None
    words: tuple[str, ...] = ()
    is_one_hot: bool = False
    split: Split | None = None
    standardize: Standardize | None = None
    parts: tuple[InputFacts, ...] = ()
    shift_of: str | None = None
    shift_by: int = 0
    calendar: Calendar | None = None
    spectrum: Spectrum | None = None

    @property
    def leaves(self) -> tuple[InputFacts, ...]:
        """What it takes raw, one tensor each: its parts, or itself."""
        return self.parts or (self,)


@dataclass(frozen=True)
class TargetFacts:
    """One target.

    Attributes:
        name: The name that the recipe gives it.
        kind: `category` (a class per example, step or pixel), `multilabel` (any of the classes for each example),
            `number`, or `text` (a class per step: its symbols).
        shape: Shape of one example's raw target without the batch: `()` for a category, `(steps,)` or `(height, width)`
            for a label at each; `(classes,)` for several labels, 1 for each that it has, else 0; `(columns,)` or
            `(steps, columns)` for numbers; `(steps,)` for a text, with its end.
        columns: The source's columns (or array) that it is read from, in order; empty for a shift.
        classes: Label of each class, in order, as text; empty for numbers. The first two of a text's are `PADDING` and
            `END`.
        class_counts: How many labels of each class the training examples have; empty for numbers.
        scale: The standard deviations that numbers are divided by for training, one a column; None: as they are.
        offset: The means that were subtracted before; None together with `scale`.
        padded: Whether some steps have no label: a class number of -1, a NaN.
        is_series: Whether its numbers are the next ones of a series, `(horizon,)`.
        skips_missing: Whether windows are left out after which one of them is missing.
        split: What a text, or the input that a shift is of, is cut into; None for all else.
        standardize: What is done to a text before, named as in Keras's `TextVectorization`.
        separator: What stands between several labels of one example; None for all else.
        shift_of: The input, by name, that a shift is; None: it is none.
        shift_by: How many steps late; negative: early.
    """

    name: str
    kind: TargetKind
    shape: tuple[int, ...]
    columns: tuple[str, ...]
    classes: tuple[str, ...] = ()
    class_counts: tuple[int, ...] = ()
    scale: tuple[float, ...] | None = None
    offset: tuple[float, ...] | None = None
    padded: bool = False
    is_series: bool = False
    skips_missing: bool = False
    split: Split | None = None
    standardize: Standardize | None = None
    separator: str | None = None
    shift_of: str | None = None
    shift_by: int = 0


@dataclass(frozen=True)
class Facts:
    """Everything that the data tell.

    Attributes:
        inputs: By name, in the recipe's order.
        targets: By name, in the recipe's order.
        training_examples: How many examples the training part has.
    """

    inputs: Mapping[str, InputFacts]
    targets: Mapping[str, TargetFacts]
    training_examples: int
