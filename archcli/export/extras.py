"""What a format needs that archcli alone does not bring."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec

from archcli.errors import Problem, SetupError


@dataclass(frozen=True)
class Extra:
    """Packages that are installed by `pip install 'archcli[NAME]'`.

    Attributes:
        name: Of the extra.
        purpose: What it is for: what follows "needs the extra, which".
        modules: What must be importable.
        runtime: The package that runs what was exported.
    """

    name: str
    purpose: str
    modules: tuple[str, ...]
    runtime: str


def require(extra: Extra) -> None:
    """Check that an extra is installed; nothing of it is imported.

    Raises:
        SetupError: `missing-extra`.
    """
    missing = [module for module in extra.modules if find_spec(module) is None]
    if missing:
        names = ", ".join(f"`{module}`" for module in missing)
        are = "is" if len(missing) == 1 else "are"
        message = f"this needs the extra `{extra.name}`, which {extra.purpose}: {names} {are} not installed"
        raise SetupError(Problem("missing-extra", message, hint=f"pip install 'archcli[{extra.name}]'"))


def describe_runtime(package: str) -> str:
    """Return a package and its version, such as `onnxruntime 1.32.0`."""
    return f"{package} {version(package)}"
