"""What a score has to reach, as `--fail-under` and `--fail-over` say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from archcli.errors import Problem, RecipeError
from archcli.recipe.suggestions import did_you_mean
from archcli.scoring.names import less_is_better


@dataclass(frozen=True)
class Threshold:
    """What one score has to reach.

    Attributes:
        score: Its name.
        bound: The number.
        is_highest: Whether the score may not be over it, as an error; else it may not be under it.
    """

    score: str
    bound: float
    is_highest: bool


def read_thresholds(under: Sequence[str], over: Sequence[str], known: Sequence[str]) -> tuple[Threshold, ...]:
    """Read what is asked of scores.

    Args:
        under: Such as `accuracy=0.97`, for scores of which more is better.
        over: Such as `mae=2`, for errors.
        known: The names of all scores that there may be.

    Raises:
        RecipeError: With every problem: what is no name and number, a score that there is not, one that is an error or
            is not.
    """
    read = [_read("--fail-under", text, known) for text in under] + [_read("--fail-over", text, known) for text in over]
    problems = [one for one in read if isinstance(one, Problem)]
    if problems:
        raise RecipeError(*problems)
    return tuple(one for one in read if isinstance(one, Threshold))


def judge(thresholds: Sequence[Threshold], scores: Mapping[str, float]) -> tuple[Problem, ...]:
    """Return a problem for each threshold that is missed; a score that is not defined misses it."""
    missed = []
    for threshold in thresholds:
        value = scores.get(threshold.score)
        expected = f"expected at {'most' if threshold.is_highest else 'least'} {threshold.bound:g}"
        if value is None:
            missed.append(f"`{threshold.score}` is not defined on these examples, {expected}")
        elif value > threshold.bound if threshold.is_highest else value < threshold.bound:
            missed.append(f"`{threshold.score}` is {value:.6g}, {expected}")
    return tuple(Problem("threshold-missed", message) for message in missed)


def _read(option: str, text: str, known: Sequence[str]) -> Threshold | Problem:
    score, _, number = text.partition("=")
    try:
        bound = float(number)
    except ValueError:
        bound = float("nan")
    if not score or not isfinite(bound):
        example = "mae=2" if option == "--fail-over" else "accuracy=0.97"
        message = f"`{option}` takes the name of a score and a number, found `{text}`"
        return Problem("bad-threshold", message, hint=f"write it as `{option} {example}`")
    if score not in known:
        return Problem("unknown-score", f"there is no score `{score}` of this run", hint=did_you_mean(score, known))
    is_error, asked = less_is_better(score), option == "--fail-over"
    if is_error == asked:
        return Threshold(score, bound, is_highest=is_error)
    better, other = ("less", "--fail-over") if is_error else ("more", "--fail-under")
    message = f"`{option}` does not go with `{score}`, of which {better} is better"
    return Problem("bad-threshold", message, hint=f"write `{other} {text}`")
