"""Dates as numbers. Text is in tensors of TensorFlow's alone, as it is for Keras's own layers that take text."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi
from typing import Any, Final

import keras
import tensorflow as tf

PATTERN: Final = (
    r"^[ \t]*([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2})(?::([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?[ \t]*$"
)
"""A date, perhaps with a time and a zone; year, month, day, hour, minute and second are its groups."""

ROUNDS: Final = {
    "month": (1, 12),
    "day": (1, 31),
    "weekday": (1, 7),
    "day_of_year": (1, 366),
    "hour": (0, 24),
    "minute": (0, 60),
    "second": (0, 60),
}
"""The parts that begin anew: their lowest numbers, and after how many they do."""

_DAYS_TO_1970: Final = 719468
_DAYS_OF_400_YEARS: Final = 146097
_SECONDS_OF_A_DAY: Final = 86400


@keras.saving.register_keras_serializable(package="archcli")
class DateParts(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Read dates, perhaps with times, as ISO 8601 has them, and tell their parts; NaN for all that is no date.

    A time that is not written is midnight; a zone is not applied. Days are counted as Howard Hinnant shows
    (*chrono-Compatible Low-Level Date Algorithms*, `days_from_civil`).

    Input shape:
        `(batch, 1)`, text.

    Output shape:
        `(batch, numbers)`, float32: one for each part, or two for one that begins anew where it is `cyclic`.

    Attributes:
        parts: `year`, `month`, `day`, `weekday` (1 for Monday), `day_of_year`, `hour`, `minute`, `second`, `days`
            (since 1970, with their fractions).
        cyclic: Whether a part that begins anew, such as the hour, becomes a sine and a cosine.
    """

    def __init__(self, parts: Sequence[str], *, cyclic: bool = False, **kwargs: Any) -> None:
        """Tell `parts`."""
        super().__init__(**kwargs)
        self.parts = tuple(parts)
        self.cyclic = cyclic

    def call(self, inputs: Any) -> Any:
        """Return the parts of the dates `inputs`."""
        text = tf.reshape(tf.convert_to_tensor(inputs), (-1,))
        is_date = tf.strings.regex_full_match(text, PATTERN)
        text = tf.where(is_date, text, "1970-01-01")
        year, month, day, hour, minute, second = (_read_group(text, group) for group in range(1, 7))
        days = _count_days(year, month, day)
        into_day = tf.cast((hour * 60 + minute) * 60 + second, "float32") / _SECONDS_OF_A_DAY
        told = {
            "year": year,
            "month": month,
            "day": day,
            "weekday": (days + 3) % 7 + 1,  # the first of 1970 was a Thursday
            "day_of_year": days - _count_days(year, tf.ones_like(month), tf.ones_like(day)) + 1,
            "hour": hour,
            "minute": minute,
            "second": second,
            "days": tf.cast(days, "float32") + into_day,
        }
        numbers = [number for part in self.parts for number in self._turn(part, tf.cast(told[part], "float32"))]
        return tf.where(is_date[:, tf.newaxis], tf.stack(numbers, axis=-1), float("nan"))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return `(batch, numbers)`."""
        doubled = sum(self.cyclic and part in ROUNDS for part in self.parts)
        return (input_shape[0], len(self.parts) + doubled)

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        return {**super().get_config(), "parts": list(self.parts), "cyclic": self.cyclic}

    def _turn(self, part: str, number: Any) -> list[Any]:
        """Return the number of a part, or the sine and cosine of where it stands in its round."""
        if not self.cyclic or part not in ROUNDS:
            return [number]
        first, period = ROUNDS[part]
        angle = (number - first) * (2 * pi / period)
        return [tf.sin(angle), tf.cos(angle)]


def _read_group(text: Any, group: int) -> Any:
    """Return what a group of the pattern holds, int32; 0 where it holds nothing."""
    return tf.strings.to_number(tf.strings.regex_replace(text, PATTERN, rf"0\{group}"), tf.int32)


def _count_days(year: Any, month: Any, day: Any) -> Any:
    """Return the days since 1970-01-01, int32: years begin in March, so that the leap day is their last."""
    is_early = tf.cast(month <= 2, tf.int32)
    year = year - is_early
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month - 3 + 12 * is_early) + 2) // 5 + day - 1
    return era * _DAYS_OF_400_YEARS + of_era * 365 + of_era // 4 - of_era // 100 + of_year - _DAYS_TO_1970
