"""Texts, held one by one or each different one once."""

from __future__ import annotations

import numpy as np
import pytest

from archcli.data.texts import CodedTexts, Labels, change_texts, find_texts, number_texts

WRITTEN = ["b", "a", "", "b"]
CODED = CodedTexts(np.array([1, 0, 2, 1], np.int32), ("a", "b", "", "never"))


@pytest.mark.parametrize("texts", [WRITTEN, CODED])
def test_both_forms_are_read_alike(texts: Labels) -> None:
    """In length, order, parts, and what is found, changed or numbered."""
    changed = change_texts(texts, str.upper)

    assert (len(texts), list(texts), texts[1], list(texts[1:3])) == (4, WRITTEN, "a", ["a", ""])
    assert find_texts(texts, lambda text: not text).tolist() == [2]
    assert find_texts(texts, str.isupper).tolist() == []
    assert list(changed) == ["B", "A", "", "B"]
    assert number_texts(texts, {"a": 5, "b": 6}, -1).tolist() == [6, 5, -1, 6]


def test_different_texts_are_those_that_there_are() -> None:
    """A word of which no text is made is none."""
    assert CODED.different() == ("a", "b", "")
    assert CODED[:2].different() == ("a", "b")


def test_each_different_text_is_tested_once() -> None:
    """However many there are."""
    asked: list[str] = []

    def ask(text: str) -> bool:
        asked.append(text)
        return False

    find_texts(CODED, ask)

    assert asked == ["a", "b", "", "never"]
