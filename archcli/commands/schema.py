"""The JSON Schema of recipes, for editors."""

from __future__ import annotations

from pathlib import Path

from archcli.recipe.gallery import shipped_schema
from archcli.runs.writing import write_text


def schema_text() -> str:
    """Return the JSON Schema of recipes as it is written to a file."""
    return shipped_schema()


def write_schema(path: Path) -> None:
    """Write the schema to a file, replacing what is there.

    Raises:
        SetupError: It cannot be written.
    """
    write_text(path, schema_text())
