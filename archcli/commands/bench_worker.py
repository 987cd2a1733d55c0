"""What a process of a benchmark does: it makes a recipe ready, compiles it in one way, and trains when told to."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from archcli.commands.bench_processes import Task
from archcli.commands.bench_report import Facts
from archcli.commands.running import Ready, make_ready
from archcli.engine.benchmarking import (
    FitTrainer,
    Gauge,
    LoopTrainer,
    Trainer,
    find_refusal_of_fit,
    find_refusal_of_xla,
    measure_matmul,
)
from archcli.engine.devices import describe_devices
from archcli.engine.memory import free_host_memory, used_memory
from archcli.engine.operations import count_flops
from archcli.engine.stretch import Stretch
from archcli.recipe.checking import load_recipe
from archcli.recipe.gallery import find_recipe
from archcli.recipe.recipe import Recipe

PASSES_WITH_GRADIENTS = 3
"""Forward, and about twice that for the gradients of what goes into each layer and of its weights."""

WITHOUT_GRADIENTS = frozenset({"perceptron", "storage"})
"""Learning rules whose steps are a forward pass and next to nothing more."""


class Worker:
    """Measures one setting, step by step, as the methods are called in their order."""

    def __init__(self, task: Task) -> None:
        """Read nothing yet."""
        self._task = task
        self._gauge = Gauge()
        self._ready: Ready | None = None
        self._trainer: Trainer | None = None

    def prepare(self, batch_size: int | None, *, as_written: bool) -> Facts:
        """Read the data and build the model.

        Args:
            batch_size: Examples per step; None: as the recipe says.
            as_written: Whether `train.compile` is as the recipe says, so that the facts tell what that comes to; else
                it is what is measured here.

        Raises:
            RecipeError, DataError: As in training.
        """
        recipe = load_recipe(find_recipe(self._task.text), self._task.overrides)
        ready = self._ready = make_ready(self._changed(recipe, batch_size, as_written=as_written))
        self._gauge.begin()
        way, core = self._task.way, ready.prepared.core
        refusal = {"xla": find_refusal_of_xla(core), "fit": find_refusal_of_fit(ready.settings)}.get(way)
        return Facts(
            recipe=recipe.name,
            device=ready.device,
            on_gpu=describe_devices().kind == "gpu",
            examples=ready.training.count,
            batch_size=ready.settings.batch_size,
            epochs=1 if ready.settings.learning_rule == "storage" else ready.settings.epochs,
            mode=ready.mode.name,
            reason=ready.mode.reason,
            held_bytes=used_memory(),
            free_bytes=free_host_memory(),
            refusal=refusal,
        )

    def compile(self) -> float:
        """Trace, compile and run a first step; return the seconds that this took."""
        ready, way = self._made(), self._task.way
        core, settings = ready.prepared.core, ready.settings
        if way == "fit":
            self._trainer = FitTrainer(core, ready.training, settings)
        else:
            self._trainer = LoopTrainer(core, ready.training, settings, way)
        return self._trainer.compile()

    def train(self, seconds: float) -> Stretch:
        """Train on for about so many seconds."""
        if self._trainer is None:
            raise RuntimeError("`compile` comes before `train`")
        return self._trainer.train(seconds)

    def read_memory(self) -> int:
        """Return the most bytes that were held at a time since `prepare` was done, what it made included."""
        return self._gauge.read()

    def measure_matmul(self) -> tuple[float, int]:
        """Return floating-point operations a second in a product of matrices, and the side of these."""
        kind: Literal["cpu", "gpu"] = describe_devices().kind
        return measure_matmul(kind)

    def count_step_flops(self) -> float | None:
        """Return the floating-point operations of a training step by its examples; None: not to be counted."""
        ready = self._made()
        try:
            forward = count_flops(ready.prepared.core, ready.settings.batch_size)
        except ValueError:  # a size that is open until there are data
            return None
        passes = 1 if ready.settings.learning_rule in WITHOUT_GRADIENTS else PASSES_WITH_GRADIENTS
        return passes * forward / ready.settings.batch_size

    def _made(self) -> Ready:
        if self._ready is None:
            raise RuntimeError("`prepare` comes first")
        return self._ready

    def _changed(self, recipe: Recipe, batch_size: int | None, *, as_written: bool) -> Recipe:
        train = replace(recipe.train, distribute="none")  # one process on one device, compared with others like it
        if batch_size is not None:
            train = replace(train, batch_size=batch_size)
        if not as_written:
            train = replace(train, compile="graph" if self._task.way == "fit" else self._task.way)
        return replace(recipe, train=train)
