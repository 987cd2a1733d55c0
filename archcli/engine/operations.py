"""How much a model computes, and what it keeps for the backward pass: read off its traced graph, nothing is run.

What is counted are the floating-point operations of matrix products and convolutions, two for each multiply-add, as
the peak of a device is counted. All else, activations and normalizing among it, is bound by memory, not by arithmetic.
An operation in a loop counts once for each time round: as often as a recurrent layer has steps, and for a loop that
ends when it has settled at most as often as it may go round.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from archcli.engine.tracing import Trace, find_body, find_rounds, reach, trace_model

if TYPE_CHECKING:
    import keras

ALIASES: Final = frozenset({"Reshape", "Identity", "Squeeze", "ExpandDims", "StopGradient", "EnsureShape"})
"""Operations that give the same memory another shape."""

CALLS: Final = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
LOOPS: Final = frozenset({"While", "StatelessWhile"})
CHOICES: Final = frozenset({"If", "StatelessIf"})


@dataclass(frozen=True)
class LayerOperations:
    """What one layer computes and keeps, over all its uses.

    Attributes:
        layer: Keras's; a wrapper counts with what it wraps, a model inside the model with its layers.
        path: Its name after those of the models that it is in: `block/dense`.
        flops: Operations of the forward pass.
        kept_bytes: Memory that it computes and that the backward pass reads, in a graph. XLA and cuDNN may keep less.
    """

    layer: Any
    path: str
    flops: int
    kept_bytes: int


@dataclass(frozen=True)
class ModelOperations:
    """What a model computes and keeps, for all examples of a batch together.

    Attributes:
        layers: Its layers but the inputs, those of a model inside the model after it.
        flops: Operations of the forward pass.
        training_flops: With those of the gradient of all trainable weights: a step but for loss and optimizer.
        kept_bytes: What all layers keep for the backward pass.
    """

    layers: tuple[LayerOperations, ...]
    flops: int
    training_flops: int
    kept_bytes: int


def count_flops(model: keras.Model, batch_size: int = 1, *, training: bool = False) -> int:
    """Count the floating-point operations of matrix products and convolutions.

    Args:
        model: Built; it is not changed.
        batch_size: Examples, from 1.
        training: Count the gradient of all trainable weights, too: a whole step but for loss and optimizer.

    Returns:
        Operations for all examples together, two for each multiply-add.

    Raises:
        ValueError: An input has an open size beside the batch.
    """
    trace = trace_model(model, batch_size=batch_size, with_gradient=training)
    return sum(_flops(operation) for operation in reach([*trace.outputs, *trace.gradients]))


def count_flops_by_layer(model: keras.Model, batch_size: int = 1) -> dict[str, int]:
    """Count the operations of the forward pass for each layer, by its path; see `measure_operations`.

    Raises:
        ValueError: An input has an open size beside the batch.
    """
    return {one.path: one.flops for one in measure_operations(model, batch_size).layers}


def measure_operations(
    model: keras.Model, batch_size: int = 1, *, shapes: Sequence[tuple[int, ...]] | None = None
) -> ModelOperations:
    """Count operations and memory of a model and of each of its layers.

    Args:
        model: Built; it is not changed.
        batch_size: Examples, from 1.
        shapes: Of one example of each input, in the model's order; None: those that the model was built with.

    Raises:
        ValueError: An input has an open size beside the batch.
    """
    trace = trace_model(model, batch_size=batch_size, with_gradient=True, shapes=shapes)
    flops = {operation: _flops(operation) for operation in reach([*trace.outputs, *trace.gradients])}
    forward = {operation: flops[operation] for operation in reach(trace.outputs)}
    kept = _kept_bytes(trace)
    layers = tuple(
        LayerOperations(
            used.layer,
            used.path,
            sum(forward.get(operation, 0) for operation in used.operations),
            sum(kept.get(operation, 0) for operation in used.operations),
        )
        for used in trace.layers
    )
    return ModelOperations(layers, sum(forward.values()), sum(flops.values()), sum(kept.values()))


def _flops(operation: Any) -> int:
    """Count those of one operation, with what it calls."""
    if operation.type in LOOPS:
        return find_rounds(operation) * _flops_of_body(operation, "body")
    if operation.type in CHOICES:
        return max(_flops_of_body(operation, branch) for branch in ("then_branch", "else_branch"))
    if operation.type in CALLS:
        return _flops_of_body(operation, "f")
    formula = FORMULAS.get(operation.type)
    return 0 if formula is None else formula(operation)


def _flops_of_body(operation: Any, name: str) -> int:
    return sum(_flops(inner) for inner in reach(find_body(operation, name).outputs))


def _kept_bytes(trace: Trace) -> dict[Any, int]:
    """Count the bytes that the backward pass reads of what each operation of the forward pass made of the examples."""
    forward = {operation for used in trace.layers for operation in used.operations}
    backward = reach(trace.gradients) - forward
    looped = (operation for operation in forward if backward and operation.type in LOOPS)
    kept = {operation: _pushed_bytes(operation) for operation in looped}
    made = _made_of_examples(forward)
    for reference in {_origin(tensor).ref() for operation in backward for tensor in operation.inputs}:
        tensor = reference.deref()
        if tensor.op in made:
            kept[tensor.op] = kept.get(tensor.op, 0) + _size(tensor)
    return kept


def _origin(tensor: Any) -> Any:
    while tensor.op.type in ALIASES:
        tensor = tensor.op.inputs[0]
    return tensor


def _made_of_examples(operations: Iterable[Any]) -> set[Any]:
    """Return the operations whose result is new for each batch: not weights, nor what is made of weights alone."""
    made: set[Any] = set()
    for operation in sorted(operations, key=lambda one: one._id):  # noqa: SLF001 -- the order in which they were made
        is_drawn = "Random" in operation.type
        if is_drawn or any(_is_input(tensor) or tensor.op in made for tensor in operation.inputs):
            made.add(operation)
    return made


def _pushed_bytes(loop: Any) -> int:
    """Count the bytes that a loop puts aside for its backward pass, in all its rounds."""
    operations = find_body(loop, "body").get_operations()
    made = _made_of_examples(operations)
    pushed = [_origin(one.inputs[1]) for one in operations if one.type == "TensorListPushBack"]
    return find_rounds(loop) * sum(_size(tensor) for tensor in pushed if tensor.op in made or _is_input(tensor))


def _is_input(tensor: Any) -> bool:
    """Return whether a tensor comes from outside its graph, and is no weight."""
    return bool(tensor.op.type == "Placeholder" and tensor.dtype.size and tensor.dtype != "resource")


def _size(tensor: Any) -> int:
    """Return the bytes of a tensor; 0 for one that holds no numbers of a known count."""
    return tensor.shape.num_elements() * tensor.dtype.size if tensor.shape.is_fully_defined() else 0


def _shape(tensor: Any) -> list[int]:
    return list(tensor.shape.as_list())


def _elements(tensor: Any) -> int:
    return math.prod(_shape(tensor))


def _matrix_product(operation: Any, *, transposed: str) -> int:
    left = _shape(operation.inputs[0])
    inner = left[-2] if operation.get_attr(transposed) else left[-1]
    return 2 * _elements(operation.outputs[0]) * inner


def _einsum(operation: Any) -> int:
    """Two for each combination of all indices, where two tensors are multiplied."""
    if len(operation.inputs) < 2:
        return 0
    terms = operation.get_attr("equation").decode().split("->")[0].split(",")
    sizes: dict[str, int] = {}
    for term, tensor in zip(terms, operation.inputs, strict=True):
        before, dots, after = term.partition("...")
        shape = _shape(tensor)
        sizes |= dict(zip(before, shape, strict=False))
        sizes |= dict(zip(reversed(after), reversed(shape), strict=False))
        if dots:
            broadcast = shape[len(before) : len(shape) - len(after)]
            sizes["..."] = max(sizes.get("...", 1), math.prod(broadcast))
    return 2 * math.prod(sizes.values())


def _convolution(answers: Any, kernel: Any) -> int:
    """Two for each answer and each weight that it is made with; `kernel` is `(*window, in, out)`."""
    return 2 * _elements(answers) * math.prod(_shape(kernel)[:-1])


def _depthwise(answers: Any, kernel: Any) -> int:
    return 2 * _elements(answers) * math.prod(_shape(kernel)[:-2])


def _cudnn(operation: Any) -> int:
    sequences, states = _shape(operation.inputs[0]), _shape(operation.inputs[1])
    gates = {b"lstm": 4, b"gru": 3}.get(operation.get_attr("rnn_mode"), 1)
    return 2 * gates * states[-1] * (sequences[-1] + states[-1]) * math.prod(sequences[:2])


FORMULAS: Final[Mapping[str, Callable[[Any], int]]] = {
    "MatMul": lambda one: _matrix_product(one, transposed="transpose_a"),
    **dict.fromkeys(
        ("BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"), lambda one: _matrix_product(one, transposed="adj_x")
    ),
    "Einsum": _einsum,
    **dict.fromkeys(("Conv2D", "Conv3D"), lambda one: _convolution(one.outputs[0], one.inputs[1])),
    **dict.fromkeys(
        ("Conv2DBackpropInput", "Conv3DBackpropInputV2"), lambda one: _convolution(one.inputs[2], one.inputs[1])
    ),
    **dict.fromkeys(
        ("Conv2DBackpropFilter", "Conv3DBackpropFilterV2"), lambda one: _convolution(one.inputs[2], one.outputs[0])
    ),
    "DepthwiseConv2dNative": lambda one: _depthwise(one.outputs[0], one.inputs[1]),
    "DepthwiseConv2dNativeBackpropInput": lambda one: _depthwise(one.inputs[2], one.inputs[1]),
    "DepthwiseConv2dNativeBackpropFilter": lambda one: _depthwise(one.inputs[2], one.outputs[0]),
    "CudnnRNNV3": _cudnn,
    "CudnnRNNBackpropV3": lambda one: 2 * _cudnn(one),
}
"""Operations by TensorFlow's type of operation."""
