"""What a format needs that archcli alone does not bring."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from archcli.errors import Problem, SetupError
from archcli.export.extras import Extra, describe_runtime, require


def test_an_extra_that_is_there_is_no_problem() -> None:
    """What is installed is not even imported."""
    require(Extra("onnx", "runs models", ("numpy", "json"), "numpy"))


def test_an_extra_that_is_missing_is_one_line_and_its_command() -> None:
    """What it is for, what is missing, and what to type."""
    with pytest.raises(SetupError) as raised:
        require(Extra("onnx", "converts models to ONNX and runs them", ("numpy", "no_such", "nor_this"), "numpy"))

    message = (
        "this needs the extra `onnx`, which converts models to ONNX and runs them: "
        "`no_such`, `nor_this` are not installed"
    )
    assert raised.value.problems == (Problem("missing-extra", message, hint="pip install 'archcli[onnx]'"),)


def test_a_runtime_is_named_with_its_version() -> None:
    """As `parity.json` says it."""
    assert describe_runtime("numpy") == f"numpy {version('numpy')}"
