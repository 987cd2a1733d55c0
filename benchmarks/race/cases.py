"""What is raced over: the same networks and examples for every framework. Imports nothing but NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLASSES = 10
LEARNING_RATE = 1e-3
Cell = Literal["simple_rnn", "elman", "jordan", "fully_recurrent", "lstm", "gru"]


@dataclass(frozen=True)
class Mlp:
    """Dense layers with ReLU, dropout behind each, and a linear layer of ten classes."""

    hidden: tuple[int, ...]
    dropout: float = 0.0


@dataclass(frozen=True)
class Cnn:
    """Convolutions of 3 x 3 with zero padding and ReLU, max pooling of 2 behind each, and a linear layer."""

    filters: tuple[int, ...]


@dataclass(frozen=True)
class Recurrent:
    """One recurrent layer read at its last step, and a linear layer; `jordan` is that layer's readout itself."""

    cell: Cell
    units: int
    bidirectional: bool = False


@dataclass(frozen=True)
class Case:
    """One race.

    Attributes:
        title: As the table names it.
        network: What is trained, by Adam, on cross-entropy and accuracy.
        shape: Of one example; images have their channels last.
        batch_size: Examples per step.
        step_count: Steps of an epoch; no batch is partial.
        fit_target: How many times faster than Keras's `fit` ours is meant to be.
        torch_target: The same beside PyTorch run eagerly; None: told only.
    """

    title: str
    network: Mlp | Cnn | Recurrent
    shape: tuple[int, ...]
    batch_size: int
    step_count: int
    fit_target: float
    torch_target: float | None

    @property
    def example_count(self) -> int:
        """Return how many examples an epoch has."""
        return self.batch_size * self.step_count


def _over_time(title: str, cell: Cell, fit_target: float, torch_target: float) -> Case:
    return Case(f"{title} 32, 50 steps", Recurrent(cell, 32), (50, 8), 32, 45, fit_target, torch_target)


CASES = MappingProxyType({
    "mlp": Case("MLP 64-64-64-10, batch 32", Mlp((64, 64, 64)), (64,), 32, 180, 20, 8),
    "mlp784": Case("MLP 784-512-512-10, dropout, batch 128", Mlp((512, 512), 0.2), (784,), 128, 80, 1.5, 1),
    "cnn8": Case("CNN 16-32 on 8x8, batch 32", Cnn((16, 32)), (8, 8, 1), 32, 90, 2.5, 1.1),
    "cnn28": Case("CNN 32-64 on 28x28, batch 64", Cnn((32, 64)), (28, 28, 1), 64, 20, 1.2, 1.05),
    "simple_rnn": _over_time("SimpleRNN", "simple_rnn", 3, 1.3),
    "elman": _over_time("Elman", "elman", 3, 1.3),
    "jordan": _over_time("Jordan", "jordan", 3, 1.3),
    "fully_recurrent": _over_time("FullyRecurrent", "fully_recurrent", 3, 1.3),
    "lstm": _over_time("LSTM", "lstm", 3, 1.2),
    "gru": _over_time("GRU", "gru", 3, 1.2),
    "bilstm": Case("BiLSTM 128, 100 steps", Recurrent("lstm", 128, bidirectional=True), (100, 8), 32, 10, 1.7, None),
})  # fmt: skip


def make_examples(case: Case) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return inputs, `(examples, *shape)` float32, and classes, `(examples,)` int64, that can be learned.

    The class is the largest of ten random projections; of sequences, of their last two steps.
    """
    generator = np.random.default_rng(0)
    inputs = generator.standard_normal((case.example_count, *case.shape), dtype=np.float32)
    seen = inputs[:, -2:] if isinstance(case.network, Recurrent) else inputs
    seen = seen.reshape(len(inputs), -1)
    directions = generator.standard_normal((seen.shape[1], CLASSES), dtype=np.float32)
    return inputs, np.argmax(seen @ directions, axis=1)
