"""Time the training of shipped recipes beside Keras's `Model.fit`: the same model, data and batches, in turn.

    python benchmarks/gallery_speed.py                        # all but those that fetch their data
    python benchmarks/gallery_speed.py cnn-digits mlp-wine    # these

Prints a table as Markdown: medians of thousands of examples a second, in the mode that the rules choose and by `fit`,
and how many times faster the first is; at the end the recipes in which it is slower. What is timed is steps of training
with their order and running metrics; compiling is not. Recipes that `fit` cannot train are named, not timed.
"""

from __future__ import annotations

import gc
import statistics
import sys
from typing import TYPE_CHECKING

from archcli.engine.quiet import start_tensorflow

start_tensorflow()

import keras  # noqa: E402 -- TensorFlow must be started first

from archcli.commands.running import make_ready  # noqa: E402
from archcli.engine.benchmarking import FitTrainer, LoopTrainer, find_refusal_of_fit  # noqa: E402
from archcli.recipe.checking import load_recipe  # noqa: E402
from archcli.recipe.gallery import find_recipe, list_gallery  # noqa: E402

if TYPE_CHECKING:
    from archcli.engine.benchmarking import Trainer

ROUNDS, ROUND_SECONDS = 5, 0.5


def measure(name: str) -> float | None:
    """Time one recipe, print its row and return how many times as fast as `fit` it is; None where `fit` cannot."""
    ours, theirs = (make_ready(load_recipe(find_recipe(name), ())) for _ in range(2))
    refusal = find_refusal_of_fit(ours.settings)
    if refusal is not None:
        sys.stdout.write(f"| `{name}` | {ours.mode.name} | - | - | {refusal} |\n")
        return None
    trainers: dict[str, Trainer] = {
        "ours": LoopTrainer(ours.prepared.core, ours.training, ours.settings, ours.mode.name),
        "fit": FitTrainer(theirs.prepared.core, theirs.training, theirs.settings),
    }
    rates: dict[str, list[float]] = {one: [] for one in trainers}
    for trainer in trainers.values():
        trainer.compile()
        trainer.train(ROUND_SECONDS)
    for _ in range(ROUNDS):
        for one, trainer in trainers.items():
            stretch = trainer.train(ROUND_SECONDS)
            rates[one].append(stretch.examples / stretch.seconds / 1000)
    ours_rate, fit_rate = (statistics.median(rates[one]) for one in trainers)
    ratio = ours_rate / fit_rate
    sys.stdout.write(f"| `{name}` | {ours.mode.name} | {ours_rate:,.2f} | {fit_rate:,.2f} | {ratio:.1f} |\n")
    return ratio


def main() -> None:
    """Print the table."""
    out, slower = sys.stdout, []
    out.write("| recipe | mode | archcli, 1000/s | `fit`, 1000/s | times |\n|---|---|---|---|---|\n")
    for name in sys.argv[1:] or [recipe.name for recipe in list_gallery() if recipe.expectation is not None]:
        ratio = measure(name)
        if ratio is not None and ratio < 1:
            slower.append(name)
        out.flush()
        keras.backend.clear_session()
        gc.collect()
    out.write(f"\nslower than `fit`: {', '.join(slower) or 'none'}\n")


if __name__ == "__main__":
    main()
