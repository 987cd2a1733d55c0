"""How runs are called in the commands that are suggested."""

from __future__ import annotations

from pathlib import Path

import pytest

from archcli.cli.next_commands import called, runs_option
from archcli.cli.options import DEFAULT_RUNS


@pytest.mark.parametrize(
    ("path", "runs", "expected"),
    [
        ("runs/flats/1-20261124-060000", DEFAULT_RUNS, "flats/1"),
        ("flats", DEFAULT_RUNS, "flats"),
        ("/mnt/other runs/flats/1-20261124-060000", DEFAULT_RUNS, "'/mnt/other runs/flats/1-20261124-060000'"),
        ("mine/flats/1-20261124-060000", Path("mine"), "mine/flats/1-20261124-060000"),
    ],
)
def test_a_run_is_called_as_it_is_found_again(path: str, runs: Path, expected: str) -> None:
    """Short where runs usually are, else by its path: a folder that was copied is no run of the usual folder."""
    assert called(Path(path), runs) == expected


def test_the_usual_folder_needs_no_option() -> None:
    """Another one is named, and quoted."""
    assert runs_option(DEFAULT_RUNS) == ""
    assert runs_option(Path("my runs")) == " --runs 'my runs'"
