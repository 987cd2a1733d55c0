"""What a problem's code means, at length."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from archcli.errors import Problem, RecipeError
from archcli.recipe.suggestions import did_you_mean


@dataclass(frozen=True)
class Explanation:
    """One page about a problem code.

    Attributes:
        code: The code, as in `error[unknown-layer]`.
        summary: One sentence.
        text: What it means, an example, how to mend it.
    """

    code: str
    summary: str
    text: str


@cache
def explanations() -> dict[str, Explanation]:
    """Return every page by its code, in alphabetical order."""
    content = tomllib.loads((files("archcli") / "explanations.toml").read_text(encoding="utf-8"))
    return {
        code: Explanation(code, page["summary"], page["text"].strip("\n")) for code, page in sorted(content.items())
    }


def explain(code: str) -> Explanation:
    """Return the page about a code.

    Raises:
        RecipeError: There is no such code.
    """
    known = explanations()
    wanted = code.removeprefix("error").removeprefix("warning").strip("[]: ")
    if wanted not in known:
        hint = did_you_mean(wanted, known) or "`archcli explain` lists them all"
        raise RecipeError(Problem("unknown-code", f"no problem has the code `{code}`", hint=hint))
    return known[wanted]
