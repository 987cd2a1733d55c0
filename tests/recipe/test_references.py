"""What `$names` stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.recipe.conftest import Refuse

WIDE = "wide: {parameters: {width}, layers: [Dense: $wdth, Dense: $width]}"
END = "Dense: {units: $classes, activation: softmax}"


@pytest.mark.parametrize(
    ("model", "code", "message"),
    [
        (
            f"{{layers: [Dense: $width, {END}]}}",
            "unknown-reference",
            "`$width` is neither a parameter of this recipe nor a fact of the data",
        ),
        (
            f"{{blocks: {{{WIDE}}}, layers: [wide: 8, {END}]}}",
            "unknown-reference",
            "`$wdth` is neither a parameter of the block `wide` or of this recipe nor a fact of the data",
        ),
        (f"{{layers: [Dense: $classes*2, {END}]}}", "not-a-reference", "`$classes*2` is no `$name`"),
        (
            f"{{layers: [Dense: {{units: 3, activation: $classes}}, {END}]}}",
            "wrong-type",
            "`activation` of `Dense` wants an activation or `null`, found `$classes`, a whole number",
        ),
        (
            f"{{blocks: {{wide: {{parameters: {{width}}, layers: [Dense: $width]}}}}, layers: [wide: many, {END}]}}",
            "wrong-type",
            "`units` of `Dense`, given by `$width`, wants a whole number from 1, found the text `many`",
        ),
        (
            f"{{blocks: {{wide: {{parameters: {{width}}, layers: [Dense: $width]}}}}, layers: [wide: $width, {END}]}}",
            "unknown-reference",
            "`$width` is neither a parameter of this recipe nor a fact of the data",
        ),
    ],
)
def test_a_name_that_stands_for_nothing_is_refused(model: str, code: str, message: str, refuse: Refuse) -> None:
    """Inside a block and outside."""
    assert refuse(model) == [(code, message)]


def test_the_parameter_of_a_block_is_known_inside_it_only(refuse: Refuse) -> None:
    """Also to the blocks that it uses."""
    blocks = "{inner: {layers: [Dense: $width]}, outer: {parameters: {width}, layers: [inner, Dense: $width]}}"

    assert refuse(f"{{blocks: {blocks}, layers: [outer: 8, {END}]}}") == [
        (
            "unknown-reference",
            "`$width` is neither a parameter of the block `inner` or of this recipe nor a fact of the data",
        )
    ]
