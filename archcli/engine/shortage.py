"""Memory that ran out, or that will: which batches do fit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import keras

from archcli.engine.batch_size import nothing_fits, power_of_two, release_frames, try_sizes
from archcli.engine.devices import describe_devices
from archcli.engine.memory import free_host_memory, free_memory, write_bytes
from archcli.engine.trial import Trial, variables_kept
from archcli.errors import Problem, TrainingError

if TYPE_CHECKING:
    from archcli.engine.feeding import Arrays, Examples
    from archcli.engine.settings import Settings

SHARE_THAT_IS_TRIED: Final = 0.1
"""Layers whose outputs take less of the free memory are not tried before training on a CPU."""

SHARE_OF_PREDICTION: Final = 0.25
"""Layers whose outputs take less of the free memory are surely room enough: few of them are held at a time."""

KEPT_BY_RECURRENT: Final = 8
"""For each number that a recurrent layer puts out, about as many are kept for the gradient: gates, states, sums."""

SECONDS_OF_SEARCH: Final = 60.0
"""How long sizes are tried after memory ran out; one that has begun is not cut short."""


def explain_shortage(
    error: TrainingError, model: keras.Model, training: Examples, validation: Examples | None, settings: Settings
) -> TrainingError:
    """Say which batches fit, after those of a training did not.

    Args:
        error: What training ended with, `out-of-memory`; tensors that its frames hold are let go.
        model: What was trained; nothing else is asked of it any more.
        training: What it was trained on.
        validation: What was evaluated between epochs; None: nothing was.
        settings: How it was trained.
    """
    release_frames(error)
    size = settings.batch_size
    if size == 1:
        return TrainingError(nothing_fits("memory ran out"))
    failed = f"memory ran out with batches of {size}"
    replicas = count_replicas(model)
    if replicas > 1:
        message = f"{failed}, which is {math.ceil(size / replicas)} on each of {replicas} devices"
        return TrainingError(Problem("out-of-memory", message, hint="write a smaller `train.batch_size`"))
    trial = Trial(model, training, validation, settings)
    limit = power_of_two(size - 1)
    tried = try_sizes(trial.measure, limit=limit, budget=free_memory(), seconds=SECONDS_OF_SEARCH)
    if tried.fitting is None:
        return TrainingError(nothing_fits(failed))
    return TrainingError(_too_large(f"{failed}; the largest that fitted is {tried.fitting}", tried.fitting))


def count_replicas(model: keras.Model) -> int:
    """Return on how many devices a model learns at once, whose steps are then not run alone."""
    return int(model.distribute_strategy.num_replicas_in_sync)


def check_room(
    model: keras.Model, training: Examples, validation: Examples | None, settings: Settings, *, free: int | None = None
) -> None:
    """Refuse a batch size that is sure not to fit, where the kernel would end the process rather than refuse memory.

    Nothing is run where the layers' outputs are few beside the memory that is free, as they mostly are, on a GPU, which
    refuses by itself, and on several devices. Else smaller batches are run, and what the wanted one takes is told from
    two of them.

    Args:
        model: Built and compiled, with the variables of its optimizer, loss and metrics made; none is changed.
        training: What it is trained on.
        validation: What is evaluated between epochs; None: nothing is.
        settings: How it is trained.
        free: Bytes that steps can take; None: what the system says.

    Raises:
        TrainingError: `out-of-memory`.
    """
    if describe_devices().kind == "gpu" or count_replicas(model) > 1:
        return
    free = free_host_memory() if free is None else free
    size = settings.batch_size
    if free is None or estimate_outputs(model, training.inputs) * size < SHARE_THAT_IS_TRIED * free:
        return
    with variables_kept(model):
        trial = Trial(model, training, validation, settings)
        tried = try_sizes(trial.measure, limit=power_of_two(size), budget=free, seconds=SECONDS_OF_SEARCH)
    needed = _extrapolate(tried.peaks, size)
    if needed > free:
        failed = f"batches of {size} would take about {write_bytes(needed)} of memory, and {write_bytes(free)} are free"
        if tried.fitting is None:
            raise TrainingError(nothing_fits(failed))
        raise TrainingError(_too_large(f"{failed}; the largest that fitted is {tried.fitting}", tried.fitting))


def fitting_prediction(model: keras.Model, inputs: Arrays, *, most: int) -> int:
    """Return how many examples a model can answer at a time, so that its outputs are sure to fit into memory.

    Args:
        model: Built.
        inputs: What it is to answer.
        most: More are never wanted.

    Returns:
        A power of two, or `most`.
    """
    free, each = free_memory(), estimate_outputs(model, inputs)
    if free is None or each * most <= SHARE_OF_PREDICTION * free:
        return most
    return power_of_two(max(1, int(SHARE_OF_PREDICTION * free / each)))


def estimate_outputs(model: keras.Model, inputs: Arrays) -> int:
    """Return what the outputs of all layers take for one example, in bytes, about; recurrent layers keep more a step.

    Args:
        model: Built.
        inputs: What it takes: tells how long sequences are where the model leaves it open.
    """
    steps = max((array.shape[1] for array in keras.tree.flatten(inputs) if array.ndim > 1), default=1)
    total = 0
    for layer in model._flatten_layers(include_self=False):  # noqa: SLF001 -- no public walk reaches nested models
        kept = KEPT_BY_RECURRENT if isinstance(layer, keras.layers.RNN) else 1
        for node in layer._inbound_nodes:  # noqa: SLF001 -- `output` is for layers that are used once
            tensors = keras.tree.flatten(node.output_tensors)
            for tensor in tensors:
                total += 4 * kept * math.prod(steps if size is None else size for size in tensor.shape[1:])
            if kept > 1:
                total += 4 * kept * steps * tensors[0].shape[-1]  # those behind the first are states
    return total


def _extrapolate(peaks: dict[int, int], size: int) -> float:
    """Tell what a size takes from the two largest that were run; memory grows by as much with every example."""
    sizes = sorted(peaks)
    if size in peaks or not sizes:
        return peaks.get(size, 0)
    smaller, larger = (sizes[-2], sizes[-1]) if len(sizes) > 1 else (0, sizes[-1])
    slope = max(0, peaks[larger] - peaks.get(smaller, 0)) / (larger - smaller)
    return peaks[larger] + slope * (size - larger)


def _too_large(message: str, fitting: int) -> Problem:
    hint = f"write `train.batch_size: {fitting}`, or `train.batch_size: auto`"
    return Problem("out-of-memory", message, hint=hint)
