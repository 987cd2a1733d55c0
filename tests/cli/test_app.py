"""The program as a whole: whichever command is made ready, all of them are known."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
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


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="only Linux has such a device")
@pytest.mark.parametrize("arguments", [("--version",), ("recipes", "list"), ("check", "mlp-xor", "--json")])
def test_a_full_disk_behind_standard_output_is_one_sentence(arguments: tuple[str, ...]) -> None:
    """Whatever is printed, and however little of it: status 3 and no traceback."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "archcli", *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert done.returncode == 3
    assert done.stderr == (
        "error[cannot-write]: `standard output` cannot be written: no space left on device\n"
        "hint: free some space on that disk\n\n"
        "1 problem; for more: archcli explain cannot-write\n"
    )


def test_who_has_had_enough_of_the_output_ends_it() -> None:
    """No traceback, as `head` closes a pipe."""
    reading, writing = os.pipe()
    os.close(reading)

    with os.fdopen(writing, "wb") as pipe:
        command = [sys.executable, "-m", "archcli", "--version"]
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (1, "")


def test_a_name_that_is_too_long_is_one_sentence(archcli: Archcli) -> None:
    """Whatever it was to name, such as a recipe."""
    done = archcli("check", "x" * 300 + ".yaml")

    assert done.status == 3
    assert done.err == (
        f"error[file-not-found]: there is no file `{'x' * 40}…`: its name of 305 characters is longer than the system "
        "takes\nhint: see whether it is a name, and not what a file holds\n\n"
        "1 problem; for more: archcli explain file-not-found\n"
    )
