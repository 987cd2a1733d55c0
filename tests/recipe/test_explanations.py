"""Every problem that the program can report has a page, and every page a problem."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import archcli as package
from archcli.commands.explain import explanations
from archcli.recipe.catalogue import CATEGORIES
from archcli.recipe.signatures import OWN_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Archcli

ROOT = Path(package.__file__).parent
MAKERS = ("CellFault", "Contradiction", "Problem")
COMPUTED = {
    "several-{key}": {"several-inputs", "several-targets"},
    "unknown-{kind}": {"unknown-input", "unknown-target"},
    "unknown-{category}": {f"unknown-{category}" for category in (*CATEGORIES, "cell", *OWN_TABLES)},
    "unknown-{type_.kind}": {"unknown-activation", "unknown-dtype"},
}
"""Codes that are put together where they are reported, by how that is written."""


def _codes(source: Path) -> Iterator[str]:
    """Yield the codes in a source: what `Problem`, `CellFault` and `Checker.note` are given first."""
    makers = (*MAKERS, "note") if source.parent.name == "recipe" else MAKERS
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
        first = node.args[0]
        if name not in makers:
            continue
        if isinstance(first, ast.JoinedStr):
            yield from COMPUTED[ast.unparse(first)[2:-1]]
        elif isinstance(first, ast.Constant):
            yield str(first.value)
        else:  # a code that was given to the function, or is kept in an attribute
            assert ast.unparse(first) in {"code", "cell.code", "found.code"}


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    """The codes in the sources are exactly the pages."""
    codes = {code for source in ROOT.rglob("*.py") for code in _codes(source)}

    assert set(explanations()) == codes


@pytest.mark.parametrize("code", explanations())
def test_a_page_is_short_and_fits_a_terminal(code: str) -> None:
    """A sentence without a full stop, and a few lines."""
    page = explanations()[code]

    lines = page.text.splitlines()
    assert not page.summary.endswith(".")
    assert "\n" not in page.summary
    assert 3 <= len(lines) <= 15
    assert max(map(len, lines)) <= 100


def test_explain_shows_a_page(archcli: Archcli) -> None:
    """By its code, also as it stands in a message."""
    shown = archcli("explain", "error[missing-space]")

    assert shown.status == 0
    assert shown.out.startswith("missing-space: a colon has no blank after it, so that key and value are one word\n\n")
    assert archcli("explain", "missing-space").out == shown.out


def test_explain_lists_all_codes(archcli: Archcli) -> None:
    """Without a code, one line each."""
    shown = archcli("explain")

    assert [line.split()[0] for line in shown.out.splitlines()] == list(explanations())


def test_explain_suggests_a_code(archcli: Archcli) -> None:
    """A slip is answered with the near code."""
    shown = archcli("explain", "unknown-layers")

    assert (shown.status, shown.out) == (2, "")
    assert shown.err == (
        "error[unknown-code]: no problem has the code `unknown-layers`\n"
        "hint: did you mean `unknown-layer`?\n\n"
        "1 problem; for more: archcli explain unknown-code\n"
    )
