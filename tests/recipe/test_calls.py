"""The arguments of Keras's calls, held against Keras."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from archcli.build.classes import CLASSES
from archcli.recipe.calls import CALL_ARGUMENTS, CALLS, TAKES_SEVERAL, takes_a_list
from archcli.recipe.catalogue import Entry, catalogue

LAYERS = [entry for name, entry in catalogue().entries("layer").items() if not entry.is_cell]


def _call(layer: str) -> inspect.Signature:
    class_: Any = CLASSES["layer"][layer]
    return inspect.signature(class_.call)


@pytest.mark.parametrize("entry", LAYERS, ids=lambda entry: entry.name)
def test_a_layer_is_called_with_what_its_call_takes(entry: Entry) -> None:
    """Every argument but the first, in Keras's order; pictures are changed in training only."""
    name = entry.name
    parameters = list(_call(name).parameters.values())[1:]
    given = [parameter.name for parameter in parameters]

    known = list(CALLS.get(name, {}))

    taken = [] if given[0] == "data" else given if name in TAKES_SEVERAL else given[1:]
    assert known == taken


@pytest.mark.parametrize("layer", CALLS)
def test_what_is_a_truth_is_one_in_keras(layer: str) -> None:
    """Arguments that are true, false or left to Keras are not tensors."""
    parameters = _call(layer).parameters

    for name, kind in CALLS[layer].items():
        is_switch = isinstance(parameters[name].default, bool) or name == "training"
        assert (kind == "truth") == is_switch


def test_merges_take_a_list() -> None:
    """As Keras has them, attention of two, and crossed features."""
    merges = {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}

    assert {entry.name for entry in LAYERS if takes_a_list(entry.name)} == merges | {
        "AdditiveAttention",
        "Attention",
        "HashedCrossing",
    }


def test_the_names_that_nothing_else_may_have() -> None:
    """All of these arguments."""
    assert {"initial_state", "value", "mask", "use_causal_mask"} < CALL_ARGUMENTS
    assert "from" not in CALL_ARGUMENTS
