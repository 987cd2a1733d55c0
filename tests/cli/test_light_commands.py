"""Commands that only read text answer at once: they import neither TensorFlow nor Keras nor NumPy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROBE = """
import sys
from archcli.cli.app import main
try:
    main(sys.argv[1:])
except SystemExit as exit:
    assert not exit.code, exit.code
heavy = ("tensorflow", "keras", "numpy", "sklearn", "scipy", "matplotlib", "pyarrow")
print("HEAVY", sorted(name for name in heavy if name in sys.modules))
"""

LIGHT_COMMANDS = [
    ["--help"],
    ["--version"],
    ["train", "--help"],
    ["check", "cnn-digits"],
    ["check", "cnn-digits", "train.epochs=3", "--json"],
    ["show", "mlp-wine"],
    ["show", "mlp-wine", "--resolved"],
    ["recipes", "list"],
    ["recipes", "show", "mlp-xor"],
    ["recipes", "copy", "mlp-xor"],
    ["schema"],
    ["runs", "list"],
    ["explain"],
    ["explain", "unknown-layer"],
]


@pytest.mark.parametrize("arguments", LIGHT_COMMANDS, ids=" ".join)
def test_light_command_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    """A command that only reads text succeeds in a fresh interpreter without any of the heavy packages."""
    command = [sys.executable, "-c", PROBE, *arguments]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "HEAVY []"
