"""The JSON Schema of recipes, for editors."""

from __future__ import annotations

import json
from pathlib import Path

from archcli.recipe.json_schema import recipe_schema
from archcli.runs.writing import write_text


def schema_text() -> str:
    """Return the JSON Schema of recipes as it is written to a file."""
    schema = recipe_schema()
    lines = [
        f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}" for name, value in schema.pop("$defs").items()
    ]
    head = json.dumps(schema, indent=1).removesuffix("\n}")
    return head + ',\n "$defs": {\n' + ",\n".join(lines) + "\n }\n}\n"


def write_schema(path: Path) -> None:
    """Write the schema to a file, replacing what is there.

    Raises:
        SetupError: It cannot be written.
    """
    write_text(path, schema_text())
