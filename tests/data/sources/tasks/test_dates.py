"""Dates, parsed by the standard library."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

FORMATS = ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%d.%m.%Y")


def test_each_date_means_what_it_is_translated_to(make: Callable[..., Any]) -> None:
    """Written in every one of five ways, from 1900 to 2099; May is the same in two of them."""
    arrays = make("dates", examples=2000)

    seen = set()
    for written, iso in zip(arrays["written"], arrays["iso"], strict=True):
        read = {}
        for form in FORMATS:
            try:
                read[form] = datetime.strptime(written, form).date().isoformat()  # noqa: DTZ007 -- a day has no zone
            except ValueError:
                continue
        assert set(read.values()) == {iso}
        assert "1900" <= iso[:4] <= "2099"
        seen |= set(read)
    assert seen == set(FORMATS)


def test_the_characters_are_as_many_as_is_said(make: Callable[..., Any]) -> None:
    """39 in what is written; ten digits and a dash in ISO."""
    arrays = make("dates")

    assert len(set("".join(arrays["written"]))) == 39
    assert sorted(set("".join(arrays["iso"]))) == list("-0123456789")
