"""What is no recipe at all is refused like one that is broken: exit status 2, the exact text, no run directory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Archcli

LISTING = "hint: `archcli recipes list` shows the recipes that ship"

FILES = {
    "ten-megabytes.yaml": b"# a comment\n" * 900_000,
    "photo.yaml": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x08",
    "latin-1.yaml": "name: größe\n".encode("latin-1"),
    "mine.yaml": b"archcli: 1\n",
}


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        (
            "ten-megabytes.yaml",
            "error[recipe-too-large]: `ten-megabytes.yaml` is larger than 256 KiB, more than a recipe can be\n",
        ),
        ("photo.yaml", "error[not-text]: `photo.yaml` is a binary file, expected a recipe in YAML\n"),
        ("latin-1.yaml", "error[not-text]: `latin-1.yaml` is not a text in UTF-8\nhint: save it as UTF-8\n"),
        ("mnie.yaml", "error[recipe-not-found]: there is no file `mnie.yaml`\nhint: did you mean `mine.yaml`?\n"),
        ("yours.yaml", f"error[recipe-not-found]: there is no file `yours.yaml`\n{LISTING}\n"),
        ("nowhere/mine.yaml", f"error[recipe-not-found]: there is no file `nowhere/mine.yaml`\n{LISTING}\n"),
        ("folder.yaml", "error[recipe-not-found]: `folder.yaml` is a folder, expected a recipe\n"),
        (
            "run",
            "error[recipe-not-found]: `run` is a folder, expected a recipe\nhint: did you mean `run/resolved.yaml`?\n",
        ),
        ("cnn-digit", "error[recipe-not-found]: no recipe is called `cnn-digit`\nhint: did you mean `cnn-digits`?\n"),
        (
            "resnet",
            f"error[recipe-not-found]: no recipe is called `resnet`\n{LISTING}; a file of your own ends in `.yaml`\n",
        ),
        ("", f"error[recipe-not-found]: no recipe is called ``\n{LISTING}; a file of your own ends in `.yaml`\n"),
    ],
)
def test_what_is_no_recipe_is_refused(typed: str, problem: str, archcli: Archcli, tmp_path: Path) -> None:
    """With the near name where there is one."""
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    for folder in ("folder.yaml", "run"):
        (tmp_path / folder).mkdir()
    (tmp_path / "run" / "resolved.yaml").touch()

    done = archcli("train", typed, cwd=tmp_path)

    code = problem[problem.index("[") + 1 : problem.index("]")]
    assert done.err == f"{problem}\n1 problem; for more: archcli explain {code}\n"
    assert (done.status, done.out) == (2, "")
    assert not (tmp_path / "runs").exists()


def test_a_shipped_recipe_is_found_beside_a_folder_of_its_name(archcli: Archcli, tmp_path: Path) -> None:
    """A folder is no recipe, and does not hide one."""
    (tmp_path / "cnn-digits").mkdir()

    done = archcli("check", "cnn-digits", cwd=tmp_path)

    assert done.status == 0
