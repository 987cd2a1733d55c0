"""`archcli generate`: a run that has learned the next symbol writes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from archcli.commands.generate import draw_symbol
from archcli.commands.train import train
from archcli.engine.progress import SilentProgress

if TYPE_CHECKING:
    from tests.conftest import Archcli

RECIPE = """
archcli: 1
name: letters
data:
  source: {text: letters.txt}
  inputs: {letters: {text: {split: character, window: 8}}}
  targets: {next: {shift: {of: letters, by: -1}}}
model:
  layers:
    - Embedding: {input_dim: $vocabulary, output_dim: 8}
    - SimpleRNN: {units: 16, return_sequences: true}
    - Dense: {units: $classes, activation: softmax}
train: {epochs: 10, batch_size: 8, optimizer: {Adam: {learning_rate: 3e-2}}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run that has read `abcd` over and over."""
    folder = tmp_path_factory.mktemp("generate")
    (folder / "letters.txt").write_text("abcd" * 250, encoding="utf-8")
    (folder / "letters.yaml").write_text(RECIPE, encoding="utf-8")
    train(str(folder / "letters.yaml"), runs=folder / "runs", command="", progress=SilentProgress())
    return folder


def test_the_likeliest_symbol_goes_on_as_the_text_did(folder: Path, archcli: Archcli) -> None:
    """After `bc` comes `dabc...`, further than a window reaches; standard output is the text and nothing else."""
    done = archcli("generate", "letters", "--text", "bc", "--length", "22", "--temperature", "0", cwd=folder)

    assert (done.status, done.out) == (0, "bc" + "dabc" * 5 + "da" + "\n")
    assert "next: archcli generate letters" in done.err


def test_one_seed_writes_one_text(folder: Path, archcli: Archcli) -> None:
    """What is drawn hangs on the seed alone; `--json` says what it began with."""
    told = [
        json.loads(archcli("generate", "letters", "--temperature", "3", "--seed", seed, "--json", cwd=folder).out)
        for seed in ("1", "1", "2")
    ]

    assert told[0] == told[1]
    assert told[0]["text"] != told[2]["text"]
    assert (told[0]["start"], told[0]["symbols"], len(told[0]["text"])) == ("a", 200, 200)


def test_run_without_a_next_symbol_is_refused(tmp_path: Path, archcli: Archcli) -> None:
    """A classifier of flowers writes nothing; the message says what would."""
    archcli("train", "perceptron-iris", "train.epochs=1", "--quiet", cwd=tmp_path)

    done = archcli("generate", "perceptron-iris", cwd=tmp_path)

    assert done.status == 2
    assert "error[cannot-generate]: the run `perceptron-iris/1" in done.err
    assert (
        "hint: it takes a text as its only input and learns the target `{shift: {of: that text, by: -1}}`" in done.err
    )


def test_a_text_without_symbols_is_refused(folder: Path, archcli: Archcli) -> None:
    """There is nothing to go on from."""
    done = archcli("generate", "letters", "--text", "", cwd=folder)

    assert (done.status, done.err.splitlines()[0]) == (
        2,
        "error[cannot-generate]: the text to go on from has no symbol",
    )


def test_top_k_draws_among_the_likeliest_only() -> None:
    """Of 10,000 draws with k = 2 none is the third likeliest, and the first two keep their ratio."""
    shares = np.array([0.2, 0.5, 0.3], np.float32)
    draw = np.random.default_rng(0)

    drawn = [draw_symbol(shares, draw, temperature=1.0, top_k=2) for _ in range(10_000)]

    counts = np.bincount(drawn, minlength=3) / len(drawn)
    np.testing.assert_allclose(counts, [0, 5 / 8, 3 / 8], atol=0.02)


def test_temperature_sharpens_and_flattens() -> None:
    """At temperature T a probability p counts as p to the power of 1/T (Boltzmann's distribution)."""
    shares = np.array([0.2, 0.8], np.float32)

    for temperature in (0.5, 2.0):
        draw = np.random.default_rng(1)
        drawn = [draw_symbol(shares, draw, temperature=temperature, top_k=None) for _ in range(10_000)]
        powers = np.array([0.2, 0.8]) ** (1 / temperature)
        np.testing.assert_allclose(np.mean(drawn), powers[1] / powers.sum(), atol=0.02)
