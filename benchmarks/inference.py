"""Time our evaluation and prediction beside Keras's: the same model, data and batches, in turn.

    python benchmarks/inference.py [--rounds 15]

Prints medians for 4096 examples in batches of 32, Keras's default, and how many times as long Keras takes; and the same
for ours in the larger batches that the commands take. Compiling is not counted. The two are interleaved, so that both
have the same share of a machine that others use too; the ratio means more than the times. In batches of one size loss,
metrics and outputs are the same bits, which is checked.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING, Any

from archcli.engine.quiet import start_tensorflow

start_tensorflow()

import keras  # noqa: E402 -- TensorFlow must be started first
import numpy as np  # noqa: E402

from archcli.engine.evaluation import Evaluation, evaluation_batch_size  # noqa: E402
from archcli.engine.feeding import Examples  # noqa: E402
from archcli.engine.prediction import Prediction  # noqa: E402
from archcli.engine.processor import count_cores, name_processor  # noqa: E402
from archcli.engine.steps import build_step  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

layers = keras.layers
BATCH, PREDICTION_BATCH, EXAMPLES, CLASSES, SETTLING = 32, 1024, 4096, 10, 3

MODELS: dict[str, Callable[[], list[Any]]] = {
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


def measure(runs: dict[str, Callable[[], Any]], *, rounds: int) -> dict[str, float]:
    """Return the median seconds of each of `runs`, called in turn, after three calls to compile and settle."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for round_number in range(rounds + SETTLING):
        for name, run in runs.items():
            began = time.perf_counter()
            run()
            if round_number >= SETTLING:
                seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(times) for name, times in seconds.items()}


def main() -> None:
    """Measure all models and print the table."""
    parser = argparse.ArgumentParser(description="Time our evaluation and prediction beside Keras's.")
    parser.add_argument("--rounds", type=int, default=15, help="calls of each kind that are timed")
    rounds = parser.parse_args().rounds
    print(f"{name_processor()}, {count_cores()} cores; median of {rounds}, {EXAMPLES} examples, batch {BATCH}")
    print(
        f"{'model':<20}{'what':<10}{'Keras ms':>10}{'ours ms':>10}{'times':>7}{'in':>7}{'ms':>8}{'times':>7}  same bits"
    )
    generator = np.random.default_rng(0)
    for name, make in MODELS.items():
        keras.utils.set_random_seed(0)
        model = keras.Sequential([*make(), layers.Dense(CLASSES)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss, metrics=["accuracy"], jit_compile=False)
        inputs = generator.normal(size=(EXAMPLES, *model.input_shape[1:])).astype("float32")
        examples = Examples(inputs, generator.integers(0, CLASSES, EXAMPLES))
        build_step(model, examples, batch_size=BATCH)
        keras_evaluates, keras_predicts = make_keras_evaluate(model, examples), make_keras_predict(model, inputs)
        evaluate, predict = Evaluation(model, examples, batch_size=BATCH).run, make_predict(model, inputs, BATCH)
        size = evaluation_batch_size(BATCH)
        compare(
            f"{name:<20}{'evaluate':<10}",
            {"keras": keras_evaluates, "same": evaluate, "own": Evaluation(model, examples, batch_size=size).run},
            own_size=size,
            is_same=evaluate() == keras_evaluates(),
            rounds=rounds,
        )
        compare(
            f"{name:<20}{'predict':<10}",
            {"keras": keras_predicts, "same": predict, "own": make_predict(model, inputs, PREDICTION_BATCH)},
            own_size=PREDICTION_BATCH,
            is_same=np.array_equal(predict(), keras_predicts()),
            rounds=rounds,
        )


def compare(head: str, runs: dict[str, Callable[[], Any]], *, own_size: int, is_same: bool, rounds: int) -> None:
    """Measure Keras and ours, in Keras's batches and in those of `own_size` that the commands take, and print it."""
    times = measure(runs, rounds=rounds)
    same, own = times["keras"] / times["same"], times["keras"] / times["own"]
    print(
        f"{head}{times['keras'] * 1000:>10.1f}{times['same'] * 1000:>10.1f}{same:>7.1f}"
        f"{own_size:>7}{times['own'] * 1000:>8.1f}{own:>7.1f}  {is_same}",
        flush=True,
    )


def make_keras_evaluate(model: keras.Model, examples: Examples) -> Callable[[], Any]:
    """Return a function that measures `model` by Keras."""
    return lambda: model.evaluate(examples.inputs, examples.targets, batch_size=BATCH, verbose=0, return_dict=True)


def make_keras_predict(model: keras.Model, inputs: Any) -> Callable[[], Any]:
    """Return a function that answers `inputs` by Keras."""
    return lambda: model.predict(inputs, batch_size=BATCH, verbose=0)


def make_predict(model: keras.Model, inputs: Any, batch_size: int) -> Callable[[], Any]:
    """Return a function that answers `inputs` by our loop, putting them onto the device each time, as Keras does."""
    prediction = Prediction(model, batch_size=batch_size)
    return lambda: prediction.run(inputs)


if __name__ == "__main__":
    main()
