"""Time our training loop beside `Model.fit`: the same model, data and batches, one epoch of each in turn.

    python benchmarks/training_loop.py [--rounds 15]

Prints a table of medians. The two are interleaved, so that both have the same share of a machine that others use too;
the ratio means more than the times. Compiling is not counted. A round of XLA follows one of the graph, since one may be
quick where the other is not.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING

from archcli.engine.quiet import start_tensorflow

start_tensorflow()

import keras  # noqa: E402 -- TensorFlow must be started first
import numpy as np  # noqa: E402

from archcli.engine.feeding import Examples, cut_batches, order_epoch, place_examples  # noqa: E402
from archcli.engine.processor import count_cores, name_processor  # noqa: E402
from archcli.engine.steps import Loop, build_step, take_then  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcli.engine.compile_mode import ModeName

layers = keras.layers
BATCH, EXAMPLES, CLASSES = 32, 1440, 10

MODELS: dict[str, Callable[[], list[keras.layers.Layer]]] = {
    "MLP 64-64-64-10": lambda: [
        keras.Input((64,)),
        *(layers.Dense(64, activation="relu") for _ in range(3)),
    ],
    "CNN 16-32 on 8x8": lambda: [
        keras.Input((8, 8, 1)),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
    ],
    "LSTM 32, 50 steps": lambda: [keras.Input((50, 8)), layers.LSTM(32)],
}


def make_model(name: str) -> keras.Model:
    """Make and compile the model called `name`."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([*MODELS[name](), layers.Dense(CLASSES)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"], jit_compile=False)
    return model


def make_fit_epoch(name: str, examples: Examples) -> Callable[[], None]:
    """Return a function that trains one epoch by `Model.fit`."""
    model = make_model(name)

    def run() -> None:
        model.fit(examples.inputs, examples.targets, batch_size=BATCH, verbose=0)

    return run


def make_our_epoch(name: str, examples: Examples, mode: ModeName) -> Callable[[], None]:
    """Return a function that trains one epoch by our loop, its order drawn and its metrics read."""
    model = make_model(name)
    build_step(model, examples, batch_size=BATCH)
    loop, data = Loop(model, take_then(model.train_step), mode=mode), place_examples(examples)
    epochs = iter(range(1_000_000))

    def run() -> None:
        order = order_epoch(examples.count, seed=0, epoch=next(epochs), shuffle=True)
        batches, step = cut_batches(order, batch_size=BATCH), 0
        while step < batches.count:
            step = loop.advance(data, batches, start=step).step

    return run


def measure(runs: dict[str, Callable[[], None]], *, rounds: int) -> dict[str, float]:
    """Return the median seconds of each of `runs`, called in turn, after three calls to compile and settle."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for round_number in range(rounds + 3):
        for name, run in runs.items():
            began = time.perf_counter()
            run()
            if round_number >= 3:
                seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(times) for name, times in seconds.items()}


def main() -> None:
    """Measure all models and print the table."""
    parser = argparse.ArgumentParser(description="Time our training loop beside `Model.fit`.")
    parser.add_argument("--rounds", type=int, default=15, help="epochs of each kind that are timed")
    rounds = parser.parse_args().rounds
    print(f"{name_processor()}, {count_cores()} cores; median of {rounds} epochs of {EXAMPLES} examples, batch {BATCH}")
    print(f"{'model':<20}{'fit ms':>10}{'graph ms':>10}{'xla ms':>10}{'fit/graph':>11}{'fit/xla':>9}")
    generator = np.random.default_rng(0)
    for name, make in MODELS.items():
        shape = make()[0].shape[1:]
        inputs = generator.normal(size=(EXAMPLES, *shape)).astype("float32")
        examples = Examples(inputs, generator.integers(0, CLASSES, EXAMPLES))
        runs = {
            "fit": make_fit_epoch(name, examples),
            "graph": make_our_epoch(name, examples, "graph"),
            "xla": make_our_epoch(name, examples, "xla"),
        }
        times = measure(runs, rounds=rounds)
        cells = "".join(f"{times[kind] * 1000:>10.1f}" for kind in ("fit", "graph", "xla"))
        print(f"{name:<20}{cells}{times['fit'] / times['graph']:>11.1f}{times['fit'] / times['xla']:>9.1f}", flush=True)


if __name__ == "__main__":
    main()
