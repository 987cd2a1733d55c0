"""One seed for everything that is drawn."""

from __future__ import annotations

import keras
import tensorflow as tf


def seed_everything(seed: int, *, deterministic: bool) -> None:
    """Seed Python, NumPy and TensorFlow; to be called before the model is built, since layers draw their seeds then.

    Args:
        seed: From 0.
        deterministic: Whether TensorFlow may only use operations that give the same bits every time. On a CPU training
            is repeatable without; it slows embeddings and excludes XLA, so it is for GPUs and for those who ask. It
            cannot be undone in a process.
    """
    keras.utils.set_random_seed(seed)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
