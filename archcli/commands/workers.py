"""What is one worker's where several train a recipe together. Nothing here imports TensorFlow."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from archcli.engine.distribution.cluster import Cluster, find_cluster
from archcli.errors import Problem, RecipeError, SetupError
from archcli.recipe.checking import load_recipe
from archcli.recipe.recipe import Recipe
from archcli.runs.directory import Run, open_run

WRITING: Final = frozenset({"CSVLogger"})
"""Callbacks that write what the chief's do already."""


def find_workers(recipe: Recipe) -> Cluster | None:
    """Return the workers that train a recipe and which of them this process is; None: it trains alone.

    Raises:
        SetupError: `no-cluster` or `cluster-not-understood`.
    """
    return find_cluster(os.environ) if recipe.train.distribute == "multi_worker" else None


def describe_follower(cluster: Cluster | None, runs: Path) -> str | None:
    """Say who this worker is and where the chief writes, in one line; None: this process writes itself."""
    if cluster is None or cluster.index == 0:
        return None
    who = f"worker {cluster.index} of {len(cluster.workers)} at {cluster.workers[cluster.index]}"
    return f"{who}: worker 0 at {cluster.workers[0]} is the chief, and writes into {runs}"


def is_follower() -> bool:
    """Return whether the environment makes this process a worker that is not the chief."""
    try:
        return find_cluster(os.environ).index > 0
    except SetupError:
        return False


def open_shared_run(text: str, runs: Path) -> Run:
    """Find the run that is to be resumed.

    Raises:
        RecipeError: There is none; `run-not-shared` for a worker that is not the chief.
    """
    try:
        return open_run(text, runs)
    except RecipeError as error:
        if is_follower():
            raise not_shared(f"has no run `{text}`") from error
        raise


def read_shared_recipe(text: str, runs: Path) -> Recipe:
    """Read the recipe of the run that is to be resumed.

    Raises:
        RecipeError: There is no such run, or its recipe cannot be read.
    """
    return load_recipe(open_shared_run(text, runs).resolved)


def not_shared(what: str) -> RecipeError:
    """Describe that a worker does not see what the chief sees of a run."""
    return RecipeError(
        Problem(
            "run-not-shared",
            f"this worker {what}, and all workers have to read the run that they resume",
            hint="put `runs` into a folder that all machines share, or let `--runs` name it",
        )
    )
