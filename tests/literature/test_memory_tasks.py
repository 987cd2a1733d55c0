"""Tasks that were made to show what a recurrent network can keep, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from archcli.data.sources.tasks.grammars import open_embedded_reber
from archcli.recipe.built_in import built_in_set
from archcli.recipe.built_in.symbols import REBER_SYMBOLS

if TYPE_CHECKING:
    from tests.literature.conftest import Array, MostSeeds, Train, Trained


@pytest.mark.slow
def test_elman_network_foretells_every_third_bit_and_no_other(train: Train, most_seeds: MostSeeds) -> None:
    """The squared error falls where the next bit is an exclusive or, and stays a coin's variance elsewhere.

    Elman (1990), with four hidden units; 0.25 is the variance of a fair bit.
    """
    assert most_seeds(lambda seed: _tells_third_bits_only(train("elman-temporal-xor", f"train.seed={seed}")))


def _tells_third_bits_only(trained: Trained) -> bool:
    """Compare the errors of the training stream, whose windows follow one another."""
    part = trained.prepared.dataset.training
    truth = part.targets["next"]
    errors = (trained.answer(part.inputs)[..., 1] - truth) ** 2
    is_xor = np.broadcast_to(np.arange(truth.shape[1]) % 3 == 1, truth.shape)
    return bool(errors[is_xor].mean() < 0.05 and abs(errors[~is_xor].mean() - 0.25) <= 0.03)


def _fresh_strings(count: int) -> tuple[Array, Array, Array]:
    """Return embedded Reber strings of another seed than any recipe's: symbols, what came next, and what might."""
    arrays = open_embedded_reber(built_in_set("embedded_reber", {"examples": count, "seed": 1997})).arrays
    legal = arrays["successors"].astype(bool)
    return arrays["symbols"].astype(np.float32), arrays["next"], legal


def _tells_all_successors(trained: Trained) -> bool:
    """Whether at every step of 256 strings the symbols that are legal next are the most active outputs."""
    symbols, following, legal = _fresh_strings(256)
    chances = trained.answer({"symbols": symbols})[following >= 0]
    legal = legal[following >= 0]
    least_legal = np.where(legal, chances, np.inf).min(axis=-1)
    most_illegal = np.where(legal, -np.inf, chances).max(axis=-1)
    return bool((least_legal > most_illegal).all())


def _outer_accuracy(trained: Trained) -> float:
    """Return how often the symbol that closes a string is told, which is the one that opened it."""
    symbols, following, _ = _fresh_strings(256)
    told = trained.answer({"symbols": symbols})
    last_but_one = (following >= 0).sum(axis=1) - 2
    rows = np.arange(len(symbols))
    p, t = REBER_SYMBOLS.index("P"), REBER_SYMBOLS.index("T")
    chances = told[rows, last_but_one]
    return float(((chances[:, t] > chances[:, p]) == (following[rows, last_but_one] == t)).mean())


@pytest.mark.slow
def test_lstm_learns_embedded_reber_within_forty_thousand_strings(train: Train, most_seeds: MostSeeds) -> None:
    """At every step of 256 strings that it has not seen, the legal symbols are the most active outputs.

    Hochreiter and Schmidhuber (1997), table 1: 100 % of LSTM networks after 8,440 to 39,740 strings.
    """

    def learns(seed: int) -> bool:
        trained = train("lstm-embedded-reber", f"train.seed={seed}")
        strings = trained.outcome.epochs_done * len(trained.prepared.dataset.training)
        return strings <= 40_000 and _tells_all_successors(trained)

    assert most_seeds(learns)


@pytest.mark.slow
def test_rule_of_1990_guesses_the_end_of_embedded_reber(train: Train, most_seeds: MostSeeds) -> None:
    """No gradient through the context, no memory of the first symbol; in table 1 of 1997 no such network learned it."""
    assert most_seeds(lambda seed: _outer_accuracy(train("elman-1990", f"train.seed={seed}")) < 0.6)


@pytest.mark.slow
def test_gates_learn_the_modern_adding_problem_and_tanh_does_not(train: Train, most_seeds: MostSeeds) -> None:
    """Le, Jaitly and Hinton (2015): who always says 1 has a mean squared error of 1/6."""

    def squared_error(*overrides: str) -> float:
        return train("adding-gru", *overrides).scores["rmse"] ** 2

    assert most_seeds(lambda seed: squared_error(f"train.seed={seed}") < 5e-3)
    assert squared_error("model.architecture={rnn: 32}") > 0.05


@pytest.mark.slow
def test_chrono_biases_learn_the_original_adding_problem(train: Train, most_seeds: MostSeeds) -> None:
    """Of 2,560 sequences of 100 steps at most ten are wrong by 0.04 or more.

    Hochreiter and Schmidhuber (1997), experiment 4: 1 of 2,560 after 74,000 sequences.
    """

    def learns(seed: int) -> bool:
        trained = train("adding-lstm-chrono", f"train.seed={seed}")
        assert len(trained.part) == 2560
        wrong = np.abs(trained.answer().ravel() - trained.truth.ravel()) >= 0.04
        return bool(wrong.sum() <= 10)

    assert most_seeds(learns)
