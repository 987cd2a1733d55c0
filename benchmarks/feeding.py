"""Time training from chunks beside training from the device: the same model, data and batches, epochs in turn.

    python benchmarks/feeding.py [--rounds 9]

Data are twenty times as large as a chunk. Prints medians of microseconds a step in both modes, their ratio, and what
the process took at most while each way of feeding was set up and ran its first epoch, beyond the data themselves, which
are in the machine's memory before. Compiling is not counted. The two are interleaved, so that both have the same share
of a machine that others use too; the ratio means more than the times.
"""

from __future__ import annotations

import argparse
import statistics
import time
from contextlib import closing
from typing import TYPE_CHECKING

from archcli.engine.quiet import start_tensorflow

start_tensorflow()

import keras  # noqa: E402 -- TensorFlow must be started first
import numpy as np  # noqa: E402

from archcli.engine.feeding import Examples, list_arrays, order_epoch  # noqa: E402
from archcli.engine.memory import measured_peak, write_bytes  # noqa: E402
from archcli.engine.processor import count_cores, name_processor  # noqa: E402
from archcli.engine.steps import Loop, build_step, take_then  # noqa: E402
from archcli.engine.streaming import Feed, Room  # noqa: E402

if TYPE_CHECKING:
    from archcli.engine.compile_mode import ModeName

layers = keras.layers
EXAMPLES, FEATURES, CLASSES, BATCH = 262_144, 64, 10, 32
BYTES = EXAMPLES * (FEATURES * 4 + 8)
ROOMS = {"on the device": Room(share=1.0), "in chunks": Room(share=0.0, chunk_bytes=BYTES // 20)}


class Trainer:
    """A small network that is trained from one kind of feed."""

    def __init__(self, examples: Examples, mode: ModeName, room: Room) -> None:
        """Put `examples` where `room` lets them be, and compile."""
        keras.utils.set_random_seed(0)
        hidden = [layers.Dense(64, activation="relu") for _ in range(3)]
        model = keras.Sequential([keras.Input((FEATURES,)), *hidden, layers.Dense(CLASSES)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss, metrics=["accuracy"], jit_compile=False)
        build_step(model, examples, batch_size=BATCH)
        self._loop, self._epoch = Loop(model, take_then(model.train_step), mode=mode), 0
        with measured_peak() as peak:
            self.feed = Feed(list_arrays(examples), batch_size=BATCH, room=room)
            sample = self.feed.sample()
            self._loop.warm_up(sample.data, sample.batches)
            self.train()
        self.peak_bytes = peak.bytes

    def train(self) -> float:
        """Train an epoch, and return the seconds that a step took."""
        began, step = time.perf_counter(), 0
        order = order_epoch(EXAMPLES, seed=0, epoch=self._epoch, shuffle=True)
        with closing(self.feed.parts(order)) as parts:
            for part in parts:
                while step < part.batches.stop:
                    step = self._loop.advance(part.data, part.batches, start=step).step
        self._epoch += 1
        return (time.perf_counter() - began) / step


def main() -> None:
    """Measure both modes and print the table."""
    parser = argparse.ArgumentParser(description="Time training from chunks beside training from the device.")
    parser.add_argument("--rounds", type=int, default=9, help="epochs of each kind that are timed")
    rounds = parser.parse_args().rounds
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(EXAMPLES, FEATURES)).astype("float32")
    examples = Examples(inputs, generator.integers(0, CLASSES, EXAMPLES))
    print(f"{name_processor()}, {count_cores()} cores; MLP 64-64-64-10, batch {BATCH}, data of {write_bytes(BYTES)}")
    print(f"{'mode':<8}{'feeding':<16}{'us a step':>10}{'of device':>11}{'peak':>12}  where")
    modes: tuple[ModeName, ...] = ("graph", "xla")
    for mode in modes:
        trainers = {name: Trainer(examples, mode, room) for name, room in ROOMS.items()}
        seconds: dict[str, list[float]] = {name: [] for name in trainers}
        for _ in range(rounds):
            for name, trainer in trainers.items():
                seconds[name].append(trainer.train())
        medians = {name: statistics.median(times) for name, times in seconds.items()}
        for name, trainer in trainers.items():
            share = medians[name] / medians["on the device"]
            peak = write_bytes(trainer.peak_bytes)
            print(f"{mode:<8}{name:<16}{medians[name] * 1e6:>10.1f}{share:>11.2f}{peak:>12}  {trainer.feed.describe()}")


if __name__ == "__main__":
    main()
