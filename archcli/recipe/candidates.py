"""Whether a recipe comes of each candidate that `tune:` names, and whether it can be compared with the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from archcli.errors import Location, Problem, RecipeError
from archcli.recipe.assembling import Assembled
from archcli.recipe.nodes import MapNode, Node
from archcli.recipe.overriding import PATH, lay_at
from archcli.recipe.recipe import Data, Recipe
from archcli.recipe.settling import outcome_of
from archcli.recipe.tune_section import Tried
from archcli.recipe.writing import node_data, write_inline

_LONGEST_SHOWN: Final = 60


@dataclass(frozen=True)
class Checked:
    """A recipe that was checked, what it tunes left aside.

    Attributes:
        assembled: What could be put together.
        problems: All of its problems.
        file_places: Where paths of files are written.
    """

    assembled: Assembled
    problems: Sequence[Problem]
    file_places: frozenset[Location]


@dataclass(frozen=True)
class Varied:
    """Data that a candidate gives.

    Attributes:
        tried: Where it is tried.
        candidate: The candidate.
        data: The data of the recipe with it, other than those without.
    """

    tried: Tried
    candidate: Node
    data: Data


@dataclass(frozen=True)
class Candidates:
    """What came of checking all candidates.

    Attributes:
        problems: Those that the recipe does not have without them.
        varied: Data whose files were not looked at.
        file_places: Where paths of files are written in them.
    """

    problems: tuple[Problem, ...]
    varied: tuple[Varied, ...]
    file_places: frozenset[Location]


def check_candidates(
    space: Sequence[Tried], root: MapNode, alone: Checked, check: Callable[[MapNode], Checked]
) -> Candidates:
    """Check the recipe with each candidate of each path; candidates of two paths are not combined.

    Args:
        space: What is tried.
        root: The recipe, in long form, without the section `tune`.
        alone: What came of checking it.
        check: Checks another one.
    """
    problems, sound = find_path_problems(space, root)
    known = {(problem.code, problem.message) for problem in alone.problems}
    varied: list[Varied] = []
    file_places = set(alone.file_places)
    for tried in sound:
        for candidate in tried.candidates:
            changed = lay_at(root, tried.path, candidate)
            if not isinstance(changed, MapNode):
                continue
            checked = check(changed)
            file_places |= checked.file_places
            found = [problem for problem in checked.problems if (problem.code, problem.message) not in known]
            found += [] if checked.problems else _compare(alone.assembled.recipe, checked.assembled.recipe)
            problems += [at_candidate(problem, tried, candidate) for problem in found]
            data = checked.assembled.data
            if data is not None and data != alone.assembled.data:
                varied.append(Varied(tried, candidate, data))
    return Candidates(tuple(dict.fromkeys(problems)), tuple(varied), frozenset(file_places))


def find_path_problems(space: Sequence[Tried], root: MapNode) -> tuple[list[Problem], tuple[Tried, ...]]:
    """Look whether each path leads somewhere, and no two to the same place.

    Args:
        space: What is tried.
        root: The recipe, in long form, without the section `tune`.

    Returns:
        The problems, and what is tried at the paths without any.
    """
    problems: list[Problem] = []
    leading: list[Tried] = []
    for tried in space:
        try:
            lay_at(root, tried.path, tried.candidates[0])
        except RecipeError as error:
            problems += [at_key(problem, tried) for problem in error.problems]
        else:
            leading.append(tried)
    clashing = [pair for pair in combinations(leading, 2) if _clash(*pair, root)]
    for first, second in clashing:
        message = f"`{second.path}` and `{first.path}` are about the same place, so that one undoes the other"
        hint = "tune one of the two"
        problems.append(Problem("overlapping-paths", message, second.entry.key.location, hint))
    unsound = [tried for pair in clashing for tried in pair]
    return problems, tuple(tried for tried in leading if tried not in unsound)


def _clash(first: Tried, second: Tried, root: MapNode) -> bool:
    """Tell whether it matters which of two is laid over a recipe first."""
    pairs = [(one, second.candidates[-1]) for one in first.candidates]
    pairs += [(first.candidates[-1], other) for other in second.candidates]
    return any(
        outcome_of(lambda: lay_at(lay_at(root, first.path, one), second.path, other))  # noqa: B023 -- called at once
        != outcome_of(lambda: lay_at(lay_at(root, second.path, other), first.path, one))  # noqa: B023 -- called at once
        for one, other in pairs
    )


def at_key(problem: Problem, tried: Tried) -> Problem:
    """Move a problem of a path to where the path stands in the recipe."""
    return replace(problem, location=tried.entry.key.location)


def at_candidate(problem: Problem, tried: Tried, candidate: Node) -> Problem:
    """Move a problem that a recipe has with a candidate to where the candidate stands, and say what it is."""
    if problem.location is not None and problem.location.source.name == PATH:
        return at_key(problem, tried)
    return replace(
        problem,
        message=f"`{tried.path}` = {_shown(candidate)}: {problem.message}",
        location=candidate.location,
    )


def _shown(candidate: Node) -> str:
    text = write_inline(node_data(candidate))
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _compare(alone: Recipe | None, changed: Recipe | None) -> list[Problem]:
    """Say where trials would be compared by different things."""
    if alone is None or changed is None:
        return []
    monitor = alone.train.monitor
    if changed.train.monitor != monitor:
        message = f"the trials are compared by `{monitor}`, and with this one by `{changed.train.monitor}`"
        return [Problem("not-comparable", message, hint="write `monitor` in `train`, and do not tune it")]
    if monitor.endswith("loss") and _measure(changed) != _measure(alone):
        message = f"the trials are compared by `{monitor}`, which is another quantity with another loss"
        return [Problem("not-comparable", message, hint="give `train.monitor` a metric, such as `val_accuracy`")]
    return []


def _measure(recipe: Recipe) -> tuple[Mapping[str, object], Mapping[str, float]]:
    """Return what decides what a loss means; logits or probabilities make no difference."""
    train = recipe.train
    losses = {
        output: (loss.name, {name: value for name, value in loss.arguments.items() if name != "from_logits"})
        for output, loss in train.loss.items()
    }
    return losses, train.loss_weights
