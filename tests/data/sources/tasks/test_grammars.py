"""Reber's grammar: every string is read again by an automaton written on its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

INPUTS = "BEPSTVX"
CLASSES = {"reber": "EPSTVX", "embedded_reber": "BEPSTVX"}


def strings(arrays: dict[str, Any], classes: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each string, spelt, with the legal successors after each symbol but the last."""
    for symbols, following, successors in zip(arrays["symbols"], arrays["next"], arrays["successors"], strict=True):
        length = int(symbols.sum())
        given = "".join(INPUTS[number] for number in symbols[:length].argmax(axis=1))
        wanted = "".join(classes[number] for number in following[:length])
        assert given[1:] == wanted[:-1]
        legal = ["".join(c for c, one in zip(classes, row, strict=True) if one) for row in successors[:length]]
        yield given + wanted[-1], legal


def follow(string: str) -> list[set[str]]:
    """Walk the diagram of Cleeremans et al. and return what is legal after each symbol of a plain string."""
    edges = {
        "start": {"B": "b"},
        "b": {"T": "t", "P": "p"},
        "t": {"S": "t", "X": "x"},
        "x": {"X": "p", "S": "s"},
        "p": {"T": "p", "V": "v"},
        "v": {"P": "x", "V": "s"},
        "s": {"E": "end"},
        "end": {},
    }
    node, legal = "start", []
    for symbol in string:
        node = edges[node][symbol]
        legal.append(set(edges[node]))
    assert node == "end"
    return legal


def test_plain_strings_are_of_the_grammar(make: Callable[..., Any]) -> None:
    """Each can be followed to its end, and what is legal after each symbol is said."""
    for string, legal in strings(make("reber"), CLASSES["reber"]):
        assert [set(row) for row in legal] == follow(string)[:-1]


def test_embedded_strings_end_as_they_begin(make: Callable[..., Any]) -> None:
    """B, T or P, a plain string, the same again, E; only that symbol is legal there."""
    for string, legal in strings(make("embedded_reber"), CLASSES["embedded_reber"]):
        match = re.fullmatch("B([TP])(B.*E)\\1E", string)
        assert match is not None
        inner = follow(match[2])
        inner[-1] = {match[1]}
        assert [set(row) for row in legal] == [{"T", "P"}, {"B"}, *inner, {"E"}]


@pytest.mark.parametrize("name", ["reber", "embedded_reber"])
def test_forks_are_even(name: str, make: Callable[..., Any]) -> None:
    """Both ways are taken half the time; the shortest embedded strings have 9 symbols, as the paper says."""
    taken: Counter[tuple[str, str]] = Counter()
    lengths = []
    for string, legal in strings(make(name, examples=4000), CLASSES[name]):
        taken.update((row, symbol) for row, symbol in zip(legal, string[1:], strict=True) if len(row) == 2)
        lengths.append(len(string))

    for row in {row for row, _ in taken}:
        first, second = (taken[row, symbol] for symbol in row)
        assert abs(first / (first + second) - 0.5) < 0.03
    assert min(lengths) == {"reber": 5, "embedded_reber": 9}[name]


@pytest.mark.parametrize("name", ["reber", "embedded_reber"])
def test_the_next_symbol_is_always_legal(name: str, make: Callable[..., Any]) -> None:
    """Among one or two."""
    arrays = make(name)

    real = arrays["next"] >= 0
    rows = arrays["successors"][real]
    assert (rows[np.arange(len(rows)), arrays["next"][real]] == 1).all()
    assert set(rows.sum(axis=1)) == {1, 2}
