"""Which layers of a model take the fast paths of a device, what each costs, and which arguments to change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final, Literal

import keras

from archcli.commands.batching import train_settings
from archcli.commands.preparing import Prepared, prepare
from archcli.commands.summary import count_weights
from archcli.engine.compile_mode import Mode, XlaVerdict, choose_mode, judge_layer
from archcli.engine.cudnn import find_losses, has_kernel
from archcli.engine.devices import describe_devices
from archcli.engine.operations import LayerOperations, measure_operations
from archcli.recipe.checking import load_recipe
from archcli.recipe.gallery import find_recipe

HALF: Final = ("float16", "bfloat16")
SIZES: Final = ("units", "filters", "key_dim")
"""Arguments that are a size of a matrix product."""

TENSOR_CORES_WANT: Final = 8
"""What sizes of products in float16 or bfloat16 are multiples of, for all of a tensor core to be at work."""

LEAST_SHARE: Final = 0.05
"""Of all operations: what a layer has below that is not worth changing."""

CONVOLUTIONS: Final = tuple(
    getattr(keras.layers, f"Conv{dimensions}D{suffix}") for dimensions in (1, 2, 3) for suffix in ("", "Transpose")
)


@dataclass(frozen=True)
class Advice:
    """What to change.

    Attributes:
        about: A layer by its path, or an option of the recipe.
        text: A sentence without a full stop that says on which device it helps.
    """

    about: str
    text: str


@dataclass(frozen=True)
class LayerPerformance:
    """One layer.

    Attributes:
        path: Its name after those of the models that it is in: `block/dense`.
        kind: Its class.
        cudnn: Whether cuDNN computes it on a GPU; None: it has no routine for it, as it needs none.
        xla: What becomes of it under XLA on this device; None for a model inside the model.
        dtype: The type that it computes in.
        flops: Operations of its matrix products and convolutions, forward, for one example.
        kept_bytes: What it keeps of one example for the backward pass.
        parameters: Its weights.
    """

    path: str
    kind: str
    cudnn: bool | None
    xla: XlaVerdict | None
    dtype: str
    flops: int
    kept_bytes: int
    parameters: int

    @property
    def depth(self) -> int:
        """Return how many models inside the model it is in."""
        return self.path.count("/")


@dataclass(frozen=True)
class PerformanceReport:
    """A model and its layers.

    Attributes:
        recipe: The recipe's name.
        device: `cpu` or `gpu`.
        device_name: In words.
        mode: How `train` would run its steps here, and why.
        batch_size: Examples a step.
        layers: In order; those of a block after it.
        flops: Forward, for one example.
        training_flops: Forward and backward, for one example.
        kept_bytes: What all layers keep of one example for the backward pass.
        parameters: Weights.
        advice: What to change, the cause of most work first.
    """

    recipe: str
    device: Literal["cpu", "gpu"]
    device_name: str
    mode: Mode
    batch_size: int
    layers: tuple[LayerPerformance, ...]
    flops: int
    training_flops: int
    kept_bytes: int
    parameters: int
    advice: tuple[Advice, ...]


def audit(text: str, overrides: Sequence[str] = ()) -> PerformanceReport:
    """Build the model of a recipe, trace one step of it, and say what keeps it from being faster.

    Args:
        text: A path, or the name of a shipped recipe.
        overrides: Changes such as `train.epochs=5`.

    Raises:
        RecipeError: It has problems, or Keras cannot build it.
        DataError: The data cannot be used.
    """
    prepared = prepare(load_recipe(find_recipe(text), overrides))
    core, devices, settings = prepared.core, describe_devices(), train_settings(prepared.recipe.train)
    training = prepared.examples(prepared.dataset.training)
    mode = choose_mode(
        core,
        settings.mode,
        device=devices.kind,
        core_count=devices.core_count,
        total_steps=settings.epochs * ceil(training.count / settings.batch_size),
        varied_lengths=settings.bucket_by_length,
    )
    measured = measure_operations(core, shapes=_shapes(prepared, training.inputs))
    advice = [Advice("train.batch_size", text) for text in _round("batch_size", settings.batch_size)]
    advice += _advise(core, measured.layers, total=measured.flops)
    return PerformanceReport(
        recipe=prepared.recipe.name,
        device=devices.kind,
        device_name=f"{', '.join(devices.names)}, {devices.core_count} CPU cores",
        mode=mode,
        batch_size=settings.batch_size,
        layers=tuple(_describe(one, devices.kind) for one in measured.layers),
        flops=measured.flops,
        training_flops=measured.training_flops,
        kept_bytes=measured.kept_bytes,
        parameters=count_weights(core.weights),
        advice=tuple(advice),
    )


def _shapes(prepared: Prepared, inputs: Any) -> list[tuple[int, ...]]:
    """Return the shape of an example of each input; a length that differs is that of the longest."""
    arrays = inputs if isinstance(inputs, dict) else {next(iter(prepared.inputs)): inputs}
    return [tuple(arrays[tensor.name].shape[1:]) for tensor in prepared.core.inputs]


def _describe(measured: LayerOperations, device: Literal["cpu", "gpu"]) -> LayerPerformance:
    layer = measured.layer
    is_model = isinstance(layer, keras.Model)
    return LayerPerformance(
        path=measured.path,
        kind=type(layer).__name__,
        cudnn=None if is_model else _is_cudnns(layer),
        xla=None if is_model else judge_layer(layer, device),
        dtype=str(layer.compute_dtype),
        flops=measured.flops,
        kept_bytes=measured.kept_bytes,
        parameters=layer.count_params(),
    )


def _is_cudnns(layer: keras.Layer) -> bool | None:
    inner = _inside(layer)
    kernels = [one for one in inner if has_kernel(one)]
    if kernels:
        return not any(find_losses(one) for one in kernels)
    if any(isinstance(one, keras.layers.RNN) for one in inner):
        return False
    return True if any(isinstance(one, CONVOLUTIONS) for one in inner) else None


def _inside(layer: keras.Layer) -> list[Any]:
    """Return a layer and those in it, such as both directions of a `Bidirectional`."""
    return list(layer._flatten_layers())  # noqa: SLF001 -- has no other way


def _advise(core: keras.Model, layers: Sequence[LayerOperations], *, total: int) -> Iterator[Advice]:
    """Say what to change in which layer, those with most to compute first."""
    last = _find_last(core)
    for measured in sorted(layers, key=lambda one: -one.flops):
        layer = measured.layer
        if isinstance(layer, keras.Model):
            continue
        texts = [*_on_cudnn(layer)]
        if layer in last:
            texts += _on_answers(layer)
        elif measured.flops >= LEAST_SHARE * total:
            texts += _on_sizes(layer)
        yield from (Advice(measured.path, text) for text in dict.fromkeys(texts))


def _find_last(model: keras.Model) -> list[Any]:
    """Return the layers that give what a model gives."""
    found: list[Any] = []
    for tensor in model.outputs:
        layer = tensor._keras_history.operation  # noqa: SLF001 -- has no other way
        found += _find_last(layer) if isinstance(layer, keras.Model) else [layer]
    return found


def _on_cudnn(layer: keras.Layer) -> Iterator[str]:
    for one in _inside(layer):
        if has_kernel(one):
            losses = find_losses(one)
            for loss in losses:
                yield (
                    f"`{loss.argument}: {_written(loss.value)}` keeps it from cuDNN on a GPU; "
                    f"`{_written(loss.wanted)}` would not"
                )
            if not losses and _is_masked(layer):
                yield "on a GPU, cuDNN wants its sequences padded at their end, and none of them empty"
        elif type(one) is keras.layers.RNN and isinstance(one.cell, (keras.layers.LSTMCell, keras.layers.GRUCell)):
            kind = type(one.cell).__name__.removesuffix("Cell")
            yield f"`RNN` never goes to cuDNN; `{kind}` does on a GPU"


def _is_masked(layer: keras.Layer) -> bool:
    """Return whether a mask arrives at a layer."""
    tensors = [tensor for node in layer._inbound_nodes for tensor in node.input_tensors]  # noqa: SLF001 -- has no other way
    return any(getattr(tensor, "_keras_mask", None) is not None for tensor in tensors)


def _on_answers(layer: keras.Layer) -> Iterator[str]:
    if layer.compute_dtype in HALF:
        yield (
            f"it answers in {layer.compute_dtype}, and what the loss is taken of is rounded so; "
            "`dtype: float32` keeps the digits"
        )


def _on_sizes(layer: keras.Layer) -> Iterator[str]:
    for one in _inside(layer):
        for argument in SIZES:
            size = getattr(one, argument, None)
            if isinstance(size, int):
                yield from _round(argument, size)


def _round(argument: str, size: int) -> Iterator[str]:
    wanted = ceil(size / TENSOR_CORES_WANT) * TENSOR_CORES_WANT
    if wanted != size:
        yield (
            f"`{argument}: {size}` fills tensor cores in part; in float16 or bfloat16 on a GPU that has them, "
            f"{wanted} takes no longer"
        )


def _written(value: Any) -> str:
    """Write a value as a recipe has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
