"""One layer of weights (Rosenblatt 1958), trained by its own rule or by gradients."""

from __future__ import annotations

from typing import Final

from archcli.recipe.architectures.architecture import Architecture, Contradiction, Expansion, Settings, Surroundings
from archcli.recipe.architectures.parts import adam, answers_once, layer, one_input, output_activation, output_units
from archcli.recipe.architectures.settings import signature
from archcli.recipe.types import Field, Text

_LEARNING_RATE: Final = 0.03
"""One layer has a single valley to find, and in few steps: it stands a higher rate than others."""

SIGNATURE: Final = signature(
    "perceptron",
    "One layer of weights from the inputs to the answer, trained by gradients or by Rosenblatt's own rule.",
    Field(
        "activation",
        Text(("step", "sigmoid", "softmax", "linear"), "activation"),
        "What is made of the weighted sums: `step` for Rosenblatt's rule, `sigmoid` for two classes told by one score.",
        inferred="the rule and the target: `step` for Rosenblatt's rule, else `softmax` for classes, `sigmoid` for "
        "several labels, `linear` for numbers",
    ),
    Field(
        "rule",
        Text(("gradient", "perceptron")),
        "How it learns; `perceptron`: an example told wrong is added to the weights of its class.",
        "gradient",
    ),
)


def _contradictions(settings: Settings, surroundings: Surroundings) -> list[Contradiction]:
    activation, rule, target = settings["activation"], settings["rule"], surroundings.target
    found = [*one_input(SIGNATURE, surroundings), *answers_once(SIGNATURE, surroundings)]
    if rule == "gradient" and activation == "step":
        message = "`activation: step` has no slope, so `rule: gradient` cannot train it"
        hint = "write `rule: perceptron`, or `activation: sigmoid`"
        found.append(Contradiction("settings-contradict", message, "activation", hint))
    elif rule == "perceptron" and activation not in (None, "step"):
        message = f"`rule: perceptron` decides by a step, found `activation: {activation}`"
        hint = "leave `activation` out, or write `rule: gradient`"
        found.append(Contradiction("settings-contradict", message, "activation", hint))
    if surroundings.kind != "category" and rule == "perceptron":
        message = f"`rule: perceptron` tells classes apart, and the target `{target}` is a {surroundings.kind}"
        found.append(Contradiction("architecture-does-not-fit", message, "rule", "write `rule: gradient`"))
    elif surroundings.kind != "category" and activation == "softmax":
        message = (
            f"`activation: softmax` gives probabilities of classes, and the target `{target}` is a {surroundings.kind}"
        )
        hint = f"write `activation: {output_activation(surroundings)}`"
        found.append(Contradiction("architecture-does-not-fit", message, "activation", hint))
    return found


def _expand(settings: Settings, surroundings: Surroundings) -> Expansion:
    units = output_units(surroundings)
    if settings["rule"] == "perceptron":
        # The rule holds the threshold. It begins with nothing learned, where its length of step changes no decision.
        dense = layer("Dense", {"units": units, "kernel_initializer": {"Zeros": {}}})
        return Expansion({"layers": [layer("Flatten", {}), dense]}, {"learning_rule": "perceptron"})
    activation = settings["activation"] or output_activation(surroundings)
    one_score = activation == "sigmoid" and surroundings.kind == "category"
    dense = layer("Dense", {"units": 1 if one_score else units, "activation": activation})
    return Expansion({"layers": [layer("Flatten", {}), dense]}, adam(_LEARNING_RATE))


PERCEPTRON: Final = Architecture(SIGNATURE, _expand, _contradictions)
