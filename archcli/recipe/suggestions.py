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


def near_match(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` most likely stands for, or None where nothing is near."""
    by_lower = {candidate.lower().replace("-", "_"): candidate for candidate in sorted(known, reverse=True)}
    wanted = word.lower().replace("-", "_")
    for match in get_close_matches(wanted, by_lower, n=3, cutoff=NEAR):
        if match[:1] == wanted[:1] or SequenceMatcher(None, match, wanted).ratio() >= NEAR_FROM_ANOTHER_LETTER:
            return by_lower[match]
    return None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return the hint `did you mean ...?`, the list of what there is where it is short, or None."""
    candidates = list(known)
    match = near_match(word, candidates)
    if match is not None:
        return f"did you mean `{match}`?"
    listed = ", ".join(f"`{candidate}`" for candidate in candidates)
    return f"one of {listed}" if listed and len(listed) <= 160 else None
