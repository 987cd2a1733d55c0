"""Traced graphs: whose operations are whose, what depends on what, how often loops go round."""

from __future__ import annotations

from typing import Any

import keras
import pytest
import tensorflow as tf

from archcli.engine.tracing import find_rounds, reach, trace_model

layers = keras.layers


def loop_of(function: Any) -> Any:
    """Return the first loop of a traced function."""
    graph = tf.function(function).get_concrete_function(tf.TensorSpec((), "int32")).graph
    KEPT.append(graph)
    return next(one for one in graph.get_operations() if one.type in ("While", "StatelessWhile"))


KEPT: list[Any] = []  # a graph that is dropped takes its operations along


def test_operations_belong_to_the_layer_that_made_them() -> None:
    """Also those of a layer inside a model inside the model, which are the model's too."""
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="in")], name="inner")
    trace = trace_model(
        keras.Sequential([keras.Input((4,)), inner, layers.Dense(2, name="out")]), batch_size=2, with_gradient=False
    )

    products = {used.path: [one.type for one in used.operations].count("MatMul") for used in trace.layers}
    assert products == {"inner": 1, "inner/in": 1, "out": 1}
    assert [tuple(output.shape) for output in trace.outputs] == [(2, 2)]
    assert trace.gradients == ()


def test_gradients_are_traced_when_they_are_asked_for() -> None:
    """One for each trainable weight that the outputs depend on."""
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, trainable=False), layers.Dense(2)])

    trace = trace_model(model, batch_size=2, with_gradient=True)

    assert [tuple(gradient.shape) for gradient in trace.gradients] == [(3, 2), (2,)]


def test_what_no_tensor_depends_on_is_not_reached() -> None:
    """An operation beside the way is left out."""
    graph = tf.Graph()
    with graph.as_default():
        a = tf.constant(1.0, name="a")
        tf.add(a, 1.0, name="beside")
        result = tf.multiply(a, a, name="result")

    assert {one.name for one in reach([result])} == {"a", "result"}


@pytest.mark.parametrize(
    ("function", "rounds"),
    [
        (lambda x: tf.while_loop(lambda i, _: i < 7, lambda i, y: (i + 1, y + x), (0, x)), 7),
        (lambda x: tf.while_loop(lambda i, _: i < 7, lambda i, y: (i + 1, y + x), (0, x), maximum_iterations=5), 5),
        (lambda x: tf.while_loop(lambda i: i < x, lambda i: (i + 1,), (tf.constant(0),)), 1),
    ],
)
def test_a_loop_goes_round_as_its_bounds_say(function: Any, rounds: int) -> None:
    """The least bound holds; a bound that only the run knows counts as one round."""
    assert find_rounds(loop_of(function)) == rounds
