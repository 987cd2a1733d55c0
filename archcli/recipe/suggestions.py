"""What the user may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from typing import Final

NEAR: Final = 0.74
NEAR_FROM_ANOTHER_LETTER: Final = 0.8
"""Shares of equal characters (difflib's ratio) from which a word is taken for a slip.

Slips rarely hit the first letter.
"""

LONGEST_LISTING: Final = 160
"""Characters of a list of names that may stand in a hint."""


def near_match(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` most likely stands for, or None where nothing is near.

    Of words that differ by capitals only, the one that begins as `word` does.
    """
    is_capital = word[:1].isupper()
    by_lower: dict[str, str] = {}
    for candidate in sorted(known, reverse=True):
        lower = candidate.lower().replace("-", "_")
        if lower not in by_lower or candidate[:1].isupper() == is_capital:
            by_lower[lower] = candidate
    wanted = word.lower().replace("-", "_")
    swapped = next((lower for lower in by_lower if len(lower) > 1 and sorted(lower) == sorted(wanted)), None)
    if swapped is not None:
        return by_lower[swapped]
    for match in get_close_matches(wanted, by_lower, n=3, cutoff=NEAR):
        if match[:1] == wanted[:1] or SequenceMatcher(None, match, wanted).ratio() >= NEAR_FROM_ANOTHER_LETTER:
            return by_lower[match]
    return None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return a hint: the near word, those that hold this one, the list of what there is where it is short, or None."""
    candidates = list(known)
    match = near_match(word, candidates)
    if match is not None:
        return f"did you mean `{match}`?"
    for choice in (candidates, _holding(word, candidates)):
        listed = ", ".join(f"`{candidate}`" for candidate in choice)
        if listed and len(listed) <= LONGEST_LISTING:
            return f"one of {listed}" if len(choice) > 1 else f"did you mean {listed}?"
    return None


def _holding(word: str, known: Iterable[str]) -> list[str]:
    """Return the known words that `word` is a part of, or the beginning."""
    part = word.lower()
    begins = part if len(part) > 1 else "_"  # one letter says too little
    return [name for name in known if part in name.lower().split("_") or name.lower().startswith(begins)]
