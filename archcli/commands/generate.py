"""Let a trained run write: each symbol drawn from what the model expects after those before it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from archcli.commands.saved import SavedRun, open_saved
from archcli.data.features.text import cut_text, join_symbols
from archcli.engine.feeding import place
from archcli.errors import Problem, RecipeError
from archcli.recipe.facts import InputFacts
from archcli.runs.directory import Run

SMALLEST: Final = 1e-30
"""Below this a probability is taken for this, so that its logarithm is a number."""


@dataclass(frozen=True)
class GenerateReport:
    """What a run wrote.

    Attributes:
        run: The run.
        start: What it was given to go on from.
        text: What it wrote after that.
        symbols: How many symbols that is: characters, or words.
        seconds: How long it took, loading excluded.
    """

    run: Run
    start: str
    text: str
    symbols: int
    seconds: float


def generate(
    text: str,
    *,
    runs: Path,
    start: str | None = None,
    length: int = 200,
    temperature: float = 1.0,
    top_k: int | None = None,
    seed: int = 0,
) -> GenerateReport:
    """Write on, symbol by symbol, with a model that has learned which comes next.

    Args:
        text: What the user calls the run.
        runs: The folder of all runs.
        start: What to go on from; None: the most frequent symbol of its training texts.
        length: How many symbols to write, from 1.
        temperature: What the logarithms of the probabilities are divided by before a symbol is drawn: below 1 the
            likely ones become likelier; 0: always the likeliest.
        top_k: Draw among this many of the likeliest only; None: among all.
        seed: Decides what is drawn.

    Raises:
        RecipeError: There is no such run, or it does not answer with the next symbol of a text.
    """
    saved = open_saved(text, runs)
    output, facts = _next_symbol(saved)
    given = facts.words[0] if start is None else start
    split = facts.split or "word"
    symbols = cut_text(given, split, facts.standardize)
    if not symbols:
        message = "the text to go on from has no symbol"
        raise RecipeError(Problem("cannot-generate", message, hint="write one after `--text`, or leave it out"))
    draw = np.random.default_rng(seed)
    answer = _answering(saved, output)
    began = time.perf_counter()
    written: list[str] = []
    for _ in range(length):
        read = (*symbols, *written)[-(facts.shape[0] or len(symbols) + length) :]
        shares = answer(join_symbols(read, split))[len(read) - 1]
        written.append(facts.words[draw_symbol(shares, draw, temperature=temperature, top_k=top_k)])
    seconds = time.perf_counter() - began
    return GenerateReport(saved.run, given, join_symbols(written, split), len(written), seconds)


def draw_symbol(
    shares: NDArray[np.float32], draw: np.random.Generator, *, temperature: float, top_k: int | None
) -> int:
    """Draw one symbol.

    Args:
        shares: The probability of each, `(symbols,)`.
        draw: Where chance comes from.
        temperature: From 0; 0: the likeliest.
        top_k: Among how many of the likeliest; None: among all.
    """
    if temperature == 0:
        return int(shares.argmax())
    scores = np.log(np.maximum(shares.astype(np.float64), SMALLEST)) / temperature
    if top_k is not None and top_k < len(scores):
        scores[np.argsort(scores, kind="stable")[:-top_k]] = -np.inf
    weights = np.exp(scores - scores.max())
    return int(draw.choice(len(weights), p=weights / weights.sum()))


def _next_symbol(saved: SavedRun) -> tuple[str, InputFacts]:
    """Return the output that tells the next symbol, and the text that it goes on with."""
    scored = saved.scored
    if len(scored.inputs) == 1:
        for output, target in scored.learned.items():
            given = scored.inputs.get(target.shift_of or "")
            if given is not None and given.kind == "text" and target.shift_by == -1:
                return output, given
    message = f"the run `{saved.run.name}` does not answer with the next symbol of a text"
    hint = "it takes a text as its only input and learns the target `{shift: {of: that text, by: -1}}`"
    raise RecipeError(Problem("cannot-generate", message, hint=hint))


def _answering(saved: SavedRun, output: str) -> Callable[[str], NDArray[np.float32]]:
    """Return what gives the probabilities after each symbol of a text, `(steps, symbols)`; compiled once."""
    step = tf.function(lambda raw: saved.model(raw, training=False), autograph=False)

    def answer(read: str) -> NDArray[np.float32]:
        answers: Any = step(place(np.array([[read]], np.object_)))
        chosen = answers[output] if isinstance(answers, dict) else answers
        probabilities: NDArray[np.float32] = chosen.numpy()[0]
        return probabilities

    return answer
