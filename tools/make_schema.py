"""Write `recipes/recipe.schema.json`: the recipe language as a JSON Schema.

Run after every change of the language, and of the catalogue:

    python -m tools.make_schema
"""

from __future__ import annotations

from archcli.recipe.gallery import SCHEMA_FILE, gallery_folder
from archcli.recipe.json_schema import schema_text
from archcli.runs.writing import write_text

if __name__ == "__main__":
    write_text(gallery_folder() / SCHEMA_FILE, schema_text())
