"""The layers are a library of their own."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import keras
import pytest

import archcli.layers

FOLDER = Path(archcli.layers.__file__).parent
PUBLIC = [vars(archcli.layers)[name] for name in archcli.layers.__all__]
MODULES = sorted({part.__module__ for thing in PUBLIC for part in thing.__mro__ if "archcli" in part.__module__})


@pytest.mark.slow
def test_they_need_nothing_else_of_archcli() -> None:
    """Importing all of them imports no other part of the program, and none of its libraries."""
    program = (
        "import archcli.layers, sys\n"
        "print(sorted(name for name in sys.modules if name.startswith('archcli.') and '.layers' not in name))\n"
        "print(sorted({'typer', 'yaml'} & set(sys.modules)))"
    )

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout == "[]\n[]\n"


@pytest.mark.parametrize("module", MODULES)
def test_they_are_written_with_keras_alone(module: str) -> None:
    """No public layer's file imports a backend: on whichever of them Keras runs, the layers run.

    But for the one that reads text, which only TensorFlow holds in tensors; Keras's own such layers need it, too.
    """
    path = FOLDER / f"{module.rpartition('.')[2]}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    froms = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imports = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}

    packages = {name.split(".")[0] for name in froms | imports}

    reading = {"tensorflow"} if module == "archcli.layers.date_parts" else set()
    assert packages - reading <= {"archcli", "keras", "numpy", *sys.stdlib_module_names}


def test_every_one_of_them_is_found_when_a_model_is_loaded() -> None:
    """All are registered under the package's name."""
    registered = [keras.saving.get_registered_name(thing) for thing in PUBLIC]

    assert registered == [f"archcli>{name}" for name in archcli.layers.__all__]
