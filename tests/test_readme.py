"""The README's commands do what they say: each is run, in order, and each file it shows is used as it stands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from tests.conftest import Archcli

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    return [text for name, text in fenced if name == language]


COMMANDS = [line[2:] for block in _blocks("console") for line in block.splitlines()]
FILES = {block.split("\n")[0][2:]: block for block in _blocks("yaml") if block.startswith("# ")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the README shows, and the data that they name."""
    folder = tmp_path_factory.mktemp("readme")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    drawn = np.random.default_rng(0).normal(0, 0.3, (90, 2)).round(2)
    lines = ["length,width,species"]
    for index, (length, width) in enumerate(drawn):
        kind, species = index % 3, ("setosa", "versicolor", "virginica")[index % 3]
        lines.append(f"{1.5 + 2 * kind + length:.2f},{0.3 + 0.8 * kind + width:.2f},{species}")
    (folder / "flowers.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_console_blocks_hold_only_our_commands() -> None:
    """What the next test cannot run does not stand in a block that looks as if it were tested."""
    lines = [line for block in _blocks("console") for line in block.splitlines()]

    assert len(lines) > 15
    assert [line for line in lines if not line.startswith("$ archcli ")] == []


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_the_readme_succeeds(command: str, folder: Path, archcli: Archcli) -> None:
    """It ends with status 0, in the order and the folder of the README."""
    done = archcli(*shlex.split(command)[1:], cwd=folder)

    assert (done.status, "error[" in done.err) == (0, False)


def test_python_of_the_readme_runs(folder: Path, archcli: Archcli) -> None:
    """The lines that load a model run as they are, in the run directory."""
    archcli("train", "mlp-wine", "train.epochs=1", cwd=folder)
    run = next((folder / "runs" / "mlp-wine").glob("1-*"))

    done = subprocess.run(
        [sys.executable, "-c", *_blocks("python")], cwd=run, check=True, capture_output=True, text=True
    )

    assert done.stdout == "('class_0', 'class_1', 'class_2')\n"


def test_mistake_of_the_readme_is_shown_as_it_says(folder: Path, archcli: Archcli) -> None:
    """The example of a mistake gives the messages that are shown, to the letter."""
    wrong = next(block for block in _blocks("yaml") if "Densee" in block)
    shown = next(block for block in _blocks("") if "Densee" in block)
    (folder / "wrong.yaml").write_text(f"archcli: 1\ndata: {{source: digits}}\n{wrong}", encoding="utf-8")

    done = archcli("check", "wrong.yaml", cwd=folder)

    assert done.status == 2
    for message in shown.split("\n\n"):
        assert message.strip() in done.err
