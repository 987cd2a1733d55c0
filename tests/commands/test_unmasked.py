"""Sequences that differ in length and a model that is not told where they end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Archcli

WALKS = "walk,left,right,who\n" + "".join(
    f"{walk},{step},{walk},{'Ann' if walk % 2 else 'Bob'}\n" for walk in range(12) for step in range(2 + walk % 3)
)
SEQUENCES = """archcli: 1
data:
  source: {csv: {path: walks.csv, id: walk}}
  inputs: {signal: {sequence: [left, right]}}
  targets: {who: category}
  split: {validation: 0, test: 0}
model:
  layers:
    - Dense: 4
    - GRU: 4
    - Dense: $classes
train: {epochs: 1, batch_size: 4}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with sequences of two to four steps, and their recipe."""
    (tmp_path / "walks.csv").write_text(WALKS, encoding="utf-8")
    (tmp_path / "walks.yaml").write_text(SEQUENCES, encoding="utf-8")
    return tmp_path


def test_unequal_lengths_want_a_mask(folder: Path, archcli: Archcli) -> None:
    """The layer that would read the padding is named, two sequences of different lengths, and what to write."""
    done = archcli("train", "walks.yaml", cwd=folder)

    assert done.status == 3
    assert done.err == (
        "error[unmasked-padding]: `signal` (`left`, `right`) has 2 steps in sequence 1 and 4 in sequence 3, and `GRU` "
        "would read what fills up the short ones\n"
        "  --> walks.yaml:10:7\n"
        "   |\n"
        "10 |     - GRU: 4\n"
        "   |       ^^^\n"
        "hint: write `Masking: $padding` before it\n\n"
        "1 problem in walks.yaml; for more: archcli explain unmasked-padding\n"
    )
    assert not (folder / "runs").exists()


def test_sequences_of_one_length_need_none(folder: Path, archcli: Archcli) -> None:
    """Where all are as long, nothing is padded."""
    lines = [line for number, line in enumerate(WALKS.splitlines()) if number == 0 or int(line.split(",")[1]) < 2]
    (folder / "walks.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    assert archcli("check", "walks.yaml", "--build", cwd=folder).status == 0


@pytest.mark.parametrize(
    ("embedding", "text", "status"),
    [
        ("{input_dim: $vocabulary, output_dim: 4}", "text", 3),
        ("{input_dim: $vocabulary, output_dim: 4, mask_zero: true}", "text", 0),
        ("{input_dim: $vocabulary, output_dim: 4}", "{text: {output_sequence_length: 3}}", 0),
    ],
)
def test_texts_want_one_too(embedding: str, text: str, status: int, tmp_path: Path, archcli: Archcli) -> None:
    """`mask_zero` tells the layers after it; texts that are all made as long need nothing."""
    (tmp_path / "said.csv").write_text("said,who\nyes,Ann\nno no,Bob\n" * 4, encoding="utf-8")
    recipe = SEQUENCES.replace("{path: walks.csv, id: walk}", "said.csv")
    recipe = recipe.replace("{signal: {sequence: [left, right]}}", f"{{said: {text}}}")
    (tmp_path / "said.yaml").write_text(recipe.replace("Dense: 4", f"Embedding: {embedding}"), encoding="utf-8")

    done = archcli("check", "said.yaml", "--build", cwd=tmp_path)

    assert done.status == status
    assert ("error[unmasked-padding]: `said` (`said`) has 1 step in example" in done.err) == (status == 3)
