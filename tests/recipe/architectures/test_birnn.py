"""Both directions of time, in four ways."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archcli.recipe.architectures import Surroundings, check_settings, expand

EVERY_STEP = Surroundings(("signal",), {}, "kind", "category", per_step=True)
ONCE = Surroundings(("signal",), {}, "kind", "category", per_step=False)
SMALL = {"cell": "rnn", "units": 12}
ANSWER = {"Dense": {"units": "$classes", "activation": "softmax"}}
CLIPPED = {"optimizer": {"Adam": {"learning_rate": 0.003, "global_clipnorm": 1.0}}}


def simple(**arguments: object) -> dict[str, Any]:
    """Return the recurrent layer of one direction."""
    return {"SimpleRNN": {"units": 12, **arguments}}


def test_merged_states_give_one_answer() -> None:
    """Schuster and Paliwal's: the states of both directions side by side."""
    found = expand("birnn", SMALL, EVERY_STEP)

    assert found.model == {"layers": [{"Bidirectional": {"layer": simple(return_sequences=True)}}, ANSWER]}
    assert found.train == CLIPPED


def test_states_may_be_merged_otherwise() -> None:
    """And once per example: the last state of each direction, which has seen all steps."""
    found = expand("birnn", {**SMALL, "merge": "sum"}, ONCE)

    assert found.model == {"layers": [{"Bidirectional": {"layer": simple(), "merge_mode": "sum"}}, ANSWER]}


def test_a_stacked_backward_layer_reads_the_forward_one() -> None:
    """Its states are put back into the order of time."""
    found = expand("birnn", {**SMALL, "learning": "stacked"}, EVERY_STEP)

    assert found.model == {
        "nodes": {
            "past": {**simple(return_sequences=True), "from": "input"},
            "future": {
                "layers": [{"Concatenate": {}}, simple(return_sequences=True, go_backwards=True), {"Reverse": {}}],
                "from": ["input", "past"],
            },
            "answer": {**ANSWER, "from": "future"},
        },
        "outputs": "answer",
    }
    assert found.train == CLIPPED


def test_a_stacked_backward_layer_begins_with_the_last_step_that_is_there() -> None:
    """Sequences of several lengths are turned round without their padding, which Keras would put in front."""
    found = expand("birnn", {**SMALL, "learning": "stacked"}, replace(EVERY_STEP, padded=True))

    assert found.model["nodes"]["future"] == {
        "layers": [{"Concatenate": {}}, {"Reverse": {}}, simple(return_sequences=True), {"Reverse": {}}],
        "from": ["masked", "past"],
    }


def test_a_stacked_backward_layer_may_answer_once() -> None:
    """By the state that it ends with, at the first step."""
    found = expand("birnn", {**SMALL, "learning": "stacked"}, ONCE)

    assert found.model["nodes"]["future"] == {
        "layers": [{"Concatenate": {}}, simple(go_backwards=True)],
        "from": ["input", "past"],
    }


@pytest.mark.parametrize(("around", "steps"), [(EVERY_STEP, {"return_sequences": True}), (ONCE, {})])
def test_two_heads_answer_by_themselves(around: Surroundings, steps: dict[str, Any]) -> None:
    """Their average is measured and not trained."""
    found = expand("birnn", {**SMALL, "learning": "two_heads"}, around)

    assert found.model == {
        "nodes": {
            "past, future": {"Bidirectional": {"layer": simple(**steps), "merge_mode": None}, "from": "input"},
            "from_past": {**ANSWER, "from": "past"},
            "from_future": {**ANSWER, "from": "future"},
            "pool": {"Average": {}, "from": ["from_past", "from_future"]},
        },
        "outputs": ["pool", "from_past", "from_future"],
    }
    assert found.train == {**CLIPPED, "loss_weights": {"pool": 0}}


def test_a_small_layer_may_decide() -> None:
    """Between the answers of both directions; all three are trained, the decision most."""
    found = expand("birnn", {**SMALL, "learning": "decision"}, EVERY_STEP)

    assert found.model["nodes"]["decision"] == {
        "layers": [{"Concatenate": {}}, {"Dense": {"units": 8, "activation": "tanh"}}, ANSWER],
        "from": ["from_past", "from_future"],
    }
    assert found.model["outputs"] == ["decision", "from_past", "from_future"]
    assert found.train == {**CLIPPED, "loss_weights": {"decision": 1.0, "from_past": 0.25, "from_future": 0.25}}


def test_heads_may_read_all_steps_together() -> None:
    """Each the mean of its own direction."""
    found = expand("birnn", {**SMALL, "learning": "two_heads", "read": "mean"}, ONCE)

    head = {"layers": [{"GlobalAveragePooling1D": {}}, ANSWER]}
    assert found.model["nodes"]["from_past"] == {**head, "from": "past"}
    assert found.model["nodes"]["from_future"] == {**head, "from": "future"}


def test_no_node_has_the_name_of_data() -> None:
    """An input called `past` keeps its name."""
    around = Surroundings(("past",), {}, "answer", "category", padded=True)

    found = expand("birnn", {**SMALL, "learning": "stacked"}, around)

    assert list(found.model["nodes"]) == ["masked", "past_2", "future", "answer_2"]
    assert found.model["nodes"]["past_2"]["from"] == "masked"
    assert found.model["nodes"]["future"]["from"] == ["masked", "past_2"]
    assert found.model["outputs"] == "answer_2"


@pytest.mark.parametrize("learning", ["stacked", "two_heads", "decision"])
def test_only_merged_learning_merges(learning: str) -> None:
    """`merge` beside another way would change nothing."""
    found = check_settings("birnn", {"learning": learning, "merge": "concat"}, ONCE)

    assert found == [
        (
            "setting-without-effect",
            f"`merge` changes nothing: `learning: {learning}` merges no states",
            "merge",
            "leave it out, or write `learning: merged`",
        )
    ]


def test_the_answer_must_not_be_in_the_input() -> None:
    """Going backwards, the target one step late is the target."""
    around = Surroundings(("letters",), {"letters": "next"}, "next", "category", per_step=True)

    assert check_settings("birnn", {}, around) == [
        (
            "architecture-does-not-fit",
            "`birnn` reads later steps too, and in them its input `letters` holds the target `next`",
            None,
            "take one that reads forward only, such as `gru`",
        )
    ]
