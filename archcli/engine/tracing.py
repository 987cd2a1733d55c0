"""The graph of a model as TensorFlow traces it, with the operations of each layer told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

TRIES = 8
"""Operations through which the bound of a loop is followed to a number."""


@dataclass
class Used:
    """The operations of one layer, over all its uses.

    Attributes:
        layer: Keras's.
        path: Its name after those of the models that it is in: `block/dense`.
        operations: TensorFlow's, in the order in which they were made.
    """

    layer: Any
    path: str
    operations: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Trace:
    """A traced model.

    Attributes:
        graph: TensorFlow's; it must be kept as long as what is in it.
        layers: In the order of their first use, those of a model inside the model after it.
        outputs: Tensors that it gives.
        gradients: Those of all trainable weights that the outputs depend on; empty where none were asked for.
    """

    graph: Any
    layers: tuple[Used, ...]
    outputs: tuple[Any, ...]
    gradients: tuple[Any, ...]


def trace_model(
    model: keras.Model,
    *,
    batch_size: int,
    with_gradient: bool,
    shapes: Sequence[tuple[int, ...]] | None = None,
) -> Trace:
    """Trace one batch through a model in training; nothing is computed, and no state changes.

    Args:
        model: Built, `Sequential` or functional.
        batch_size: Examples, from 1.
        with_gradient: Whether to trace the gradient of the sum of all outputs as well.
        shapes: Of one example of each input, in the model's order; None: those that the model was built with.

    Raises:
        ValueError: An input has an open size beside the batch.
    """
    tracer = _Tracer()
    found: dict[str, Any] = {}

    def run(*inputs: Any) -> Any:
        with tf.GradientTape() as tape:
            outputs = keras.tree.flatten(tracer.call(model, list(inputs), path=""))
            total = tf.add_n([tf.reduce_sum(tf.cast(one, "float32")) for one in outputs])
        gradients = tape.gradient(total, [one.value for one in model.trainable_variables]) if with_gradient else []
        found["outputs"] = tuple(outputs)
        found["gradients"] = tuple(tf.convert_to_tensor(one) for one in gradients if one is not None)
        return total

    given = [one.shape[1:] for one in model.inputs] if shapes is None else shapes
    examples = [
        tf.TensorSpec((batch_size, *_closed(shape)), one.dtype) for one, shape in zip(model.inputs, given, strict=True)
    ]
    try:
        traced = tf.function(run, autograph=False).get_concrete_function(*examples)
    finally:
        model._clear_losses()  # noqa: SLF001 -- what layers added while they were traced is of no use to anyone else
    return Trace(traced.graph, tuple(tracer.used.values()), found["outputs"], found["gradients"])


class _Tracer:
    """Calls the layers of a model one by one, and notes which operations each makes."""

    def __init__(self) -> None:
        self.used: dict[int, Used] = {}

    def call(self, model: keras.Model, inputs: Any, *, path: str) -> Any:
        """Call a model's layers as the model itself would; `inputs` as it is called with, or all in a flat list."""
        functional = model._functional if isinstance(model, keras.Sequential) else model  # noqa: SLF001
        flat = inputs if isinstance(inputs, list) else functional._standardize_inputs(inputs)  # noqa: SLF001
        outputs = functional._run_through_graph(flat, operation_fn=lambda layer: self._noting(layer, path))  # noqa: SLF001
        return outputs[0] if isinstance(outputs, (list, tuple)) and len(outputs) == 1 else outputs

    def _noting(self, layer: Any, path: str) -> Any:
        if not isinstance(layer, keras.Layer):
            return layer  # an operation of Keras between layers, which makes a mask
        here = f"{path}{layer.name}"
        used = self.used.setdefault(id(layer), Used(layer, here))

        def run(*arguments: Any, **options: Any) -> Any:
            graph = tf.compat.v1.get_default_graph()
            before = len(graph.get_operations())
            if isinstance(layer, keras.Model):
                outputs = self.call(layer, arguments[0], path=f"{here}/")
            else:
                if layer._call_has_training_arg:  # noqa: SLF001
                    options["training"] = True
                outputs = layer(*arguments, **options)
            used.operations += graph.get_operations()[before:]
            return outputs

        return run


def reach(tensors: Any) -> set[Any]:
    """Return the operations of one graph that tensors depend on, those that make them among them."""
    found: set[Any] = set()
    waiting = [tensor.op for tensor in tensors]
    while waiting:
        operation = waiting.pop()
        if operation not in found:
            found.add(operation)
            waiting += [tensor.op for tensor in operation.inputs]
    return found


def find_body(operation: Any, name: str) -> Any:
    """Return the graph of the function that an operation has as the attribute `name`."""
    function, graph = operation.get_attr(name).name, operation.graph
    while graph is not None:
        found = graph._get_function(function)  # noqa: SLF001 -- has no other way
        if found is not None:
            return found.graph
        graph = getattr(graph, "outer_graph", None)
    raise KeyError(function)


def find_rounds(loop: Any) -> int:
    """Return how often a loop goes round, at most; 1 where nothing says so.

    A loop counts up from 0, and its condition holds the counter below one or more bounds.
    """
    condition = find_body(loop, "cond")
    bounds = [
        _number(operation.inputs[1], loop, condition)
        for operation in reach(condition.outputs)
        if operation.type == "Less" and operation.inputs[0].dtype.is_integer
    ]
    return min((bound for bound in bounds if bound is not None), default=1)


def _number(tensor: Any, loop: Any, condition: Any) -> int | None:
    """Return the number that a bound of a loop is; None where it is known only when the loop runs."""
    for _ in range(TRIES):
        known = tf.get_static_value(tensor)
        if known is not None:
            return int(known)
        operation = tensor.op
        if operation.type == "Placeholder" and operation.graph is condition:
            tensor = loop.inputs[_index(tensor, condition.inputs)]
        elif operation.type in ("Identity", "Max"):  # Keras takes the greatest of one length
            tensor = operation.inputs[0]
        elif operation.type in ("While", "StatelessWhile"):
            return find_rounds(operation)  # the loop back goes round as often as the loop there did
        else:
            return None
    return None


def _index(tensor: Any, tensors: Any) -> int:
    return next(index for index, one in enumerate(tensors) if one is tensor)


def _closed(shape: tuple[int | None, ...]) -> tuple[int, ...]:
    """Return the shape of an example.

    Raises:
        ValueError: One of its sizes is open.
    """
    if any(size is None for size in shape):
        raise ValueError(f"an input of examples {shape} has a size that is not known")
    return tuple(size for size in shape if size is not None)
