"""What inputs, targets and a source cannot be together, as far as that shows without the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from archcli.errors import Problem
from archcli.recipe.features import (
    FOLDER_CLASS,
    FOLDER_FILE,
    FOLDER_TEXT,
    LINE_LABEL,
    LINE_TEXT,
    SIDE_BY_SIDE,
    TS_CLASS,
    TS_TARGET,
    TS_VALUES,
    has_windows,
    read_columns,
    side_by_side,
)
from archcli.recipe.recipe import Data, Named
from archcli.recipe.sounds import asked_spectrum
from archcli.recipe.sources import TABLES

_BESIDE: Final = ("numeric", "category", "date")
"""Inputs that can stand side by side: one row of numbers for each example."""

_INPUT_COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    "folder": {"image": FOLDER_FILE, "audio": FOLDER_FILE, "text": FOLDER_TEXT},
    "lines": {"text": LINE_TEXT},
    "ts": {"sequence": TS_VALUES, "numeric": TS_VALUES},
}
"""The column that an input of a type reads without being asked, of the sources whose columns have fixed names."""

_TARGET_COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    "folder": {"category": FOLDER_CLASS},
    "lines": dict.fromkeys(("category", "multilabel", "number", "text"), LINE_LABEL),
    "ts": {"category": TS_CLASS, "number": TS_TARGET},
}
"""The same for targets. What is not there has no meaning with the source."""

_WRITE: Final = {
    "folder": "write `image: {image: {height: 64, width: 64}}`, `sound: {audio: ...}` or `said: text`, and "
    "`kind: category`",
    "lines": "write `said: text` and `kind: category`",
    "ts": "write `signal: sequence` and `kind: category`",
}
_HOLDS: Final = {
    "folder": "a folder has images, sounds or texts, and their classes",
    "lines": "a file of lines has texts and their labels",
    "ts": "a `.ts` file has series and their classes, or numbers to be learned",
}


def settle_columns(data: Data) -> Data:
    """Return the data with the columns written that a folder, or a file of lines or series, has without being asked."""
    if data.source.name not in _INPUT_COLUMNS:
        return data
    asked, learned = _INPUT_COLUMNS[data.source.name], _TARGET_COLUMNS[data.source.name]

    def settled(feature: Named, known: Mapping[str, str]) -> Named:
        column = known.get(feature.name)
        if column is None or feature.arguments.get("columns") is not None:
            return feature
        return replace(feature, arguments={**feature.arguments, "columns": column})

    return replace(
        data,
        inputs={name: settled(feature, asked) for name, feature in data.inputs.items()},
        targets={name: settled(feature, learned) for name, feature in data.targets.items()},
    )


def find_feature_problems(data: Data) -> Iterator[Problem]:
    """Say which inputs and targets do not go together, or not with their source."""
    for name, feature in data.inputs.items():
        yield from _beside_problems(name, feature)
        yield from _sound_problems(name, feature)
    for name, feature in data.targets.items():
        yield from _separator_problems(name, feature)
    yield from _series_problems(data)
    yield from _sequence_problems(data)
    yield from _source_problems(data)


def _beside_problems(name: str, feature: Named) -> Iterator[Problem]:
    if feature.name == SIDE_BY_SIDE:
        for part in side_by_side(feature):
            if part.name not in _BESIDE:
                message = f"`{part.name}` cannot stand side by side with others in `{name}`"
                hint = "only `numeric`, `category` and `date` make one row of numbers; give it a name of its own"
                yield Problem("feature-does-not-fit", message, part.location, hint)
    elif feature.name == "category" and len(read_columns(feature, name)) > 1:
        message = f"`{name}` is one index, and it names {len(read_columns(feature, name))} columns"
        place = feature.argument_locations.get("columns", feature.location)
        hint = f"give each a name of its own, or put them side by side in a list: `{name}: [category: [...]]`"
        yield Problem("feature-does-not-fit", message, place, hint)


def _sound_problems(name: str, feature: Named) -> Iterator[Problem]:
    if feature.name != "audio":
        return
    spectrum = asked_spectrum(feature)
    if spectrum.frame_length > spectrum.samples:
        message = (
            f"a frame of `{name}` has {spectrum.frame_length} samples, and a whole sound has {spectrum.samples}: "
            "`seconds` times `sampling_rate`"
        )
        place = feature.argument_locations.get("frame_length", feature.location)
        yield Problem("feature-does-not-fit", message, place, "make `frame_length` smaller, or `seconds` larger")


def _separator_problems(name: str, feature: Named) -> Iterator[Problem]:
    if feature.name == "multilabel" and feature.arguments.get("separator") == "":
        message = f"`separator` of `{name}` is empty, expected what stands between two labels"
        place = feature.argument_locations.get("separator", feature.location)
        yield Problem("feature-does-not-fit", message, place, 'such as `";"`')


def _series_problems(data: Data) -> Iterator[Problem]:
    series = {name: feature for name, feature in data.inputs.items() if feature.name == "series"}
    ahead = {name: feature for name, feature in data.targets.items() if feature.name == "series"}
    if not series and not ahead:
        time = data.source.argument_locations.get("time")
        if data.source.arguments.get("time") is not None and not data.split.time:
            message = "`time` orders the lines of a series, and no input is a series"
            yield Problem("feature-does-not-fit", message, time, "write `split: {time: true}` too, or leave it out")
        return
    first = next(iter([*series.values(), *ahead.values()]))
    if data.source.name not in TABLES or data.source.arguments.get("id") is not None:
        message = f"`series` is read from the lines of one CSV, and the source is `{data.source.name}`"
        if data.source.name in TABLES:
            message = "`series` is one series, and `id` makes many of the lines"
        yield Problem("feature-does-not-fit", message, first.location)
        return
    for features, kind in ((data.inputs, "input"), (data.targets, "target")):
        for name, feature in features.items():
            if feature.name not in ("series", "shift"):
                message = f"the {kind} `{name}` is a {feature.name}, and a series has nothing but series beside it"
                yield Problem("feature-does-not-fit", message, feature.location, f"write `{name}: {{series: ...}}`")
    if not series or not ahead:
        message = "a series is foretold from its past: an input and a target, both `series`"
        yield Problem("feature-does-not-fit", message, first.location)
    strides = {feature.arguments.get("stride", 1) for feature in series.values()}
    if len(strides) > 1:
        message = "the windows of all inputs move together, and their strides differ"
        yield Problem("feature-does-not-fit", message, first.location, "give all of them one `stride`")


def _sequence_problems(data: Data) -> Iterator[Problem]:
    has_id = data.source.name in TABLES and data.source.arguments.get("id") is not None
    sequences = [feature for feature in data.inputs.values() if feature.name == "sequence"]
    if sequences and not has_id and data.source.name not in ("ts", "tfrecord"):
        message = "`sequence` is made of the lines of a CSV with one id, and the source names no `id`"
        hint = "write `source: {csv: {path: ..., id: ..., order: ...}}`"
        yield Problem("feature-does-not-fit", message, sequences[0].location, hint)
    if has_id and not sequences:
        message = "`id` makes sequences of the lines, and no input is a `sequence`"
        place = data.source.argument_locations.get("id")
        yield Problem("feature-does-not-fit", message, place, "write `signal: {sequence: [...]}`, or leave `id` out")
    if data.source.arguments.get("order") is not None and not has_id:
        message = "`order` orders the lines of a sequence, and the source names no `id`"
        yield Problem("feature-does-not-fit", message, data.source.argument_locations.get("order"))


def _source_problems(data: Data) -> Iterator[Problem]:
    source = data.source
    if source.name == "text":
        yield from _corpus_problems(data)
        return
    for feature in data.inputs.values():
        if feature.name == "text" and has_windows(feature):
            message = f"`window` cuts one long text, and the source is `{source.name}`"
            place = feature.argument_locations.get("window", feature.location)
            yield Problem("feature-does-not-fit", message, place, "write `source: {text: ...}`, or leave it out")
        held = ("tfrecord",) if feature.name == "image" else ()
        if feature.name in ("image", "audio") and source.name not in (*TABLES, "folder", *held):
            message = (
                f"`{feature.name}` is read from files that a CSV or a folder names, and the source is `{source.name}`"
            )
            hint = "write `numeric` for an array of images" if feature.name == "image" else None
            yield Problem("feature-does-not-fit", message, feature.location, hint)
    if source.name in _INPUT_COLUMNS:
        yield from _fixed_column_problems(data)


def _fixed_column_problems(data: Data) -> Iterator[Problem]:
    """Say what a source whose columns have fixed names does not hold."""
    name = data.source.name
    for features, known in ((data.inputs, _INPUT_COLUMNS[name]), (data.targets, _TARGET_COLUMNS[name])):
        for given, feature in features.items():
            if feature.name not in (*known, "shift"):
                message = f"{_HOLDS[name]}, and `{given}` is a {feature.name}"
                yield Problem("feature-does-not-fit", message, feature.location, _WRITE[name])
    kinds = {feature.name: given for given, feature in data.inputs.items() if feature.name != "shift"}
    if name == "folder" and len(kinds) > 1:
        first, second = list(kinds)[:2]
        message = (
            f"a folder is read for one kind of file, and `{kinds[first]}` is of type `{first}`, "
            f"`{kinds[second]}` of type `{second}`"
        )
        yield Problem("feature-does-not-fit", message, data.inputs[kinds[second]].location)


def _corpus_problems(data: Data) -> Iterator[Problem]:
    hint = "write `letters: {text: {split: character, window: 100}}` and `next: {shift: {of: letters, by: -1}}`"
    inputs, targets = list(data.inputs.items()), list(data.targets.items())
    if len(inputs) > 1 or inputs[0][1].name != "text" or not has_windows(inputs[0][1]):
        message = "one long text has one input: a `text` with a `window`"
        yield Problem("feature-does-not-fit", message, inputs[-1][1].location, hint)
    for name, feature in data.inputs.items():
        for argument in ("columns", "output_sequence_length"):
            if feature.name == "text" and feature.arguments.get(argument) is not None:
                message = f"`{argument}` of `{name}` has no meaning in one long text"
                yield Problem("feature-does-not-fit", message, feature.argument_locations.get(argument), "leave it out")
    for name, feature in targets:
        if feature.name != "shift":
            message = f"`{name}` is a {feature.name}, and one long text has no target but its own next symbols"
            yield Problem("feature-does-not-fit", message, feature.location, hint)
    if data.split.group is not None:
        yield Problem("feature-does-not-fit", "one long text has no columns to group by", data.split.location)
