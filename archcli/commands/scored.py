"""What a saved model takes and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archcli.recipe.facts import Facts, InputFacts, TargetFacts
from archcli.recipe.recipe import Model


@dataclass(frozen=True)
class Scored:
    """What a saved model takes and answers.

    Attributes:
        inputs: By name.
        outputs: What each output learns, by its name; None: it is only written out.
    """

    inputs: Mapping[str, InputFacts]
    outputs: Mapping[str, TargetFacts | None]

    @classmethod
    def of(cls, model: Model, facts: Facts) -> Scored:
        """Describe the saved model of a recipe's model and the facts of its data."""
        targets = facts.targets
        return cls(facts.inputs, {name: None if of is None else targets[of] for name, of in model.outputs.items()})

    @property
    def learned(self) -> Mapping[str, TargetFacts]:
        """What each trained output learns, by its name."""
        return {name: target for name, target in self.outputs.items() if target is not None}
