"""A training that a test starts as a process of its own, to kill it; and, imported, the same training in the test."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archcli.engine.quiet import start_tensorflow

start_tensorflow()

import keras  # noqa: E402 -- TensorFlow must be started first
import numpy as np  # noqa: E402

from archcli.engine.feeding import Examples  # noqa: E402
from archcli.engine.progress import EpochRow, SilentProgress  # noqa: E402
from archcli.engine.settings import Settings  # noqa: E402
from archcli.engine.training import train_model  # noqa: E402

if TYPE_CHECKING:
    from archcli.engine.training import Outcome

layers = keras.layers


class PrintEpochs(SilentProgress):
    """Prints the number of each epoch when it is done, and goes on when there is a line to read."""

    def epoch_ended(self, row: EpochRow) -> None:
        """Print the epoch of `row`."""
        print(row.epoch, flush=True)
        sys.stdin.readline()


def make_model() -> keras.Model:
    """Make a network with state of every kind: weights, seeds, statistics, momentum, a rate that callbacks lower."""
    keras.utils.set_random_seed(3)
    body = [
        layers.Dense(8, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Dropout(0.3),
        layers.Dense(3),
    ]
    model = keras.Sequential([keras.Input((6,)), *body])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(0.02, global_clipnorm=1.0)
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=False)
    return model


def train(model: keras.Model, folder: Path, *, mode: Any, epochs: int, resume: bool, progress: Any) -> Outcome:
    """Train `model` on noise, with checkpoints in `folder`."""
    generator = np.random.default_rng(0)
    inputs, targets = generator.normal(size=(200, 6)).astype("float32"), generator.integers(0, 3, 200)
    settings = Settings(epochs=epochs, batch_size=16, seed=9, monitor="val_loss", mode=mode)
    return train_model(
        model,
        Examples(inputs[:150], targets[:150]),
        Examples(inputs[150:], targets[150:]),
        settings,
        callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2, factor=0.8, cooldown=1)],
        checkpoints=folder,
        progress=progress,
        resume=resume,
    )


if __name__ == "__main__":
    train(
        make_model(), Path(sys.argv[1]), mode=sys.argv[2], epochs=int(sys.argv[3]), resume=False, progress=PrintEpochs()
    )
