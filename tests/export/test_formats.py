"""The table of formats."""

from __future__ import annotations

from archcli.export.format import AS_TRAINED, NUMBERS
from archcli.export.formats import FORMATS


def test_the_table_has_every_format_under_its_name() -> None:
    """With what it takes raw, what it needs installed, and what its numbers may be."""
    told = {
        name: (form.name, form.carries == AS_TRAINED, form.extra and form.extra.name, form.is_fixed, form.quantizes)
        for name, form in FORMATS.items()
    }

    assert told == {
        "keras": ("keras", True, None, False, ()),
        "saved_model": ("saved_model", True, None, False, ()),
        "onnx": ("onnx", False, "onnx", False, ()),
        "litert": ("litert", False, "litert", True, ("float16", "dynamic", "int8")),
        "openvino": ("openvino", False, "openvino", False, ()),
    }
    assert {form.carries for form in FORMATS.values()} == {AS_TRAINED, NUMBERS}


def test_the_runtime_of_an_extra_is_the_one_that_runs_it() -> None:
    """`parity.json` names it with its version."""
    assert all(form.runtime == form.extra.runtime for form in FORMATS.values() if form.extra is not None)
