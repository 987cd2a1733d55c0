"""The feature types: each reads its columns and fits itself. What a recipe may say is in `archcli.recipe`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.features.audio import fit_sounds, read_sounds
from archcli.data.features.category import (
    fit_category,
    fit_category_input,
    read_category,
    read_category_input,
    read_known_category,
)
from archcli.data.features.date import fit_dates, read_dates
from archcli.data.features.image import fit_image, image_shape, read_images
from archcli.data.features.multilabel import fit_multilabel, read_known_multilabel, read_multilabel
from archcli.data.features.number import fit_number, read_known_number, read_number
from archcli.data.features.numeric import fit_numeric, read_numeric
from archcli.data.features.sequence import fit_sequences, read_sequences
from archcli.data.features.series import fit_series, fit_series_input, read_known_series, read_series, read_series_input
from archcli.data.features.text import fit_text, fit_text_input, read_known_text, read_text, read_text_input
from archcli.data.table import Raw, TargetValues
from archcli.recipe.facts import InputFacts, Spectrum, TargetFacts
from archcli.recipe.recipe import Named
from archcli.recipe.sounds import asked_spectrum


@dataclass(frozen=True)
class ReadOptions:
    """What reading depends on beside the columns.

    Attributes:
        may_miss: Whether values may be missing.
        shape: The shape of one example, as far as it is asked for and not found: an image's, the window of a series.
        spectrum: What a sound is to become; None: it is no sound.
    """

    may_miss: bool = False
    shape: tuple[int | None, ...] = ()
    spectrum: Spectrum | None = None

    @classmethod
    def of(cls, leaf: InputFacts) -> ReadOptions:
        """Return what new examples of a known input are read by."""
        may_miss = leaf.fill is not None or leaf.fill_word is not None
        return cls(may_miss, leaf.shape, leaf.spectrum)


@dataclass(frozen=True)
class FitOptions:
    """What fitting depends on beside the values.

    Attributes:
        everything: The raw values of all examples, from which nothing may be fitted but what padding is not.
        padding: What the raw numbers hold after the end of a short sequence; None: all are as long.
        side_by_side: Whether it is one of several inputs in one tensor.
    """

    everything: Any
    padding: float | None = None
    side_by_side: bool = False


@dataclass(frozen=True)
class InputType:
    """What a type of input does that is read from columns by itself.

    Attributes:
        read: Reads the raw values of all examples from the columns of a table; of windows for a series, of groups for a
            sequence.
        asks: Tells what the recipe says of reading.
        fit: Describes the input, called `name`, from the raw values of the training examples.
    """

    read: Callable[[Any, Sequence[str], Faults, ReadOptions], Raw]
    asks: Callable[[Named], ReadOptions]
    fit: Callable[[str, Named, Sequence[str], Any, FitOptions], InputFacts]


@dataclass(frozen=True)
class TargetType:
    """What a type of target does that is read from columns.

    Attributes:
        read: Reads the values of all examples from the columns.
        read_known: Reads the values of new examples of a target that is known.
        fit: Describes the target, called `name`, from all values and the rows that are trained on.
    """

    read: Callable[[Any, Named, Sequence[str], Faults], TargetValues]
    read_known: Callable[[Any, TargetFacts, Faults], TargetValues]
    fit: Callable[[str, Named, Sequence[str], TargetValues, NDArray[np.int64]], TargetFacts]


def _filled(feature: Named) -> ReadOptions:
    return ReadOptions(may_miss=feature.arguments.get("missing") is not None)


def _as_it_is(_: Named) -> ReadOptions:
    return ReadOptions()


def _window(feature: Named) -> ReadOptions:
    window = feature.arguments.get("window")
    return replace(_filled(feature), shape=(window if isinstance(window, int) else None,))


def _spectrum(asked: ReadOptions) -> Spectrum:
    return asked.spectrum or Spectrum(1, 1, 1, 1, None)


INPUTS: Final[Mapping[str, InputType]] = {
    "numeric": InputType(
        lambda table, columns, faults, asked: read_numeric(table, columns, faults, may_miss=asked.may_miss),
        _filled,
        lambda name, feature, columns, values, options: fit_numeric(
            name, feature, columns, values, padding=options.padding
        ),
    ),
    "category": InputType(
        lambda table, columns, faults, asked: read_category_input(table, columns, faults, may_miss=asked.may_miss),
        _filled,
        lambda name, feature, columns, values, options: fit_category_input(
            name, feature, columns, values, is_one_hot=options.side_by_side
        ),
    ),
    "text": InputType(
        lambda table, columns, faults, _: read_text_input(table, columns, faults),
        _as_it_is,
        lambda name, feature, columns, values, _: fit_text_input(name, feature, columns, values),
    ),
    "series": InputType(
        lambda table, columns, faults, asked: read_series_input(
            table, columns, faults, shape=asked.shape, may_miss=asked.may_miss
        ),
        _window,
        lambda name, feature, columns, values, _: fit_series_input(name, feature, columns, values),
    ),
    "sequence": InputType(
        lambda table, columns, faults, asked: read_sequences(table, columns, faults, may_miss=asked.may_miss),
        _filled,
        lambda name, feature, columns, values, options: fit_sequences(
            name, feature, columns, values, everything=options.everything
        ),
    ),
    "image": InputType(
        lambda table, columns, faults, asked: read_images(table, columns, faults, shape=asked.shape),
        lambda feature: ReadOptions(shape=image_shape(feature)),
        lambda name, _feature, columns, values, _: fit_image(name, columns, values),
    ),
    "date": InputType(
        lambda table, columns, faults, asked: read_dates(table, columns, faults, may_miss=asked.may_miss),
        _filled,
        lambda name, feature, columns, values, _: fit_dates(name, feature, columns, values),
    ),
    "audio": InputType(
        lambda table, columns, faults, asked: read_sounds(table, columns, faults, spectrum=_spectrum(asked)),
        lambda feature: ReadOptions(spectrum=asked_spectrum(feature)),
        lambda name, feature, columns, values, _: fit_sounds(name, feature, columns, values),
    ),
}
"""The types of an input that is read from columns, by name."""

TARGETS: Final[Mapping[str, TargetType]] = {
    "category": TargetType(read_category, read_known_category, fit_category),
    "multilabel": TargetType(read_multilabel, read_known_multilabel, fit_multilabel),
    "number": TargetType(read_number, read_known_number, fit_number),
    "text": TargetType(read_text, read_known_text, fit_text),
    "series": TargetType(read_series, read_known_series, fit_series),
}
"""The types of a target that is read from columns, by name."""
