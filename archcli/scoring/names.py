"""What scores there are, and of which of them more is better."""

from __future__ import annotations

from typing import Final

CLASS_SCORES: Final = (
    "accuracy",
    "balanced_accuracy",
    "precision_macro",
    "f1_macro",
    "roc_auc",
    "pr_auc",
    "log_loss",
    "calibration_error",
)
"""Of one class an example, step or pixel."""

SEQUENCE_SCORES: Final = (*CLASS_SCORES, "sequence_accuracy")
"""Of a class at each step."""

LABEL_SCORES: Final = ("f1_micro", "f1_macro", "subset_accuracy", "hamming_loss", "roc_auc", "pr_auc")
"""Of several labels an example."""

NUMBER_SCORES: Final = ("r2", "mae", "rmse", "median_ae", "mape")
"""Of numbers."""

ERRORS: Final = frozenset({"log_loss", "calibration_error", "hamming_loss", "mae", "rmse", "median_ae", "mape"})
"""Of these less is better, of all others more."""


def plain_name(score: str) -> str:
    """Return what a score is without whose it is: `free_accuracy` and `kind.accuracy` are accuracies."""
    return score.rpartition(".")[2].removeprefix("free_")


def less_is_better(score: str) -> bool:
    """Tell whether a score is an error."""
    return plain_name(score) in ERRORS
