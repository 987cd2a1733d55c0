"""Values of the recipe become the Keras objects that they name."""

from __future__ import annotations

from collections.abc import Callable

import keras
import pytest

from archcli.build.objects import build_object
from archcli.errors import ArchcliError, Location, RecipeError, Source
from archcli.recipe.recipe import Chain, Named, Value

SOURCE = Source("recipe.yaml", "- Something: {first: 1, second: 2}")
HERE = Location(SOURCE, 1, 3, 9)


def named(_class: str, **arguments: Value) -> Named:
    """Name something, its second argument standing at column 25."""
    places = {name: Location(SOURCE, 1, 15 + 11 * index, 5) for index, name in enumerate(arguments)}
    return Named(_class, arguments, HERE, places)


def test_an_optimizer_has_its_schedule_and_its_clipping() -> None:
    """Objects among the arguments are made too, and every argument is found in the optimizer."""
    schedule = named("CosineDecay", initial_learning_rate=0.5, decay_steps=100)

    optimizer = build_object(named("SGD", learning_rate=schedule, momentum=0.9, global_clipnorm=1.0), "optimizer")

    assert isinstance(optimizer, keras.optimizers.SGD)
    assert optimizer.momentum == 0.9
    assert optimizer.global_clipnorm == 1.0
    assert float(optimizer._learning_rate(100)) == 0.0


def test_a_whole_number_stands_for_a_float() -> None:
    """Keras wants a float for a learning rate and a momentum; a recipe may say 1 and 0."""
    optimizer = build_object(named("SGD", learning_rate=1, momentum=0), "optimizer")

    assert float(optimizer.learning_rate) == 1.0
    assert optimizer.momentum == 0.0


def test_names_alone_stand_for_objects() -> None:
    """Keras's strings and second names lead to the same objects as its class names."""
    layer = build_object(named("Dense", units=2, kernel_initializer="he_normal", bias_constraint="NonNeg"), "layer")

    assert isinstance(layer.kernel_initializer, keras.initializers.HeNormal)
    assert isinstance(layer.bias_constraint, keras.constraints.NonNeg)
    assert isinstance(build_object(named("mse"), "loss"), keras.losses.MeanSquaredError)
    assert isinstance(build_object(named("MaxPool2D"), "layer"), keras.layers.MaxPooling2D)


def test_initializers_and_regularizers_get_their_arguments() -> None:
    """An initializer and a regularizer are made with what is written."""
    layer = build_object(
        named("Dense", units=2, kernel_regularizer=named("L2", l2=0.25), bias_initializer=named("Constant", value=3)),
        "layer",
    )

    assert float(layer.kernel_regularizer.l2) == 0.25
    assert layer.bias_initializer.value == 3.0


def test_a_chain_for_a_layer_is_one_layer_after_another() -> None:
    """Where a layer is wanted, several in a list become a `Sequential`, and one alone is itself."""
    several = Chain((named("Dense", units=3), named("Flatten")), HERE)
    alone = Chain((named("Dense", units=3),), HERE)

    wrapped = build_object(named("TimeDistributed", layer=several), "layer")

    assert [type(layer) for layer in wrapped.layer.layers] == [keras.layers.Dense, keras.layers.Flatten]
    assert type(build_object(named("TimeDistributed", layer=alone), "layer").layer) is keras.layers.Dense


def test_a_chain_for_a_cell_is_a_stack_of_cells() -> None:
    """Where cells are wanted, a list is a stack of them."""
    cells = Chain((named("LSTMCell", units=3), named("GRUCell", units=2)), HERE)

    recurrent = build_object(named("RNN", cell=cells), "layer")

    assert type(recurrent.cell) is keras.layers.StackedRNNCells
    assert [type(cell) for cell in recurrent.cell.cells] == [keras.layers.LSTMCell, keras.layers.GRUCell]


def test_none_is_passed_on() -> None:
    """`null` as an argument is None, not the default."""
    layer = build_object(named("Bidirectional", layer=named("LSTM", units=2), merge_mode=None), "layer")

    assert layer.merge_mode is None


@pytest.mark.parametrize(
    ("wrong", "code", "message", "column"),
    [
        (
            named("Conv2D", filters=4, kernel_size=(3, 3, 3)),
            "keras-rejects",
            (
                "Keras refuses `kernel_size` of `Conv2D`: the `kernel_size` argument must be a tuple of 2 integers; "
                "received kernel_size=(3, 3, 3)"
            ),
            26,
        ),
        (
            named("Dense", units=-5),
            "keras-rejects",
            "Keras refuses `units` of `Dense`: received an invalid value for `units`, expected a positive integer",
            15,
        ),
        (
            named("Bidirectional", layer=named("Dense", units=3)),
            "not-recurrent",
            "`Bidirectional` wraps one recurrent layer, such as `LSTM`, but `Dense` is none",
            15,
        ),
    ],
    ids=["kernel_size", "units", "layer"],
)
def test_what_keras_refuses_is_shown_at_the_argument(
    wrong: Named, code: str, message: str, column: int, shown: Callable[[ArchcliError], str]
) -> None:
    """A value that Keras refuses is reported with Keras's reason, where it stands."""
    with pytest.raises(RecipeError) as caught:
        build_object(wrong, "layer")

    assert shown(caught.value) == (
        f"error[{code}]: {message}\n --> recipe.yaml:1:{column}\n  |\n1 | - Something: {{first: 1, second: 2}}\n"
        f"  | {' ' * (column - 1)}^^^^^"
    )


def test_a_refusal_that_names_no_argument_is_shown_at_the_name(shown: Callable[[ArchcliError], str]) -> None:
    """Where Keras's message names no argument that is written, the name is underlined."""
    wrong = named("StringLookup", vocabulary=("red",), pad_to_max_tokens=True)

    with pytest.raises(RecipeError) as caught:
        build_object(Named(wrong.name, wrong.arguments, HERE), "layer")

    assert shown(caught.value) == (
        "error[keras-rejects]: Keras refuses `StringLookup`: if pad_to_max_tokens is True, must set `max_tokens`; "
        "received: max_tokens=None\n"
        " --> recipe.yaml:1:3\n"
        "  |\n"
        "1 | - Something: {first: 1, second: 2}\n"
        "  |   ^^^^^^^^^"
    )


def test_only_names_of_the_catalogue_are_made() -> None:
    """Nothing that is not in the closed table can be reached: no function, no base class, no dotted path."""
    for name in ("Layer", "Lambda", "deserialize", "layers.Dense", "__class__"):
        with pytest.raises(ValueError, match="the catalogue has no layer"):
            build_object(named(name), "layer")
