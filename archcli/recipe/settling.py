"""What is laid over a recipe goes before what is tuned beneath."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archcli.errors import RecipeError
from archcli.recipe.nodes import Entry, ListNode, MapNode, Node, data_of
from archcli.recipe.overriding import lay_at
from archcli.recipe.schema import SPACE_FORMS


def settle(before: MapNode, change: Callable[[MapNode], Node]) -> Node:
    """Change a recipe, and take out of its space what the change settles.

    What is laid over a recipe, by one that extends it or from the command line, goes before what is tuned beneath: a
    path is settled where it matters whether the change or a candidate comes last. What the change itself says about the
    space stays.

    Args:
        before: A recipe in long form.
        change: What lays something over it.

    Raises:
        RecipeError: By `change`.
    """
    after = change(before)
    old, new = _space_of(before), _space_of(after)
    if old is None or new is None or not isinstance(after, MapNode):
        return after
    inherited = [entry for entry in new.entries if old.entry(entry.key.text) == entry]
    settled = [entry.key.text for entry in inherited if _is_settled(entry, before, after, change)]
    if not settled:
        return after
    tune, left = after.entry("tune"), new.without(*settled)
    if not left.entries or tune is None or not isinstance(tune.value, MapNode):
        return after.without("tune")
    space = tune.value.entry("space")
    return after if space is None else after.with_entry(tune.key, tune.value.with_entry(space.key, left))


def _space_of(root: Node) -> MapNode | None:
    tune = root.get("tune") if isinstance(root, MapNode) else None
    space = tune.get("space") if isinstance(tune, MapNode) else None
    return space if isinstance(space, MapNode) else None


def _is_settled(entry: Entry, before: MapNode, after: MapNode, change: Callable[[MapNode], Node]) -> bool:
    path = entry.key.text
    for candidate in _candidates(entry.value):
        beneath = _laid(before, path, candidate)
        if beneath is not None and outcome_of(lambda: change(beneath)) != outcome_of(  # noqa: B023 -- called at once
            lambda: lay_at(after, path, candidate)  # noqa: B023 -- called at once
        ):
            return True
    return False


def _candidates(value: Node) -> Iterator[Node]:
    for form in SPACE_FORMS if isinstance(value, MapNode) else ():
        listed = value.get(form) if isinstance(value, MapNode) else None
        yield from listed.items if isinstance(listed, ListNode) else ()


def _laid(root: MapNode, path: str, candidate: Node) -> MapNode | None:
    """Lay a candidate over a recipe; None: its path leads nowhere, which is said elsewhere."""
    try:
        laid = lay_at(root, path, candidate)
    except RecipeError:
        return None
    return laid if isinstance(laid, MapNode) else None


def outcome_of(change: Callable[[], Node]) -> object:
    """Return what a change makes of a recipe, as plain data; None: it cannot be made."""
    try:
        return data_of(change())
    except RecipeError:
        return None
