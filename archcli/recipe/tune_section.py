"""The section `tune`: what is tried at each path."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from archcli.errors import Location
from archcli.recipe.nodes import Entry, ListNode, MapNode, Node, is_null, walk
from archcli.recipe.recipe import Fact, Value
from archcli.recipe.schema import SPACE_FORMS, TUNE
from archcli.recipe.suggestions import did_you_mean
from archcli.recipe.tuning import Choice, Dimension, Range, Tuning
from archcli.recipe.values import Checker, absolute_path
from archcli.recipe.writing import node_data, write_inline

MOST_CANDIDATES: Final = 200
"""Values that are checked: each choice, and both ends of each range."""

TUNED_SECTIONS: Final = ("parameters", "data", "model", "train")
"""What a tuned path begins with."""


@dataclass(frozen=True)
class Tried:
    """What is tried at a path, as it is written.

    Attributes:
        entry: The path, and what stands there.
        form: Which of `SPACE_FORMS` it is.
        candidates: Each choice, or both ends of a range.
        values: What these say, `$names` of parameters put in.
    """

    entry: Entry
    form: str
    candidates: tuple[Node, ...]
    values: tuple[Value, ...]

    @property
    def path(self) -> str:
        """Where in the recipe."""
        return self.entry.key.text

    def dimension(self, file_places: frozenset[Location]) -> Dimension:
        """Give it as a value; texts at `file_places` are paths of files, which are made absolute."""
        if self.form == "choice":
            return Choice(self.path, tuple(node_data(_with_whole_paths(node, file_places)) for node in self.candidates))
        low, high = (value for value in self.values if isinstance(value, (int, float)))
        whole = isinstance(low, int) and isinstance(high, int)
        return Range(self.path, low, high, whole, logarithmic=self.form == "log_range")


@dataclass(frozen=True)
class TuneSection:
    """The section as it is written, as far as it is sound.

    Attributes:
        trials: How many runs.
        seed: Decides what is tried.
        space: What is tried; a path about which something is wrong is left out.
    """

    trials: int
    seed: int
    space: tuple[Tried, ...]

    def tuning(self, file_places: frozenset[Location]) -> Tuning:
        """Give it as a value; texts at `file_places` are paths of files, which are made absolute."""
        return Tuning(self.trials, self.seed, tuple(tried.dimension(file_places) for tried in self.space))


def read_tune_section(root: MapNode, checker: Checker) -> TuneSection | None:
    """Read the section of a recipe; None: it has none, or too much is wrong with it.

    Whether its candidates make sense is not looked at.

    Args:
        root: The whole recipe, in long form.
        checker: Keeps the problems.
    """
    entry = root.entry("tune")
    if entry is None or is_null(entry.value):
        return None
    checker.may_ask = True  # a choice may hold an optimizer that asks for `$training_steps`
    if not isinstance(entry.value, MapNode):
        checker.value(entry.value, TUNE, "`tune`")
        return None
    values = checker.section(entry.value, TUNE, entry.key.location)
    space = entry.value.get("space")
    given = values["space"]
    if not isinstance(space, MapNode) or not isinstance(given, dict):
        return None
    tried = [_read_tried(one, given.get(one.key.text), checker) for one in space.entries if not is_null(one.value)]
    if not tried:
        message = "`space` has no path, so that there is nothing to tune"
        hint = "such as `parameters.width: {choice: [32, 64]}`; `tune: null` switches it off"
        checker.note("nothing-to-tune", message, entry.key.location, hint)
        return None
    sound = tuple(one for one in tried if one is not None)
    count = sum(len(one.candidates) for one in sound)
    if count > MOST_CANDIDATES:
        message = f"`space` has {count} candidates, more than the {MOST_CANDIDATES} that are checked"
        hint = "a range has two, its ends, however many numbers are in it"
        checker.note("space-too-large", message, entry.key.location, hint)
        return None
    trials, seed = values["trials"], values["seed"]
    return TuneSection(trials, seed, sound) if isinstance(trials, int) and isinstance(seed, int) else None


def _read_tried(entry: Entry, given: Value, checker: Checker) -> Tried | None:
    path = entry.key.text
    begin = path.partition(".")[0]
    if begin not in TUNED_SECTIONS or "." not in path:
        sections = ", ".join(f"`{section}`" for section in TUNED_SECTIONS[:-1]) + f" or `{TUNED_SECTIONS[-1]}`"
        hint = (
            did_you_mean(begin, TUNED_SECTIONS)
            or f"a path begins with {sections}, and has dots, as on the command line"
        )
        checker.note("unknown-path", f"`{path}` is no path that can be tuned", entry.key.location, hint)
        return None
    places = {problem.location for problem in checker.problems}
    is_sound = not any(part.location in places for part in walk(entry.value))
    if not is_sound or not isinstance(entry.value, MapNode) or not isinstance(given, dict):
        return None
    forms = [form for form in SPACE_FORMS if entry.value.get(form) is not None]
    if len(forms) != 1:
        found = " and ".join(f"`{form}`" for form in forms) or "none of them"
        message = f"`{path}` wants one of `choice`, `range` and `log_range`, found {found}"
        hint = "such as `{choice: [16, 32]}`, `{range: [0, 0.5]}` or `{log_range: [1e-4, 1e-1]}`"
        checker.note("unclear-candidates", message, entry.key.location, hint)
        return None
    form = forms[0]
    listed, values = entry.value.get(form), given.get(form)
    if not isinstance(listed, ListNode) or not isinstance(values, tuple):
        return None
    if form != "choice" and not _is_range(listed, values, f"`{form}` of `{path}`", checker):
        return None
    return Tried(entry, form, listed.items, values)


def _is_range(node: ListNode, values: tuple[Value, ...], what: str, checker: Checker) -> bool:
    """Tell whether two numbers are the ends of a range, the lowest first."""
    for item, value in zip(node.items, values, strict=True):
        if isinstance(value, Fact):
            message = f"an end of {what} cannot be `${value.name}`, which the data tell"
            checker.note("fact-out-of-place", message, item.location, "write a number")
            return False
    ends = [value for value in values if isinstance(value, (int, float))]
    if len(ends) != 2:
        message = f"{what} wants two numbers, the lowest and the highest, found {len(values)}"
        hint = "values of which each is meant are `choice: [...]`" if len(values) > 2 else None
        checker.note("wrong-type", message, node.location, hint)
        return False
    if not ends[0] < ends[1]:
        low, high = (write_inline(end) for end in ends)
        hint = f"write `[{high}, {low}]`" if ends[0] > ends[1] else "the lowest and the highest number differ"
        checker.note("empty-range", f"{what} goes from `{low}` to `{high}`: nothing is in it", node.location, hint)
        return False
    return True


def _with_whole_paths(node: Node, file_places: frozenset[Location]) -> Node:
    """Write the paths of files in a candidate so that they mean the same on the command line."""
    if isinstance(node, MapNode):
        return replace(node, entries=tuple(Entry(e.key, _with_whole_paths(e.value, file_places)) for e in node.entries))
    if isinstance(node, ListNode):
        return replace(node, items=tuple(_with_whole_paths(item, file_places) for item in node.items))
    if node.location not in file_places:
        return node
    path = str(absolute_path(node))
    return replace(node, value=path, text=path, quoted=True)
