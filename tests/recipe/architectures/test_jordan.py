"""Jordan's sequential network."""

from __future__ import annotations

from typing import Any

import pytest

from archcli.recipe.architectures import Surroundings, check_settings, expand

ALONE = Surroundings(("plan",), {}, "letter", "category", per_step=True)
TAUGHT = Surroundings(("previous", "plan"), {"previous": "letter"}, "letter", "category", per_step=True)
CLIPPED = {"optimizer": {"Adam": {"learning_rate": 0.003, "global_clipnorm": 1.0}}}
TOLD = {
    "units": 32,
    "output_units": "$classes",
    "decay": 0.5,
    "state_update": "sum",
    "feedback": "own",
    "activation": "tanh",
    "output_activation": "softmax",
    "initial_state_value": 0.0,
    "return_sequences": True,
}


def test_a_jordan_network_without_settings() -> None:
    """It hears its own answers, at every step where the target has one."""
    found = expand("jordan", {}, ALONE)

    assert found.model == {"layers": [{"Jordan": TOLD}]}
    assert found.train == CLIPPED


def test_a_jordan_network_with_all_settings() -> None:
    """For numbers, answered once."""
    around = Surroundings(("plan",), {}, "sum", "number", per_step=False)
    settings = {"units": 8, "decay": 0.3, "state_update": "ema", "initial_state": 0.5, "activation": "sigmoid"}

    found = expand("jordan", settings, around)

    assert found.model["layers"] == [
        {
            "Jordan": {
                "units": 8,
                "output_units": "$horizon",
                "decay": 0.3,
                "state_update": "ema",
                "feedback": "own",
                "activation": "sigmoid",
                "output_activation": "linear",
                "initial_state_value": 0.5,
                "return_sequences": False,
            }
        }
    ]


def test_a_teacher_is_put_behind_the_plan() -> None:
    """Whatever the order of the inputs."""
    found = expand("jordan", {"feedback": "teacher"}, TAUGHT)

    assert found.model == {
        "nodes": {
            "both": {"Concatenate": {}, "from": ["plan", "previous"]},
            "answer": {"Jordan": {**TOLD, "feedback": "teacher"}, "from": "both"},
        },
        "outputs": "answer",
    }
    assert found.train == CLIPPED


def test_a_teacher_needs_no_plan() -> None:
    """The only input may be the target one step late."""
    around = Surroundings(("previous",), {"previous": "letter"}, "letter", "category", per_step=True)

    found = expand("jordan", {"feedback": "teacher"}, around)

    assert check_settings("jordan", {"feedback": "teacher"}, around) == []
    assert found.model == {"layers": [{"Jordan": {**TOLD, "feedback": "teacher"}}]}


def test_a_padded_plan_is_masked() -> None:
    """In front of what joins it with the teacher."""
    around = Surroundings(("plan", "previous"), {"previous": "letter"}, "letter", "category", padded=True)

    nodes = expand("jordan", {"feedback": "teacher"}, around).model["nodes"]

    assert nodes["masked"] == {"Masking": {"mask_value": "$padding"}, "from": "plan"}
    assert nodes["both"] == {"Concatenate": {}, "from": ["masked", "previous"]}


@pytest.mark.parametrize(("settings", "share"), [({}, 0.5), ({"teacher_share": 0.25}, 0.25)])
def test_feedback_may_be_scheduled(settings: dict[str, Any], share: float) -> None:
    """Half the steps hear the truth, or as many as is said."""
    found = expand("jordan", {"feedback": "scheduled", **settings}, TAUGHT)

    assert found.model["nodes"]["answer"]["Jordan"]["teacher_share"] == share


BOTH = ("plan", "previous")
THREE = "`a`, `plan`, `previous`"


@pytest.mark.parametrize(
    ("settings", "inputs", "shifts", "problem"),
    [
        (
            {"teacher_share": 0.5},
            ("plan",),
            {},
            (
                "setting-without-effect",
                "`teacher_share` changes nothing: `feedback: own` is the same at every step",
                "teacher_share",
                "leave it out, or write `feedback: scheduled`",
            ),
        ),
        (
            {"feedback": "teacher"},
            ("plan",),
            {},
            (
                "architecture-does-not-fit",
                "`feedback: teacher` wants an input that is the target `letter` one step late, found none",
                "feedback",
                "add `previous: {shift: letter}` to `data.inputs`, or write `feedback: own`",
            ),
        ),
        (
            {"feedback": "scheduled"},
            ("a", *BOTH),
            {"previous": "letter"},
            (
                "architecture-does-not-fit",
                f"`feedback: scheduled` wants the target one step late and at most one other input, found {THREE}",
                "feedback",
                "keep two in `data.inputs`, or write the model as `nodes:`",
            ),
        ),
        (
            {},
            BOTH,
            {"previous": "letter"},
            (
                "architecture-does-not-fit",
                "`jordan` takes one input, found 2: `plan`, `previous`",
                None,
                "write `feedback: teacher` to feed `previous` back",
            ),
        ),
        (
            {},
            BOTH,
            {"previous": "another"},
            (
                "architecture-does-not-fit",
                "`jordan` takes one input, found 2: `plan`, `previous`",
                None,
                "keep one in `data.inputs`, or write the model as `nodes:`",
            ),
        ),
    ],
)
def test_contradictions(
    settings: dict[str, Any], inputs: tuple[str, ...], shifts: dict[str, str], problem: tuple[object, ...]
) -> None:
    """Feedback and inputs must agree."""
    around = Surroundings(inputs, shifts, "letter", "category", per_step=True)

    assert check_settings("jordan", settings, around) == [problem]
