"""Every optimizer, every one of its arguments and every schedule: fifty steps of the loop are fifty of plain Keras.

The tables are held against the catalogue of the recipe language: what is added there fails here until it has a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest

from archcli.build.classes import CLASSES
from archcli.engine.feeding import Examples
from archcli.recipe.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

layers = keras.layers

NO_ARITHMETIC = {"name"}

# Each argument that is the optimizer's own, other than its default.
OPTIMIZERS: dict[str, dict[str, Any]] = {
    "SGD": {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True},
    "RMSprop": {"learning_rate": 0.01, "rho": 0.8, "momentum": 0.5, "epsilon": 1e-5, "centered": True},
    "Adam": {"learning_rate": 0.02, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-5, "amsgrad": True},
    "AdamW": {
        "learning_rate": 0.02,
        "weight_decay": 0.05,
        "beta_1": 0.8,
        "beta_2": 0.99,
        "epsilon": 1e-5,
        "amsgrad": True,
    },
    "Adamax": {"learning_rate": 0.02, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-5},
    "Nadam": {"learning_rate": 0.02, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-5},
    "Adagrad": {"learning_rate": 0.1, "initial_accumulator_value": 0.2, "epsilon": 1e-5},
    "Adadelta": {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-5},
    "Adafactor": {
        "learning_rate": 0.02,
        "beta_2_decay": -0.7,
        "epsilon_1": 1e-20,
        "epsilon_2": 0.01,
        "clip_threshold": 0.9,
        "relative_step": False,
    },
    "Ftrl": {
        "learning_rate": 0.1,
        "learning_rate_power": -0.4,
        "initial_accumulator_value": 0.2,
        "l1_regularization_strength": 0.001,
        "l2_regularization_strength": 0.01,
        "l2_shrinkage_regularization_strength": 0.01,
        "beta": 0.1,
    },
    "Lamb": {"learning_rate": 0.02, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-5},
    "Lion": {"learning_rate": 0.005, "beta_1": 0.8, "beta_2": 0.9},
    "Muon": {
        "learning_rate": 0.02,
        "adam_beta_1": 0.8,
        "adam_beta_2": 0.99,
        "adam_weight_decay": 0.01,
        "epsilon": 1e-5,
        "weight_decay": 0.01,
        "exclude_layers": ["last"],
        "exclude_embeddings": False,
        "muon_a": 3.4,
        "muon_b": -4.7,
        "muon_c": 2.0,
        "adam_lr_ratio": 0.5,
        "momentum": 0.9,
        "ns_steps": 3,
        "nesterov": False,
        "rms_rate": 0.3,
    },
    "ScheduleFreeAdamW": {
        "learning_rate": 0.02,
        "beta_1": 0.8,
        "beta_2": 0.99,
        "epsilon": 1e-5,
        "warmup_steps": 5,
    },
}

# What every optimizer takes; some only together.
SHARED: dict[str, dict[str, Any]] = {
    "weight decay": {"weight_decay": 0.05},
    "clipped norms": {"clipnorm": 0.1},
    "clipped values": {"clipvalue": 0.05},
    "a clipped global norm": {"global_clipnorm": 0.2},
    "moving averages": {"use_ema": True, "ema_momentum": 0.8},
    "moving averages that overwrite the weights": {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 7},
    "a scaled loss": {"loss_scale_factor": 8.0},
    "accumulated gradients": {"gradient_accumulation_steps": 3},
}

SCHEDULES: dict[str, dict[str, Any]] = {
    "CosineDecay": {
        "initial_learning_rate": 0.01,
        "decay_steps": 20,
        "alpha": 0.1,
        "warmup_target": 0.2,
        "warmup_steps": 8,
    },
    "CosineDecayRestarts": {
        "initial_learning_rate": 0.2,
        "first_decay_steps": 9,
        "t_mul": 1.5,
        "m_mul": 0.8,
        "alpha": 0.1,
    },
    "ExponentialDecay": {"initial_learning_rate": 0.2, "decay_steps": 9, "decay_rate": 0.5, "staircase": True},
    "InverseTimeDecay": {"initial_learning_rate": 0.2, "decay_steps": 9, "decay_rate": 0.5, "staircase": True},
    "PiecewiseConstantDecay": {"boundaries": [9, 30], "values": [0.2, 0.1, 0.05]},
    "PolynomialDecay": {
        "initial_learning_rate": 0.2,
        "decay_steps": 20,
        "end_learning_rate": 0.01,
        "power": 2.0,
        "cycle": True,
    },
}


def schedule(name: str) -> Any:
    """Make a schedule of the table."""
    return CLASSES["schedule"][name](**SCHEDULES[name])


TOGETHER: dict[str, Any] = {
    "learning_rate": "CosineDecay",
    "momentum": 0.9,
    "weight_decay": 0.05,
    "global_clipnorm": 0.2,
    "use_ema": True,
    "ema_momentum": 0.8,
    "ema_overwrite_frequency": 7,
    "gradient_accumulation_steps": 3,
}
CASES: dict[str, tuple[str, Mapping[str, Any]]] = {
    **{name: (name, arguments) for name, arguments in OPTIMIZERS.items()},
    **{name: ("SGD", {"learning_rate": name}) for name in SCHEDULES},
    **{name: ("SGD", {"learning_rate": 0.1, "momentum": 0.9, **arguments}) for name, arguments in SHARED.items()},
    "all of it together": ("SGD", TOGETHER),
}
# Where the last batch of an epoch is a partial one; it costs another compiling, on either side.
IN_PARTIAL_BATCHES = {"Adam", *SHARED, "all of it together"}
UNDER_XLA = ("Adafactor", "Ftrl", "Muon", "ScheduleFreeAdamW", "all of it together")
"""Those with more than elementwise arithmetic: norms, products of matrices, conditions."""


def network(case: str) -> tuple[keras.Model, Examples]:
    """Make a small network with the optimizer of a case, and its examples."""
    name, arguments = CASES[case]
    rate = arguments["learning_rate"]
    options = {**arguments, "learning_rate": schedule(rate) if isinstance(rate, str) else rate}
    hidden = [layers.Dense(4, activation="tanh")] if name == "Muon" else []
    model = keras.Sequential([keras.Input((6,)), *hidden, layers.Dense(3, name="last")])
    model.compile(CLASSES["optimizer"][name](**options), "mse", jit_compile=False)
    count = 106 if case in IN_PARTIAL_BATCHES else 96
    inputs, targets = (np.random.default_rng(seed).normal(size=(count, size)) for seed, size in ((0, 6), (1, 3)))
    return model, Examples(inputs.astype("float32"), targets.astype("float32"))


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_fifty_graph_steps_are_those_of_keras(differ: Any, case: str) -> None:
    """Weights and what the optimizer remembers are equal bit for bit."""
    assert differ(lambda: network(case)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("case", UNDER_XLA)
def test_fifty_xla_steps_are_those_of_keras_under_xla(differ: Any, case: str) -> None:
    """Weights and what the optimizer remembers are within 1e-6 of those of `jit_compile=True`."""
    assert differ(lambda: network(case), mode="xla", tolerance=1e-6) == {}


def test_every_optimizer_is_compared_with_all_its_arguments() -> None:
    """The catalogue's optimizers and arguments are those of the tables."""
    shared = {argument for arguments in SHARED.values() for argument in arguments}
    known = {name: set(entry.arguments) for name, entry in catalogue().entries("optimizer").items()}

    compared = {name: shared | set(arguments) | NO_ARITHMETIC for name, arguments in OPTIMIZERS.items()}

    assert compared == known


def test_no_argument_is_compared_at_its_default() -> None:
    """Each row says of each argument what Keras would not have done without it."""
    known = catalogue().entries("optimizer")
    defaults = {name: {a: argument.default for a, argument in known[name].arguments.items()} for name in OPTIMIZERS}

    assert not [
        f"{name}: {argument}"
        for name, arguments in OPTIMIZERS.items()
        for argument, value in arguments.items()
        if value == defaults[name][argument]
    ]


def test_every_schedule_is_compared_with_all_its_arguments() -> None:
    """The catalogue's schedules and arguments are those of the table."""
    known = {name: set(entry.arguments) for name, entry in catalogue().entries("schedule").items()}

    assert {name: {*arguments, *NO_ARITHMETIC} for name, arguments in SCHEDULES.items()} == known
