"""Keras's own loop, `Model.fit` on arrays in memory, in the forms that a script may give it.

`fit` is `compile` and `fit` with nothing said, for which Keras 3.15 takes no XLA on a machine without a GPU;
`fit-jit` is `jit_compile=True`; `fit-steps` and `fit-jit-steps` run many steps per execution; `fit-onednn` has oneDNN's
kernels, as `archcli` has, where TensorFlow does not take them by itself.
"""

from __future__ import annotations

import os
import sys

os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"}
if sys.argv[2:3] == ["fit-onednn"]:
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"

import tensorflow as tf

from benchmarks.race.cases import Case, make_examples
from benchmarks.race.keras_models import make_model
from benchmarks.race.racing import Contestant, race

MOST_STEPS_PER_EXECUTION = 45
COMPILING = {
    "fit": {},
    "fit-onednn": {},
    "fit-jit": {"jit_compile": True},
    "fit-steps": {},
    "fit-jit-steps": {"jit_compile": True},
}


def make(case: Case, variant: str, threads: int) -> Contestant:
    """Build the case's network."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    inputs, targets = make_examples(case)
    steps = min(case.step_count, MOST_STEPS_PER_EXECUTION) if variant.endswith("steps") else 1
    model = make_model(case, **COMPILING[variant], steps_per_execution=steps)

    def train_epoch() -> tuple[float, float]:
        logs = model.fit(inputs, targets, batch_size=case.batch_size, verbose=0).history
        return logs["loss"][0], logs["accuracy"][0]

    return Contestant(model.count_params(), train_epoch, {"steps_per_execution": steps, "jit": model.jit_compile})


if __name__ == "__main__":
    race(make)
