"""What the tests of formats share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the model is exported to."""
    return tmp_path_factory.mktemp("events")
