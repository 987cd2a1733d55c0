"""What the tests of run directories share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcli.runs.directory import Run, create_run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The first run of the recipe `xor`."""
    return create_run(tmp_path / "runs", "xor")
