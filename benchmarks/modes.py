"""Time steps as a graph and by XLA for each kind of layer: where the rules of `archcli.engine.compile_mode` come from.

    python benchmarks/modes.py                 # all kinds
    python benchmarks/modes.py LSTM Conv1D     # those whose name holds one of these words

Prints a table as Markdown: microseconds a step, seconds to trace and compile, and after how many steps XLA has won back
what it takes longer to compile. The two modes are timed in turn, so that both have the same share of a machine that
others use too. Batches of 32; the first numbers of a name are what goes in, the last what the layers have of units.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from typing import TYPE_CHECKING

from archcli.engine.quiet import start_tensorflow

start_tensorflow()

import keras  # noqa: E402 -- TensorFlow must be started first
import numpy as np  # noqa: E402

from archcli.engine.feeding import Examples, cut_batches, order_epoch, place_examples  # noqa: E402
from archcli.engine.processor import count_cores, name_processor  # noqa: E402
from archcli.engine.steps import Loop, build_step, take_then  # noqa: E402
from archcli.layers.elman import Elman  # noqa: E402
from archcli.layers.equilibrium import Equilibrium  # noqa: E402
from archcli.layers.fully_recurrent import FullyRecurrent  # noqa: E402
from archcli.layers.jordan import Jordan  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcli.engine.compile_mode import ModeName

layers = keras.layers
BATCH, EXAMPLES, CLASSES = 32, 1024, 10
MODES: tuple[ModeName, ...] = ("graph", "xla")
Stack = list[keras.layers.Layer]


def _mlp(features: int, *units: int, dropout: float = 0.0) -> Stack:
    """Make dense layers, with dropout after each if there is any."""
    stack: Stack = [keras.Input((features,))]
    for size in units:
        stack += [layers.Dense(size, activation="relu"), *([layers.Dropout(dropout)] if dropout else [])]
    return stack


def _attention(steps: int, size: int) -> Stack:
    """Make a transformer's encoder block in one model."""
    inputs = keras.Input((steps, size))
    seen = layers.LayerNormalization()(inputs + layers.MultiHeadAttention(4, size // 4)(inputs, inputs))
    said = layers.LayerNormalization()(seen + layers.Dense(size)(layers.Dense(2 * size, activation="relu")(seen)))
    return [keras.Input((steps, size)), keras.Model(inputs, said), layers.GlobalAveragePooling1D()]


def _normalized(layer: Callable[[], keras.layers.Layer]) -> Stack:
    """Make a small network with one more kind of layer after each of two dense ones."""
    return [keras.Input((64,)), layers.Dense(64), layer(), layers.Dense(64), layer()]


CASES: dict[str, Callable[[], Stack]] = {
    "Dense 64-64-64": lambda: _mlp(64, 64, 64, 64),
    "Dense 784-128": lambda: _mlp(784, 128),
    "Dense 784-256-256": lambda: _mlp(784, 256, 256),
    "Dense 784-512-512": lambda: _mlp(784, 512, 512),
    "Dense 784-512-512, dropout": lambda: _mlp(784, 512, 512, dropout=0.2),
    "Dense 784-1024-1024": lambda: _mlp(784, 1024, 1024),
    "BatchNormalization 64": lambda: _normalized(layers.BatchNormalization),
    "LayerNormalization 64": lambda: _normalized(layers.LayerNormalization),
    "Dropout 64": lambda: _normalized(lambda: layers.Dropout(0.2)),
    "Embedding 1000, 20x16": lambda: [
        keras.Input((20,), dtype="int32"),
        layers.Embedding(1000, 16),
        layers.GlobalAveragePooling1D(),
    ],
    "Conv1D 64x8, 32": lambda: [
        keras.Input((64, 8)),
        layers.Conv1D(32, 5, activation="relu"),
        layers.GlobalAveragePooling1D(),
    ],
    "MaxPooling1D 64x8": lambda: [keras.Input((64, 8)), layers.Dense(16), layers.MaxPooling1D(), layers.Flatten()],
    "Conv2D 8x8x1, 16": lambda: [
        keras.Input((8, 8, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
    ],
    "MultiHeadAttention, LayerNormalization 20x32": lambda: _attention(20, 32),
    "SimpleRNN 50x8, 32": lambda: [keras.Input((50, 8)), layers.SimpleRNN(32)],
    "SimpleRNN 50x8, 256": lambda: [keras.Input((50, 8)), layers.SimpleRNN(256)],
    "LSTM 50x8, 32": lambda: [keras.Input((50, 8)), layers.LSTM(32)],
    "LSTM 10x8, 16": lambda: [keras.Input((10, 8)), layers.LSTM(16)],
    "LSTM 50x8, 128": lambda: [keras.Input((50, 8)), layers.LSTM(128)],
    "LSTM 50x8, 64": lambda: [keras.Input((50, 8)), layers.LSTM(64)],
    "LSTM 28x28, 256": lambda: [keras.Input((28, 28)), layers.LSTM(256)],
    "GRU 50x8, 32": lambda: [keras.Input((50, 8)), layers.GRU(32)],
    "GRU 50x8, 128": lambda: [keras.Input((50, 8)), layers.GRU(128)],
    "GRU 28x28, 256": lambda: [keras.Input((28, 28)), layers.GRU(256)],
    "Bidirectional LSTM 50x8, 32": lambda: [keras.Input((50, 8)), layers.Bidirectional(layers.LSTM(32))],
    "Bidirectional LSTM 50x8, 64": lambda: [keras.Input((50, 8)), layers.Bidirectional(layers.LSTM(64))],
    "Bidirectional LSTM 100x8, 128": lambda: [keras.Input((100, 8)), layers.Bidirectional(layers.LSTM(128))],
    "Elman 50x8, 32": lambda: [keras.Input((50, 8)), Elman(32, 8)],
    "Jordan 50x8, 32": lambda: [keras.Input((50, 8)), Jordan(32, 8)],
    "FullyRecurrent 50x8, 32": lambda: [keras.Input((50, 8)), FullyRecurrent(32)],
    "RNN of two LSTMCell 50x8, 32": lambda: [
        keras.Input((50, 8)),
        layers.RNN([layers.LSTMCell(32), layers.LSTMCell(32)]),
    ],
    "Equilibrium 64": lambda: [keras.Input((64,)), Equilibrium(64)],
}


class Timed:
    """One model in one mode."""

    def __init__(self, name: str, examples: Examples, mode: ModeName) -> None:
        keras.utils.set_random_seed(0)
        model = keras.Sequential([*CASES[name](), layers.Dense(CLASSES)])
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
        build_step(model, examples, batch_size=BATCH)
        self._loop = Loop(model, take_then(model.train_step), mode=mode)
        self._data = place_examples(examples)
        self._batches = cut_batches(order_epoch(examples.count, seed=0, epoch=0, shuffle=True), batch_size=BATCH)
        began = time.perf_counter()
        self._loop.warm_up(self._data, self._batches)
        self.compile_seconds = time.perf_counter() - began

    def time_epoch(self) -> float:
        """Train once through the examples and return the seconds of a step."""
        began, step = time.perf_counter(), 0
        while step < self._batches.count:
            step = self._loop.advance(self._data, self._batches, start=step).step
        return (time.perf_counter() - began) / self._batches.count


def make_examples(name: str) -> Examples:
    """Draw what the model called `name` takes."""
    generator = np.random.default_rng(0)
    shape, dtype = CASES[name]()[0].shape[1:], CASES[name]()[0].dtype
    drawn = (
        generator.normal(size=(EXAMPLES, *shape))
        if dtype == "float32"
        else generator.integers(0, 1000, size=(EXAMPLES, *shape))
    )
    return Examples(drawn.astype(dtype), generator.integers(0, CLASSES, EXAMPLES).astype("int32"))


def measure(name: str, *, rounds: int = 7) -> str:
    """Return the row of one kind."""
    examples = make_examples(name)
    timed = [Timed(name, examples, mode) for mode in MODES]
    for _ in range(3):
        for one in timed:
            one.time_epoch()
    seconds: list[list[float]] = [[], []]
    for _ in range(rounds):
        for one, taken in zip(timed, seconds, strict=True):
            taken.append(one.time_epoch())
    graph, xla = (1e6 * statistics.median(taken) for taken in seconds)
    longer = timed[1].compile_seconds - timed[0].compile_seconds
    pays = f"{max(0.0, 1e6 * longer / (graph - xla)):,.0f}" if graph > xla else "never"
    compiling = " | ".join(f"{one.compile_seconds:.1f}" for one in timed)
    return f"| {name} | {graph:,.0f} | {xla:,.0f} | {graph / xla:.1f} | {compiling} | {pays} |"


def main() -> None:
    """Print the table as Markdown."""
    out, wanted = sys.stdout, sys.argv[1:]
    out.write(f"{count_cores()} cores, {name_processor()}; batches of {BATCH}\n\n")
    out.write(
        "| kind | graph, µs | XLA, µs | graph / XLA | graph, s | XLA, s | pays after |\n|---|---|---|---|---|---|---|\n"
    )
    for name in CASES:
        if not wanted or any(word in name for word in wanted):
            out.write(measure(name) + "\n")
            out.flush()
            keras.backend.clear_session()
            gc.collect()


if __name__ == "__main__":
    main()
