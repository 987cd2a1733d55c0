"""Where a training is: everything that a checkpoint keeps beside the variables."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from archcli.engine.progress import EpochRow
from archcli.engine.stopping import Best, Patience
from archcli.errors import Problem, RecipeError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from archcli.engine.settings import Settings


@dataclass
class Position:
    """Where a training is; changed as it goes on.

    Attributes:
        best: The best epoch.
        patience: What early stopping remembers.
        epoch: Whole epochs that are done.
        step: Steps of the next one that are done.
        measured: The training metrics of an epoch whose steps are all done while its validation is not; else None.
        rows: One for each whole epoch.
        has_converged: Whether the learning rule has nothing left to learn.
        ended_by_callback_at: Of how many epochs a callback ended the training; None: none did.
    """

    best: Best
    patience: Patience = field(default_factory=Patience)
    epoch: int = 0
    step: int = 0
    measured: dict[str, float] | None = None
    rows: list[EpochRow] = field(default_factory=list)
    has_converged: bool = False
    ended_by_callback_at: int | None = None


def store_position(position: Position) -> dict[str, Any]:
    """Return `position` as JSON has it."""
    return asdict(position)


def load_position(stored: Mapping[str, Any]) -> Position:
    """Return the position that `store_position` has `stored`."""
    parts = {"best": Best(**stored["best"]), "patience": Patience(**stored["patience"])}
    return Position(**{**stored, **parts, "rows": [EpochRow(**row) for row in stored["rows"]]})


def identify_training(settings: Settings, example_count: int) -> dict[str, Any]:
    """Return what decides the batches of a training and their order, by name."""
    return {
        "batch_size": settings.batch_size,
        "shuffle": settings.shuffle,
        "seed": settings.seed,
        "training_examples": example_count,
        "monitor": settings.monitor,
        "learning_rule": settings.learning_rule,
        "window": settings.window,
        "bucket_by_length": settings.bucket_by_length,
    }


def check_same_training(stored: Mapping[str, Any], current: Mapping[str, Any], *, path: Path) -> None:
    """Check that a checkpoint is of this training: its position means nothing in another order of other batches.

    Args:
        stored: What `identify_training` gave, as the checkpoint has it.
        current: The same as it is now.
        path: The checkpoint.

    Raises:
        RecipeError: `checkpoint-mismatch`.
    """
    problems = [
        Problem(
            "checkpoint-mismatch",
            f"the checkpoint `{path}` is of a training with `{name}` {stored.get(name)}, now it is {value}",
            hint="resume with the recipe and the data that the run began with",
        )
        for name, value in current.items()
        if stored.get(name) != value
    ]
    if problems:
        raise RecipeError(*problems)
