"""Our loop, as a graph (`graph`) or compiled by XLA (`xla`), as a training of many epochs runs it."""

from __future__ import annotations

from archcli.engine.quiet import start_tensorflow

start_tensorflow()

import tensorflow as tf  # noqa: E402 -- TensorFlow must be started first

from archcli.engine.compile_mode import ModeName, choose_mode  # noqa: E402
from archcli.engine.feeding import Examples, cut_batches, order_epoch, place_examples  # noqa: E402
from archcli.engine.steps import Loop, build_step, take_then  # noqa: E402
from benchmarks.race.cases import Case, make_examples  # noqa: E402
from benchmarks.race.keras_models import make_model  # noqa: E402
from benchmarks.race.racing import Contestant, race  # noqa: E402

MODES: dict[str, ModeName] = {"graph": "graph", "xla": "xla"}
STEPS_OF_A_LONG_TRAINING = 1_000_000


def make(case: Case, variant: str, threads: int) -> Contestant:
    """Build the case's network and its loop."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    examples = Examples(*make_examples(case))
    model = make_model(case, jit_compile=False)
    build_step(model, examples, batch_size=case.batch_size)
    loop, data = Loop(model, take_then(model.train_step), mode=MODES[variant]), place_examples(examples)
    chosen = choose_mode(model, "auto", device="cpu", core_count=threads, total_steps=STEPS_OF_A_LONG_TRAINING)
    epochs = iter(range(STEPS_OF_A_LONG_TRAINING))

    def train_epoch() -> tuple[float, float]:
        order = order_epoch(examples.count, seed=0, epoch=next(epochs), shuffle=True)
        batches, step = cut_batches(order, batch_size=case.batch_size), 0
        while step < batches.count:
            reached = loop.advance(data, batches, start=step)
            step = reached.step
        return reached.metrics["loss"], reached.metrics["accuracy"]

    return Contestant(model.count_params(), train_epoch, {"auto": chosen.name})


if __name__ == "__main__":
    race(make)
