"""What a `$name` stands for: a block's parameter, one of the recipe's own, or a fact of the data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archcli.recipe.long_form import to_long_form
from archcli.recipe.nodes import ScalarNode
from archcli.recipe.recipe import Fact, Value
from archcli.recipe.suggestions import did_you_mean
from archcli.recipe.types import GIVEN_NAME_PATTERN, Anything, Either, Number, Type, Whole
from archcli.recipe.typing_of import describe_type

if TYPE_CHECKING:
    from archcli.recipe.layering import Scope
    from archcli.recipe.values import Checker

FACTS: Final = ("classes", "features", "horizon", "padding", "steps", "training_steps", "vocabulary")
"""What a recipe may ask of the data."""

_REFERENCE: Final = re.compile(rf"({GIVEN_NAME_PATTERN})(?:\.({GIVEN_NAME_PATTERN}))?")


def read_reference(checker: Checker, node: ScalarNode, type_: Type, what: str) -> Value:
    """Give what a `$name` stands for, where a value of the type is wanted."""
    text = node.reference or ""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        in_braces = re.fullmatch(rf"\{{({GIVEN_NAME_PATTERN})\}}", text)
        whole = "a `$name` is a whole value, without arithmetic; put a text that begins with `$` in quotes"
        hint = f"write `${in_braces[1]}`" if in_braces else whole
        checker.note("not-a-reference", f"`{node.text}` is no `$name`", node.location, hint)
        return None
    name, of = match[1], match[2]
    scope = checker.scope
    if of is None and scope is not None and name in scope.values:
        return _block_parameter(checker, scope, name, type_, what)
    if of is None and name in checker.parameters:
        return _parameter(checker, name, node, type_, what)
    return _fact(checker, name, of, node, type_, what)


def _fact(checker: Checker, name: str, of: str | None, node: ScalarNode, type_: Type, what: str) -> Fact | None:
    if name not in FACTS:
        _note_unknown(checker, node)
        return None
    options = type_.types if isinstance(type_, Either) else (type_,)
    if not checker.may_ask:
        message = f"{what} cannot be `{node.text}`, which the data tell"
        hint = "only layers, the optimizer, the loss, metrics and callbacks can ask the data"
        checker.note("fact-out-of-place", message, node.location, hint)
        return None
    if not any(isinstance(option, (Whole, Number, Anything)) for option in options):
        message = f"{what} wants {describe_type(type_)}, found `{node.text}`, a whole number"
        checker.note("wrong-type", message, node.location)
        return None
    return Fact(name, of, node.location)


def _note_unknown(checker: Checker, node: ScalarNode) -> None:
    own = () if checker.scope is None else checker.scope.values
    known = [f"${known}" for known in (*own, *checker.parameters, *FACTS)]
    whose = "of this recipe" if checker.scope is None else f"of the block `{checker.scope.block}` or of this recipe"
    message = f"`{node.text}` is neither a parameter {whose} nor a fact of the data"
    owner = next((one for one in checker.patterns.values() if (node.reference or "") in one.parameters), None)
    hint = did_you_mean(node.text, known)
    if owner is not None and (checker.scope is None or owner.name.text != checker.scope.block):
        hint = f"it is a parameter of the block `{owner.name.text}`, and stands for nothing outside it"
    checker.note("unknown-reference", message, node.location, hint)


def _block_parameter(checker: Checker, scope: Scope, name: str, type_: Type, what: str) -> Value:
    """Look at what a block's parameter stands for, with the eyes of where that is written."""
    scope.used.add(name)
    bound = scope.values[name]
    checker.scope = bound.scope
    value = checker.value(to_long_form(bound.node, type_), type_, f"{what}, given by `${name}`,")
    checker.scope = scope
    return value


def _parameter(checker: Checker, name: str, node: ScalarNode, type_: Type, what: str) -> Value:
    checker.used_parameters.add(name)
    if name in checker.expanding:
        chain = " -> ".join(f"${step}" for step in (*checker.expanding, name))
        checker.note("parameter-cycle", f"the parameter `{name}` stands for itself: {chain}", node.location)
        return None
    checker.expanding.append(name)
    scope, checker.scope = checker.scope, None
    given = to_long_form(checker.parameters[name].value, type_)
    value = checker.value(given, type_, f"{what}, given by `${name}`,")
    checker.scope = scope
    checker.expanding.pop()
    return value
