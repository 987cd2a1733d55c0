"""The program as a whole: whichever command is made ready, all of them are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import typer

from archcli.cli.app import build_app

Archcli = Callable[..., Any]


def names(wanted: str | None) -> set[str]:
    """Return the names of the commands that are made ready."""
    return set(vars(typer.main.get_command(build_app(wanted)))["commands"])


@pytest.mark.parametrize("wanted", ["check", "recipes"])
def test_only_the_wanted_command_is_made_ready(wanted: str) -> None:
    """Typer takes a while over each."""
    assert names(wanted) == {wanted}


@pytest.mark.parametrize("wanted", [None, "--help", "chek"])
def test_all_are_made_ready_where_none_is_named(wanted: str | None) -> None:
    """Help lists them, and a name mistyped is compared with them."""
    assert {"train", "check", "recipes", "runs", "doctor"} <= names(wanted)


def test_a_mistyped_command_is_compared_with_all(archcli: Archcli) -> None:
    """As if all were always made ready."""
    outcome = archcli("chek")

    assert outcome.status == 2
    assert "Did you mean 'check', 'schema'?" in " ".join(outcome.err.split())
