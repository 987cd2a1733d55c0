"""A TFRecord file of `tf.train.Example`: each feature is a column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.records import RecordTable
from archcli.data.table import ArrayTable
from archcli.errors import DataError, Location, Problem
from archcli.recipe.delimited import shown_path
from archcli.recipe.tfrecord_names import read_feature_names

_COMPRESSION: Final = {None: "", "gzip": "GZIP", "zlib": "ZLIB"}
_KINDS: Final = {"bytes_list": "texts", "int64_list": "whole numbers", "float_list": "numbers"}


@dataclass
class _Feature:
    """A feature of all records so far: its kind, and its values in each."""

    kind: str | None = None
    values: list[list[Any]] = field(default_factory=list)


def open_tfrecord(
    path: Path,
    columns: Sequence[str],
    *,
    sequences: Collection[str] = (),
    compression: str | None = None,
    location: Location | None = None,
) -> RecordTable:
    """Read the features called `columns` of all records.

    A feature that has as many numbers in every record is an array, one that has not, or is among the `sequences`, is a
    sequence of them; bytes are a text in UTF-8 or a file, such as a picture, one in each record. A number that a record
    does not have is missing.

    Raises:
        DataError: The file is damaged, a record is no `tf.train.Example`, or a feature is of several kinds, or of
            several texts.
    """
    parts = open_tfrecord_in_parts(
        path, columns, rows=None, sequences=sequences, compression=compression, location=location
    )
    return next(parts)


def open_tfrecord_in_parts(
    path: Path,
    columns: Sequence[str],
    *,
    rows: int | None,
    sequences: Collection[str] = (),
    compression: str | None = None,
    location: Location | None = None,
) -> Iterator[RecordTable]:
    """Read the features called `columns` as `open_tfrecord` does, of at most `rows` records at a time; None: of all.

    Args:
        path: The file.
        columns: The features.
        rows: How many records come at once at most, from 1.
        sequences: Those of the features that are sequences, even if they are equally long in some part.
        compression: `gzip`, `zlib` or None.
        location: Where the recipe or the command line names the file.

    Raises:
        DataError: As `open_tfrecord`; what is wrong with a record when its part is reached.
    """
    read_feature_names(path, compression=compression, location=location)
    features = {column: _Feature() for column in dict.fromkeys(columns)}
    row, record = 1, 0
    for record, example in enumerate(_read_examples(path, compression, location), start=1):
        for name, feature in features.items():
            _append(feature, name, example.features.feature, record, location)
        if rows is not None and record - row + 1 == rows:
            yield _make_table(path, features, sequences, location, row=row)
            row = record + 1
            features = {name: _Feature(feature.kind) for name, feature in features.items()}
    if row <= record:
        yield _make_table(path, features, sequences, location, row=row)


def _make_table(
    path: Path, features: Mapping[str, _Feature], sequences: Collection[str], location: Location | None, *, row: int
) -> RecordTable:
    """Make a table of what was read, the first record of which is `row`, from 1."""
    arrays: dict[str, NDArray[np.generic]] = {}
    steps: dict[str, list[NDArray[np.float32]]] = {}
    contents: dict[str, list[bytes]] = {}
    for name, feature in features.items():
        if feature.kind == "bytes_list":
            contents[name] = _single(name, feature, location, row=row)
        elif _is_even(feature) and name not in sequences:
            arrays[name] = _stack(feature)
        else:
            steps[name] = [np.array(values, np.float32)[:, np.newaxis] for values in feature.values]
    count = max((len(feature.values) for feature in features.values()), default=0)
    table = ArrayTable(path.name, "column", arrays, count, location, folder=path.parent, first_row=row)
    return RecordTable(table, path, steps, contents=contents)


def _read_examples(path: Path, compression: str | None, location: Location | None) -> Iterator[Any]:
    import tensorflow as tf  # noqa: PLC0415 -- it takes seconds
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # noqa: PLC0415 -- TensorFlow's

    records = tf.data.TFRecordDataset(str(path), compression_type=_COMPRESSION[compression]).as_numpy_iterator()
    number = 0
    while True:
        number += 1
        try:
            yield tf.train.Example.FromString(next(records))
        except StopIteration:
            return
        except (tf.errors.DataLossError, tf.errors.OutOfRangeError):
            message = f"record {number} of `{shown_path(path)}` is damaged or cut off"
            raise DataError(Problem("not-a-tfrecord", message, location, "write the file anew")) from None
        except DecodeError:
            message = f"record {number} of `{shown_path(path)}` is no `tf.train.Example`"
            raise DataError(Problem("not-a-tfrecord", message, location)) from None


def _append(feature: _Feature, name: str, found: Mapping[str, Any], record: int, location: Location | None) -> None:
    """Add what one record has of a feature: nothing where it has none."""
    kind = found[name].WhichOneof("kind") if name in found else None
    values = [] if kind is None else list(getattr(found[name], kind).value)
    if values and feature.kind not in (None, kind):
        here, before = _KINDS[kind or "bytes_list"], _KINDS[feature.kind or "bytes_list"]
        message = f"record {record}: `{name}` holds {here}, and {before} in the records before"
        raise DataError(Problem("wrong-dtype", message, location, "write it with one kind of value in all records"))
    feature.kind = feature.kind or (kind if values else None)
    feature.values.append(values)


def _single(name: str, feature: _Feature, location: Location | None, *, row: int) -> list[bytes]:
    """Return the only piece of each record, empty where it has none."""
    for record, values in enumerate(feature.values, start=row):
        if len(values) > 1:
            message = f"record {record}: `{name}` holds {len(values)} texts or files, expected one"
            raise DataError(Problem("wrong-shape", message, location))
    return [values[0] if values else b"" for values in feature.values]


def _is_even(feature: _Feature) -> bool:
    """Tell whether every record has as many numbers, or one or none."""
    lengths = {len(values) for values in feature.values}
    return len(lengths) <= 1 or lengths == {0, 1}


def _stack(feature: _Feature) -> NDArray[np.generic]:
    """Return numbers, `(examples,)` or `(examples, numbers)`; NaN where one is missing."""
    if any(not values for values in feature.values):
        return np.array([values[0] if values else np.nan for values in feature.values], np.float64)
    stacked = np.array(feature.values, np.int64 if feature.kind == "int64_list" else np.float32)
    return stacked[:, 0] if stacked.shape[1] == 1 else stacked
