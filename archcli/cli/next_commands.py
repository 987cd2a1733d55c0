"""How runs are called in the commands that are suggested."""

from __future__ import annotations

import shlex
from pathlib import Path

from archcli.cli.options import DEFAULT_RUNS


def called(path: Path, runs: Path) -> str:
    """Call a run as it is typed: short in the usual folder, else by its path; one may have been copied elsewhere."""
    if runs == DEFAULT_RUNS and path.parent.parent.absolute() == runs.absolute():
        return f"{path.parent.name}/{path.name.split('-')[0]}"
    return shlex.quote(str(path))


def runs_option(runs: Path) -> str:
    """Return the option that names the folder of runs, with a blank before it; nothing for the usual one."""
    return "" if runs == DEFAULT_RUNS else f" --runs {shlex.quote(str(runs))}"
